import { Readable } from 'node:stream'
import { runError } from '../../lib/error/batch-error.js'
import { systemClock } from '../../lib/host/system-clock.js'
import type { NewBatch } from '../../lib/port/batch-store.js'
import type { RowSink } from '../../lib/port/row-sink.js'
import type { RowSource } from '../../lib/port/row-source.js'
import type { Row } from '../../lib/row/row.js'
import type { Plan } from '../../lib/run/plan.js'
import { runBatch } from '../../lib/run/run-batch.js'
import { openSink } from '../../lib/sink/open-sink.js'
import { specDriver } from '../store/spec-driver.js'
import { useStores } from '../store/use-stores.js'
import { answer, fault, prompt, range, row } from '../support/rows.js'
import { answeringClient, type ScriptedClient, scriptedClient } from '../support/scripted-client.js'
import { until } from '../support/until.js'

const plan: Plan = {
  batchId: 'reviews',
  inputPath: '-',
  inputFiles: ['-'],
  inputFormat: 'jsonl',
  columns: ['prompt'],
  outputPath: undefined,
  outputFormat: 'jsonl',
  databasePath: '',
  isLogged: false,
  modelId: 'm',
  provider: 'spec',
  price: { kind: 'free', basis: 'a spec costs nothing', costUsd: () => 0 },
  warnings: [],
  concurrency: 2,
  isConcurrencyAuto: false,
  sharedConcurrency: undefined,
  rateLimit: undefined,
  tokenLimit: undefined,
  shareLimits: false,
  limit: undefined,
  retries: 0,
  timeoutMs: 60_000,
  deadlineMs: 60_000,
  acceptTruncated: false,
  stripThinking: false,
  order: 'input',
  stopOnError: false,
  onlyNew: false,
  isDeduping: false,
  cacheAgeMs: undefined,
  failFast: false,
  form: undefined,
  render: ({ index }) => prompt(index),
}
const interrupted = runError('RUN_INTERRUPTED', 'Interrupted')

/** A source of rows, a group each; what is no row is thrown where it stands. */
function sourceOf(...records: readonly (Row | Error)[]): RowSource {
  async function* groups() {
    for (const record of records) {
      if (record instanceof Error) throw record
      yield [record]
    }
  }
  return {
    format: 'jsonl',
    path: '-',
    files: ['-'],
    rows: Readable.from(groups()),
    columns: ['prompt'],
    isColumnsFixed: false,
    bytesTotal: undefined,
    bytesRead: () => 0,
    warnings: [],
    notes: () => [],
  }
}

const rows = (count: number) => sourceOf(...range(count).map(index => row(index)))

describe('runBatch', () => {
  const bench = useStores(() => ({ clock: systemClock, log: false, driver: specDriver }))
  const newBatch = (): NewBatch => ({
    id: 'reviews',
    inputFile: '-',
    outputFile: bench.workdir.join('out.jsonl'),
    model: 'm',
    config: {},
  })

  interface Given {
    readonly source: RowSource
    readonly client?: ScriptedClient
    readonly plan?: Partial<Plan>
    readonly isResumed?: boolean
    readonly sink?: (sink: RowSink) => RowSink
  }

  /** A run of the batch `reviews` on a real database, with the output `out.jsonl`. */
  async function prepare({ source, client = answeringClient('begin'), ...given }: Given) {
    const store = await bench.open()
    const batch = newBatch()
    const held = await (given.isResumed ? store.resume(batch) : store.begin(batch))
    const sink: RowSink = await openSink({
      path: batch.outputFile,
      stdout: process.stdout,
      isTerminal: false,
      columns: source.columns,
      responseColumn: 'response',
      overwrite: true,
    })
    return runBatch(
      { ...plan, ...given.plan },
      {
        source,
        sink: given.sink?.(sink) ?? sink,
        held,
        client: { id: 'm', close: async () => {}, ...client.client },
        clock: systemClock,
      },
    )
  }

  const run = async (given: Given) => (await prepare(given)).run()

  /** Closes the store, so that the next run is one of another process. */
  async function runAndClose(given: Given) {
    const summary = await run(given)
    await bench.closeLast()
    return summary
  }

  async function responses(): Promise<(string | null)[]> {
    const lines = (await bench.workdir.read('out.jsonl')).trimEnd().split('\n')
    return lines.map(line => JSON.parse(line).response)
  }

  const recorded = () => bench.query('SELECT status, completed_prompts FROM batch_runs')

  it('answers each row, records it and writes it in input order', async () => {
    const summary = await run({ source: rows(300) })

    expect(summary).toMatchObject({ status: 'completed', rowsRead: 300, output: 'all' })
    expect(summary.tally).toMatchObject({ answered: 300, failed: 0, skipped: 0 })
    expect(summary.stopReason).toBeUndefined()
    expect(await responses()).toEqual(range(300).map(index => `answer ${index}`))
    expect(await recorded()).toEqual([{ status: 'completed', completed_prompts: 300 }])
  })

  it('completes an input without rows', async () => {
    expect(await run({ source: rows(0) })).toMatchObject({ status: 'completed', rowsRead: 0 })
    expect(await bench.workdir.read('out.jsonl')).toBe('')
  })

  it.each([
    ['input', ['answer 0', 'answer 1']],
    ['completion', ['answer 1', 'answer 0']],
  ] as const)('writes in order of %s', async (order, expected) => {
    const client = scriptedClient('begin')
    const running = (await prepare({ source: rows(2), client, plan: { order } })).run()
    await until(() => client.open.length === 2)
    client.open[1]?.answer()
    await until(() => client.open.length === 1)
    await new Promise(resolve => setImmediate(resolve))
    client.open[0]?.answer()
    await running

    expect(await responses()).toEqual(expected)
  })

  it('lets a failed row keep its place, and says that the batch failed', async () => {
    const client = answeringClient('begin', ({ row }) =>
      row.index === 1 ? fault('REQUEST_REJECTED', 'row') : answer(`${row.index}`),
    )

    const summary = await run({ source: rows(3), client })

    expect(summary).toMatchObject({ status: 'failed', output: 'all', stopReason: undefined })
    expect(summary.tally).toMatchObject({ answered: 2, failed: 1, skipped: 0 })
    expect(await responses()).toEqual(['0', null, '2'])
  })

  it('takes no more rows than its limit, and is paused then', async () => {
    const client = answeringClient('begin')

    const summary = await run({ source: rows(9), client, plan: { limit: 3 } })

    expect(summary).toMatchObject({ status: 'paused', rowsRead: 3, stopReason: undefined })
    expect(client.begun).toEqual([0, 1, 2])
  })

  it('recalls what an earlier run recorded, and asks for the rest alone', async () => {
    await runAndClose({ source: rows(5), plan: { limit: 3 } })
    const client = answeringClient('begin')

    const summary = await run({ source: rows(5), client, isResumed: true })

    expect(client.begun).toEqual([3, 4])
    expect(summary).toMatchObject({ status: 'completed', tally: { answered: 5, recalled: 3 } })
    expect(await responses()).toEqual(range(5).map(index => `answer ${index}`))
  })

  it('leaves recalled answers out of the output if only new ones are wanted', async () => {
    await runAndClose({ source: rows(5), plan: { limit: 3 } })

    const summary = await run({ source: rows(5), isResumed: true, plan: { onlyNew: true } })

    expect(summary).toMatchObject({ status: 'completed', output: 'all' })
    expect(await responses()).toEqual(['answer 3', 'answer 4'])
  })

  it('begins no call after a stop, finishes those in flight, and records and writes them', async () => {
    const client = scriptedClient('begin')
    const batch = await prepare({ source: rows(9), client })
    const running = batch.run()
    await until(() => client.open.length === 2)

    batch.stop(interrupted)
    expect(batch.progress()).toMatchObject({ isStopping: true, callsInFlight: 2 })
    for (const call of [...client.open]) call.answer()
    const summary = await running

    expect(client.begun).toEqual([0, 1])
    expect(summary).toMatchObject({ status: 'paused', stopReason: { code: 'RUN_INTERRUPTED' } })
    expect(summary.tally.answered + summary.tally.skipped).toBe(summary.rowsRead)
    expect(await responses()).toEqual(['answer 0', 'answer 1'])
    expect(await recorded()).toEqual([{ status: 'paused', completed_prompts: 2 }])
  })

  it('counts a stop as too late if each row is answered and written', async () => {
    const client = scriptedClient('begin')
    const batch = await prepare({ source: rows(2), client })
    const running = batch.run()
    await until(() => client.open.length === 2)

    batch.stop(interrupted)
    for (const call of [...client.open]) call.answer()

    expect(await running).toMatchObject({ status: 'completed', stopReason: undefined })
  })

  it('breaks calls in flight off by an abort, and keeps what was answered before', async () => {
    const client = scriptedClient('begin')
    const batch = await prepare({ source: rows(9), client })
    const running = batch.run()
    await until(() => client.open.length === 2)
    client.open[0]?.answer()
    await until(() => client.begun.length === 3)

    batch.abort(interrupted)
    const summary = await running

    expect(client.brokenOff).toHaveLength(2)
    expect(summary).toMatchObject({ status: 'paused', tally: { answered: 1 } })
    expect(await recorded()).toEqual([{ status: 'paused', completed_prompts: 1 }])
  })

  it('asks the rows that stand before a broken place of the input, and says what broke', async () => {
    const source = sourceOf(row(0), row(1), new Error('the disk is gone'))

    const summary = await run({ source })

    expect(summary).toMatchObject({ status: 'failed', tally: { answered: 2 } })
    expect(summary.stopReason).toMatchObject({ code: 'INPUT_UNREADABLE' })
    expect(await responses()).toEqual(['answer 0', 'answer 1'])
  })

  it('rejects for an input of which no row can be read', async () => {
    const client = answeringClient('begin')

    await expect(
      run({ source: sourceOf(new Error('the disk is gone')), client }),
    ).rejects.toMatchObject({ code: 'INPUT_UNREADABLE' })
    expect(client.begun).toEqual([])
    expect(await recorded()).toEqual([{ status: 'failed', completed_prompts: 0 }])
  })

  it('stops at the first failed row if told so', async () => {
    const client = answeringClient('begin', () => fault('REQUEST_REJECTED', 'row'))

    const summary = await run({ source: rows(50), client, plan: { stopOnError: true } })

    expect(summary).toMatchObject({ status: 'failed', stopReason: { reach: 'run' } })
    expect(summary.tally.failed).toBeLessThanOrEqual(plan.concurrency)
  })

  it('ends by a refused key after the calls in flight', async () => {
    const client = answeringClient('begin', () => fault('KEY_INVALID', 'run'))

    const summary = await run({ source: rows(50), client })

    expect(summary).toMatchObject({ status: 'failed', stopReason: { code: 'KEY_INVALID' } })
    expect(client.begun.length).toBeLessThanOrEqual(plan.concurrency)
  })

  it('records answers in flight when the output cannot be written on', async () => {
    const client = scriptedClient('begin')
    let output: RowSink | undefined
    const batch = await prepare({
      source: rows(9),
      client,
      sink: sink => {
        output = sink
        return sink
      },
    })
    const running = batch.run()
    await until(() => client.open.length === 2)

    output?.rows.destroy(runError('OUTPUT_UNWRITABLE', 'The disk is full'))
    await until(() => batch.progress().isStopping)
    for (const call of [...client.open]) call.answer()
    const summary = await running

    expect(client.begun).toEqual([0, 1])
    expect(summary).toMatchObject({ status: 'failed', stopReason: { code: 'OUTPUT_UNWRITABLE' } })
    expect(await recorded()).toEqual([{ status: 'failed', completed_prompts: 2 }])
  })

  it('says how the run went even if the output cannot be closed', async () => {
    const summary = await run({
      source: rows(2),
      sink: sink => ({
        ...sink,
        async close(options) {
          await sink.close(options)
          throw runError('OUTPUT_UNWRITABLE', 'The folder is gone')
        },
      }),
    })

    expect(summary).toMatchObject({ status: 'failed', tally: { answered: 2 } })
    expect(summary.stopReason?.message).toBe('The folder is gone')
  })

  it('rejects with a bug, and marks the batch as failed', async () => {
    const bug = new TypeError('a bug')
    const render = () => {
      throw bug
    }

    await expect(run({ source: rows(2), plan: { render } })).rejects.toBe(bug)
    expect(await recorded()).toEqual([{ status: 'failed', completed_prompts: 0 }])
  })
})
