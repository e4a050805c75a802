import type { NewBatch, StoredRun } from '../../../lib/port/batch-store.js'
import { emptyTally, type Tally } from '../../../lib/row/tally.js'
import type { FakeClock } from '../../support/fake-clock.js'
import { editDatabase } from '../edit-database.js'
import { specDriver } from '../spec-driver.js'
import { storeClock } from '../store-clock.js'
import { useStores } from '../use-stores.js'

const batch: NewBatch = {
  id: 'reviews',
  inputFile: '-',
  outputFile: undefined,
  model: 'm',
  config: {},
}

describe('batchPulse', () => {
  let clock: FakeClock
  const bench = useStores(() => ({ clock, log: false, driver: specDriver }))
  beforeEach(() => {
    clock = storeClock()
  })

  const pulse = (run: StoredRun, totalRows: number | undefined, tally: Partial<Tally>) =>
    run.pulse({ totalRows, tally: { ...emptyTally, ...tally } })

  /** The columns of the batch in the database. */
  async function columns(...names: readonly string[]): Promise<unknown[]> {
    const [found] = await bench.query(`SELECT ${names.join(', ')} FROM batch_runs`)
    return Object.values(found)
  }

  const counts = () => columns('total_prompts', 'completed_prompts', 'failed_prompts')

  it('writes the counts, the tokens and the bottleneck of the run', async () => {
    const run = await bench.begin(batch)
    await run.pulse({
      totalRows: 10,
      tally: {
        ...emptyTally,
        answered: 3,
        failed: 1,
        skipped: 2,
        inputTokens: 30,
        outputTokens: 12,
      },
      bottleneck: 'waiting for input',
    })

    expect(await counts()).toEqual([10, 3, 1])
    expect(await columns('skipped_prompts', 'input_tokens', 'output_tokens', 'hold_up')).toEqual([
      2,
      30,
      12,
      'waiting for input',
    ])
  })

  it('keeps the last known number of rows, and shows a bottleneck only as long as there is one', async () => {
    const run = await bench.begin(batch)
    await run.pulse({ totalRows: 10, tally: emptyTally, bottleneck: 'waiting for input' })
    await pulse(run, undefined, { answered: 1 })

    expect(await counts()).toEqual([10, 1, 0])
    expect(await columns('hold_up')).toEqual([null])
  })

  it('writes the time of the pulse, and the rows a minute of the last minute without recalled ones', async () => {
    const run = await bench.begin(batch)
    await clock.advance(30_000)
    await pulse(run, undefined, { answered: 25, recalled: 10, failed: 5 })
    expect(await columns('updated_at', 'rate')).toEqual(['2026-11-23T00:00:30.000000+00:00', 40])

    await clock.advance(60_000)
    await pulse(run, undefined, { answered: 25, recalled: 10, failed: 5 })
    expect(await columns('rate')).toEqual([0])
  })

  it('adds what earlier runs recorded until the new run has come to it, never more than there are rows', async () => {
    const first = await bench.begin(batch)
    const tally = { ...emptyTally, answered: 6, failed: 3, inputTokens: 60, outputTokens: 6 }
    await first.end({ status: 'paused', pulse: { totalRows: 10, tally }, isWhole: false })
    await editDatabase(
      bench.path,
      'UPDATE batch_runs SET completed_prompts = 6, failed_prompts = 3',
    )
    await bench.closeLast()
    const store = await bench.open()
    const second = await (await store.resume(batch)).start()

    await pulse(second, undefined, { answered: 2, recalled: 2 })
    expect(await counts()).toEqual([10, 6, 3])
    await pulse(second, undefined, { answered: 8, recalled: 6, inputTokens: 20, outputTokens: 2 })
    expect(await counts()).toEqual([10, 8, 2])
    await pulse(second, undefined, { answered: 10, recalled: 6 })
    expect(await counts()).toEqual([10, 10, 0])
    await pulse(second, undefined, { answered: 8, recalled: 6, inputTokens: 20, outputTokens: 2 })
    expect(await columns('input_tokens', 'output_tokens')).toEqual([80, 8])
  })

  it.each([
    ['abort', { kind: 'abort' }],
    ['finish:30000', { kind: 'finish', graceMs: 30_000 }],
    ['something that another version wrote', undefined],
  ])('hears %s from another process', async (text, request) => {
    const run = await bench.begin(batch)
    await editDatabase(bench.path, `UPDATE batch_runs SET stop_requested = '${text}'`)

    expect(await pulse(run, undefined, {})).toEqual(request)
  })

  it('rejects and writes nothing once another process has the batch', async () => {
    const run = await bench.begin(batch)
    await editDatabase(bench.path, `UPDATE batch_runs SET lease = 'of another'`)

    await expect(pulse(run, 10, { answered: 3 })).rejects.toMatchObject({ code: 'BATCH_LOST' })
    expect(await counts()).toEqual([null, 0, 0])
  })
})
