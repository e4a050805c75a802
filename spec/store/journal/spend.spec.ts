import { readFile, rm, writeFile } from 'node:fs/promises'
import fc from 'fast-check'
import { systemClock } from '../../../lib/host/system-clock.js'
import type {
  HeldBatch,
  NewBatch,
  RunEnd,
  Spend,
  StoredRun,
} from '../../../lib/port/batch-store.js'
import { emptyTally } from '../../../lib/row/tally.js'
import { openBatchArchive } from '../../../lib/store/open-batch-archive.js'
import { type FakeClock, settle } from '../../support/fake-clock.js'
import { answered } from '../../support/rows.js'
import { scale } from '../../support/scale.js'
import { until } from '../../support/until.js'
import { lockDatabase } from '../edit-database.js'
import { specDriver } from '../spec-driver.js'
import { storeClock } from '../store-clock.js'
import { useStores } from '../use-stores.js'

const batch: NewBatch = {
  id: 'capped',
  inputFile: '/data/in.csv',
  outputFile: undefined,
  model: 'gpt-4o-mini',
  config: {},
}
const pulse = { totalRows: 3, tally: emptyTally }
const pausedWith = (spend: Spend): RunEnd => ({
  status: 'paused',
  pulse: { ...pulse, spend },
  isWhole: false,
})
const spent = (settledUsd: number, unsettledUsd: number): Spend => ({ settledUsd, unsettledUsd })

describe('the spend of a batch with a cap', () => {
  let clock: FakeClock
  let processes = 0
  /** Each store is a new process's, after all others were killed. */
  const bench = useStores(() => {
    clock = storeClock()
    processes += 1
    const process = { processId: processes, identifyProcess: () => undefined }
    return { ...process, clock, driver: specDriver, log: true }
  })
  const begin = () => bench.begin(batch)
  const resume = async (): Promise<HeldBatch> => (await bench.open()).resume(batch)
  const kill = () => bench.closeLast()
  const spendOf = ({ before }: HeldBatch) => [before?.costUsd ?? 0, before?.unsettledUsd ?? 0]
  const recordedRows = () => bench.query('SELECT row_index FROM batch_rows')

  it('survives a kill before any call has ended', async () => {
    const run = await begin()
    run.secure(spent(0, 2))
    run.secure(spent(0, 3.25))
    await kill()

    expect(spendOf(await resume())).toEqual([0, 3.25])
    expect(await bench.journals()).toEqual([])
  })

  it('is recorded in the same write as the outcomes, after them', async () => {
    const run = await begin()
    void run.append([answered(0)], spent(0.5, 2))

    const [file = ''] = await bench.journals()
    const lines = (await readFile(file, 'utf8')).trimEnd().split('\n')
    expect(lines.at(-1)).toBe('{"settledUsd":0.5,"unsettledUsd":2}')
    expect(lines).toHaveLength(3)
  })

  it('counts as before where its last line is torn', async () => {
    const run = await begin()
    run.secure(spent(0, 3))
    void run.append([answered(0)], spent(1, 2))
    await kill()
    const [file = ''] = await bench.journals()
    const whole = await readFile(file)
    await writeFile(file, whole.subarray(0, -2))

    expect(spendOf(await resume())).toEqual([0, 3])
  })

  it('is still there after its entries were written to the database and cut off', async () => {
    const run = await begin()
    void run.append([answered(0)], spent(1, 2))
    await clock.advance(1000)
    await until(async () => (await recordedRows()).length === 1)
    await kill()

    expect(spendOf(await resume())).toEqual([1, 2])
  })

  it('is what was last said, whichever of the two files has it', async () => {
    const run = await begin()
    void run.append([answered(0)], spent(1, 9))
    const [first = ''] = await bench.journals()
    const old = await readFile(first)
    await clock.advance(1000)
    await until(async () => (await recordedRows()).length === 1)
    void run.append([answered(1)], spent(8, 2))
    await kill()
    // As if the kill had come before the first file was cut.
    await writeFile(first, old)

    expect(spendOf(await resume())).toEqual([8, 2])
  })

  it('changes nothing when its journals are taken in a second time', async () => {
    const run = await begin()
    void run.append([answered(0)], spent(1, 2))
    const [file = ''] = await bench.journals()
    const whole = await readFile(file)
    await (await resume()).withdraw()
    await writeFile(file, whole)

    expect(spendOf(await resume())).toEqual([1, 2])
  })

  it('is in the journal again after somebody has removed the journal', async () => {
    const run = await begin()
    void run.append([answered(0)], spent(1, 2))
    const [file = ''] = await bench.journals()
    await rm(file)

    void run.append([answered(1)], spent(1.5, 2))
    await kill()

    expect(spendOf(await resume())).toEqual([1.5, 2])
  })

  it('is kept at the end of a run, and goes on from there', async () => {
    const run = await begin()
    void run.append([answered(0)], spent(1, 2))
    await run.end({ ...pausedWith(spent(1, 0.5)), heldBy: 'room' })
    const held = await resume()
    expect(spendOf(held)).toEqual([1, 0.5])
    expect(held.before).toMatchObject({ bottleneck: 'room' })

    const second = await held.start()
    second.secure(spent(1, 1.5))
    await kill()

    expect(spendOf(await resume())).toEqual([1, 1.5])
  })

  it('of a run that lost its batch does not count twice', async () => {
    const first = await begin()
    first.secure(spent(0, 4))
    const second = await (await resume()).start()
    // Its calls were counted with all that they might cost.
    void first.append([answered(0)], spent(3, 1))
    second.secure(spent(0, 5))

    await second.end(pausedWith(spent(2, 4)))

    expect(spendOf(await resume())).toEqual([2, 4])
  })

  it('is seen by those who only look, also while the database is locked', async () => {
    const run = await begin()
    run.secure(spent(1, 2))
    await kill()
    const lock = await lockDatabase(bench.path)
    const archive = await openBatchArchive({
      path: bench.path,
      clock: systemClock,
      driver: specDriver,
      processId: 99,
      identifyProcess: () => undefined,
    })

    expect(await archive.findBatch('capped')).toMatchObject({ costUsd: 1, unsettledUsd: 2 })

    await archive.close()
    await lock.release()
    expect(await bench.journals()).toHaveLength(1)
  })

  it('costs nothing without a cap', async () => {
    const run = await begin()
    void run.append([answered(0)])

    const [file = ''] = await bench.journals()
    expect(await readFile(file, 'utf8')).not.toContain('Usd')
    await kill()
    expect((await resume()).before?.unsettledUsd).toBeUndefined()
  })

  type Step =
    | { readonly kind: 'secure' | 'append'; readonly usd: number }
    | { readonly kind: 'wait' | 'kill' | 'end' }
  const step: fc.Arbitrary<Step> = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constantFrom('secure' as const, 'append' as const),
        usd: fc.integer({ min: 0, max: 100 }),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({ kind: fc.constantFrom('wait' as const, 'kill' as const) }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('end' as const) }) },
  )

  it('is always what was last said, in any sequence of events', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async steps => {
        const own = { ...batch, id: `capped-${processes}` }
        let run: StoredRun = await (await (await bench.open()).begin(own)).start()
        let last = spent(0, 0)
        let rows = 0

        for (const one of steps) await act(one)
        await next(kill)

        async function act(one: Step): Promise<void> {
          switch (one.kind) {
            case 'secure':
              last = spent(last.settledUsd, last.unsettledUsd + one.usd)
              run.secure(last)
              break
            case 'append': {
              const settledUsd = Math.min(one.usd, last.unsettledUsd)
              last = spent(last.settledUsd + settledUsd, last.unsettledUsd - settledUsd)
              void run.append([answered(rows)], last)
              rows += 1
              break
            }
            case 'wait':
              await clock.advance(600)
              await settle()
              break
            case 'kill':
              await next(kill)
              break
            case 'end':
              await next(() => run.end(pausedWith(last)))
          }
        }

        async function next(leave: () => Promise<unknown>): Promise<void> {
          await leave()
          const held = await (await bench.open()).resume(own)
          const { costUsd = 0, unsettledUsd = 0 } = held.before ?? {}
          expect({ settledUsd: costUsd, unsettledUsd }).toEqual(last)
          run = await held.start()
        }
      }),
      { numRuns: 12 * scale },
    )
  }, 120_000)
})
