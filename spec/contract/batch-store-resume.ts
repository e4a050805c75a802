import { readFile } from 'node:fs/promises'
import type { BatchRun } from '../../lib/port/batch-store.js'
import type { Outcome } from '../../lib/row/outcome.js'
import { emptyTally } from '../../lib/row/tally.js'
import { openBatchArchive } from '../../lib/store/open-batch-archive.js'
import { type OpenBatchStoreOptions, openBatchStore } from '../../lib/store/open-batch-store.js'
import type { DatabaseDriver } from '../../lib/store/open-database.js'
import { editDatabase } from '../store/edit-database.js'
import { type FakeClock, fakeClock } from '../support/fake-clock.js'
import { queryDatabase } from '../support/query-database.js'
import { answered, failed, prompt, range, row } from '../support/rows.js'
import { makeWorkdir, type Workdir } from '../support/workdir.js'

type Store = Awaited<ReturnType<typeof openBatchStore>>

const run: BatchRun = {
  id: 'reviews-k3x9qd',
  inputFile: '/data/reviews.csv',
  outputFile: undefined,
  model: 'gpt-4o-mini',
  config: '{"concurrency":3}',
}
const pulse = { totalRows: 3, tally: { ...emptyTally, answered: 2, failed: 1, inputTokens: 10 } }

/** What a batch store promises of leases and of runs after the first; called once for each driver. */
export function batchResumeContract(driver: DatabaseDriver): void {
  let workdir: Workdir
  let path: string
  let clock: FakeClock
  let stores: Store[]
  /** Ids of the processes that live; a store is opened by process 1 unless it says otherwise. */
  let living: Set<number>

  beforeEach(async () => {
    workdir = await makeWorkdir()
    path = workdir.join('logs.db')
    clock = fakeClock()
    stores = []
    living = new Set([1, 2])
  })

  afterEach(async () => {
    for (const store of stores) await store.close()
    await workdir.remove()
  })

  async function open(options: Partial<OpenBatchStoreOptions> = {}): Promise<Store> {
    const identifyProcess = (processId: number) => (living.has(processId) ? '' : undefined)
    const store = await openBatchStore({
      path,
      clock,
      log: false,
      driver,
      processId: 1,
      identifyProcess,
      ...options,
    })
    stores.push(store)
    return store
  }

  /** A first run that recorded these, and was killed. */
  async function killedAfter(...outcomes: Outcome[]): Promise<void> {
    const store = await open()
    await store.beginRun(run)
    await store.record(run.id, outcomes)
    living.delete(1)
  }

  const query = (sql: string) => queryDatabase(path, sql)
  const rows = () =>
    query('SELECT row_index, status, response FROM batch_rows ORDER BY row_index, id')

  it('refuses to resume a batch that nobody began', async () => {
    const store = await open()

    await expect(store.resumeRun(run)).rejects.toMatchObject({
      code: 'BATCH_UNKNOWN',
      reach: 'run',
    })
    expect(await query('SELECT * FROM batch_runs')).toEqual([])
  })

  it('refuses a second run while the first lives, and says how to watch and to end it', async () => {
    const first = await open()
    await first.beginRun(run)
    const second = await open({ processId: 2 })

    await expect(second.resumeRun(run)).rejects.toMatchObject({
      code: 'BATCH_RUNNING',
      message: expect.stringContaining('process 1 on '),
      remedy: expect.stringMatching(
        /llm batch status reviews-k3x9qd.*llm batch cancel reviews-k3x9qd/,
      ),
    })
  })

  it('refuses a second run within one process as well', async () => {
    const first = await open()
    await first.beginRun(run)

    await expect((await open()).resumeRun(run)).rejects.toMatchObject({ code: 'BATCH_RUNNING' })
  })

  it('takes a batch over from a process that is gone, and gives what it was', async () => {
    await killedAfter(answered(0))
    const store = await open({ processId: 2 })

    const before = await store.resumeRun({ ...run, config: '{"concurrency":9}' })

    expect(before).toMatchObject({ status: 'failed', isProcessGone: true, config: run.config })
    expect(await query('SELECT run, status, process_id, config FROM batch_runs')).toEqual([
      { run: 2, status: 'running', process_id: 2, config: '{"concurrency":9}' },
    ])
  })

  it('is not deceived by a new process that has the number of the one that is gone', async () => {
    await killedAfter()
    await stores.pop()?.close()
    living.add(1)

    await (await open()).resumeRun(run)

    expect(await query('SELECT run FROM batch_runs')).toEqual([{ run: 2 }])
  })

  it('takes a process that was silent for ten minutes for another with its number', async () => {
    await (await open()).beginRun(run)
    const store = await open({ processId: 2 })
    await clock.advance(599_000)
    await expect(store.resumeRun(run)).rejects.toMatchObject({ code: 'BATCH_RUNNING' })

    await clock.advance(1000)

    expect(await store.resumeRun(run)).toMatchObject({ isProcessGone: true })
  })

  it('tells a living process from one that had its number before, however soon', async () => {
    let identity = 'boot-1'
    const identifyProcess = () => identity
    const first = await open({ identifyProcess })
    await first.beginRun(run)
    const store = await open({ processId: 2, identifyProcess })
    await clock.advance(3_600_000)
    await expect(store.resumeRun(run)).rejects.toMatchObject({ code: 'BATCH_RUNNING' })

    identity = 'boot-2'

    expect(await store.resumeRun(run)).toMatchObject({ isProcessGone: true })
  })

  it('believes the heartbeat alone of a process on another machine', async () => {
    await killedAfter()
    await editDatabase(path, "UPDATE batch_runs SET host = 'far-away'")
    const store = await open({ processId: 2 })
    await clock.advance(59_000)
    await expect(store.resumeRun(run)).rejects.toMatchObject({ code: 'BATCH_RUNNING' })

    await clock.advance(1000)

    expect(await store.resumeRun(run)).toMatchObject({ isProcessGone: true })
  })

  it('tells a run whose batch another took to end at once, and lets it change nothing more', async () => {
    const first = await open()
    await first.beginRun(run)
    living.delete(1)
    const second = await open({ processId: 2 })
    await second.resumeRun(run)

    expect(await first.pulse(run.id, pulse)).toEqual({ kind: 'abort' })
    await first.endRun(run.id, 'completed', pulse)

    expect(await query('SELECT status, completed_prompts, process_id FROM batch_runs')).toEqual([
      { status: 'running', completed_prompts: 0, process_id: 2 },
    ])
  })

  it('may be resumed when it has ended, its counts standing until there are new ones', async () => {
    const first = await open()
    await first.beginRun(run)
    await first.endRun(run.id, 'paused', pulse)
    const store = await open({ processId: 2 })

    expect(await store.resumeRun(run)).toMatchObject({ status: 'paused', isProcessGone: false })

    expect(await query('SELECT status, completed_prompts AS n FROM batch_runs')).toEqual([
      { status: 'running', n: 2 },
    ])
  })

  it('leaves a batch that was resumed and is not run after all as if nobody had touched it', async () => {
    const first = await open()
    await first.beginRun(run)
    await first.record(run.id, [answered(0)])
    await first.pulse(run.id, pulse)
    living.delete(1)
    const before = await query('SELECT * FROM batch_runs')
    const store = await open({ processId: 2 })
    await store.resumeRun({ ...run, outputFile: '/else/where.csv', config: '{"concurrency":9}' })
    await store.pulse(run.id, { totalRows: 9, tally: emptyTally })

    await store.withdrawRun(run.id)

    expect(await query('SELECT * FROM batch_runs')).toEqual(before)
    expect(await rows()).toHaveLength(1)
  })

  it('adds the tokens of a run to those of the runs before', async () => {
    const store = await open()
    await store.beginRun(run)
    await store.endRun(run.id, 'paused', pulse)
    await store.resumeRun(run)

    await store.pulse(run.id, pulse)

    expect(await query('SELECT input_tokens FROM batch_runs')).toEqual([{ input_tokens: 20 }])
  })

  it('counts what was recorded, tokens too, when its process was killed before it said so', async () => {
    await killedAfter(answered(0), answered(1), failed(2))
    const archive = await openBatchArchive({
      path,
      clock,
      driver,
      identifyProcess: () => undefined,
    })
    const counts = {
      completedPrompts: 2,
      failedPrompts: 1,
      inputTokens: expect.any(Number),
      isProcessGone: true,
    }

    expect(await archive.findBatch(run.id)).toMatchObject(counts)
    expect(await archive.listBatches({})).toMatchObject([counts])
    const [sum] = await query('SELECT sum(input_tokens) AS tokens FROM batch_rows')
    const store = await open({ processId: 2 })
    expect(await store.resumeRun(run)).toMatchObject({ ...counts, inputTokens: sum?.tokens })
    await archive.close()
  })

  it('counts what the runs before recorded until the run is whole', async () => {
    await killedAfter(...range(5).map(index => answered(index)), failed(5))
    const store = await open({ processId: 2 })
    expect(await store.resumeRun(run)).toMatchObject({ completedPrompts: 5, failedPrompts: 1 })
    const counts = async (tally: object, totalRows: number | undefined = 9) => {
      await store.pulse(run.id, { totalRows, tally: { ...emptyTally, ...tally } })
      return query('SELECT completed_prompts AS answered, failed_prompts AS failed FROM batch_runs')
    }

    expect(await counts({}, undefined)).toEqual([{ answered: 5, failed: 1 }])
    expect(await counts({ answered: 3, recalled: 3 })).toEqual([{ answered: 5, failed: 1 }])
    expect(await counts({ answered: 7, recalled: 5 })).toEqual([{ answered: 7, failed: 1 }])
    expect(await counts({ answered: 9, recalled: 5 })).toEqual([{ answered: 9, failed: 0 }])
    await store.endRun(run.id, 'completed', pulse)

    expect(await query('SELECT completed_prompts, failed_prompts FROM batch_runs')).toEqual([
      { completed_prompts: 2, failed_prompts: 1 },
    ])
  })

  it('shows the rows ended per minute of the last minute, and what holds it up', async () => {
    const store = await open()
    await store.beginRun(run)
    const tally = { ...emptyTally, recalled: 1000 }
    await clock.advance(30_000)
    await store.pulse(run.id, { totalRows: 9, tally: { ...tally, answered: 1050, failed: 10 } })
    const first = await query('SELECT rate, hold_up FROM batch_runs')

    await clock.advance(60_000)
    await store.pulse(run.id, {
      totalRows: 9,
      tally: { ...tally, answered: 1060, failed: 10 },
      holdUp: 'rate limit',
    })

    expect(first).toEqual([{ rate: 120, hold_up: null }])
    expect(await query('SELECT rate, hold_up FROM batch_runs')).toEqual([
      { rate: 10, hold_up: 'rate limit' },
    ])
  })

  it('gives the answers of earlier runs, not those of its own', async () => {
    await killedAfter(answered(0), answered(1), failed(2))
    const store = await open({ processId: 2 })
    await store.resumeRun(run)
    await store.record(run.id, [answered(3)])

    const answers = await store.recall(
      run.id,
      range(4).map(index => prompt(index)),
    )

    expect(answers).toEqual([
      { text: 'answer 0', attempts: 1 },
      { text: 'answer 1', attempts: 1 },
      undefined,
      undefined,
    ])
  })

  it('gives nothing in the first run', async () => {
    const store = await open()
    await store.beginRun(run)

    expect(await store.recall(run.id, [prompt(0)])).toEqual([undefined])
  })

  it('does not record what was recalled', async () => {
    const store = await open()
    await store.beginRun(run)

    await store.record(run.id, [{ ...answered(0), isRecalled: true }])

    expect(await rows()).toEqual([])
  })

  it('puts the new outcome of a failed row in the place of the old, also where rows were inserted before it', async () => {
    await killedAfter(answered(0), failed(1), failed(2), answered(3))
    const store = await open({ processId: 2 })
    await store.resumeRun(run)
    const inserted = [9, 0, 1, 2, 3].map((number, index) => ({
      ...prompt(number),
      row: row(index),
    }))

    await store.recall(run.id, inserted)
    const asked = inserted[2] ?? prompt(1)
    await store.record(run.id, [{ ...answered(1), row: asked.row, prompt: asked }])

    expect(await rows()).toEqual([
      { row_index: 1, status: 'answered', response: 'answer 0' },
      { row_index: 2, status: 'answered', response: 'answer 1' },
      { row_index: 3, status: 'failed', response: null },
      { row_index: 4, status: 'answered', response: 'answer 3' },
    ])
  })

  it('puts the outcome of a failed row that was rewritten in the place of the old', async () => {
    await killedAfter(failed(0))
    const store = await open({ processId: 2 })
    await store.resumeRun(run)

    await store.record(run.id, [{ ...answered(7), row: row(0) }])

    expect(await rows()).toEqual([{ row_index: 0, status: 'answered', response: 'answer 7' }])
  })

  it('keeps an answer to a row that was rewritten until the batch completes', async () => {
    await killedAfter(answered(0), answered(1))
    const store = await open({ processId: 2, log: true })
    await store.resumeRun(run)
    await store.recall(run.id, [prompt(0), { ...prompt(7), row: row(1) }])
    await store.record(run.id, [{ ...answered(7), row: row(1) }])
    const before = await rows()

    await store.endRun(run.id, 'completed', pulse)

    expect(before.map(({ response }) => response)).toEqual(['answer 0', 'answer 1', 'answer 7'])
    expect((await rows()).map(({ response }) => response)).toEqual(['answer 0', 'answer 7'])
  })

  it('gives both answers that were recorded at one row, before and after it was rewritten', async () => {
    await killedAfter(answered(0), answered(1))
    const rewritten = await open({ processId: 2 })
    await rewritten.resumeRun(run)
    await rewritten.record(run.id, [{ ...answered(7), row: row(1) }])
    await rewritten.endRun(run.id, 'paused', pulse)
    await rewritten.resumeRun(run)

    const restored = [prompt(0), prompt(1), { ...prompt(7), row: row(2) }]
    const answers = await rewritten.recall(run.id, restored)

    expect(answers.map(given => given?.text)).toEqual(['answer 0', 'answer 1', 'answer 7'])
  })

  it('forgets, when it completes, what stood behind the end of an input that was cut', async () => {
    await killedAfter(...range(5).map(index => answered(index)), failed(5))
    const store = await open({ processId: 2, log: true })
    await store.resumeRun(run)
    await store.recall(run.id, [prompt(0), prompt(1)])

    await store.endRun(run.id, 'completed', pulse)

    expect((await rows()).map(({ row_index }) => row_index)).toEqual([0, 1])
  })

  it('forgets nothing when it ends in any other way, or its input was empty', async () => {
    await killedAfter(answered(0), answered(1))
    const store = await open({ processId: 2, log: true })
    await store.resumeRun(run)
    await store.recall(run.id, [prompt(1)])
    await store.endRun(run.id, 'paused', pulse)
    await store.resumeRun(run)
    await store.endRun(run.id, 'completed', pulse)

    expect(await rows()).toHaveLength(2)
  })

  it('forgets nothing when it was completed over another input', async () => {
    await killedAfter(answered(0), answered(1), answered(2))
    const store = await open({ processId: 2, log: true })
    await store.resumeRun({ ...run, inputFile: '/another.csv' })
    await store.recall(run.id, [prompt(1)])

    await store.endRun(run.id, 'completed', pulse)

    const kept = await query("SELECT count(*) AS n FROM batch_rows WHERE status = 'answered'")
    expect(kept).toEqual([{ n: 3 }])
  })

  it('gives failures of equal prompts at their own rows, which outlive the run then', async () => {
    await killedAfter(answered(0), failed(1), { ...failed(2), attempts: 3 })
    const store = await open({ processId: 2 })
    await store.resumeRun(run)
    await store.recall(
      run.id,
      range(3).map(index => prompt(index)),
    )

    const failures = await store.recallFailures(run.id, [
      { ...prompt(1), hash: 'edited' },
      prompt(2),
      prompt(3),
    ])

    expect(failures).toEqual([
      undefined,
      { code: 'REQUEST_REJECTED', message: 'a fault of kind REQUEST_REJECTED', attempts: 3 },
      undefined,
    ])
    await store.endRun(run.id, 'completed', pulse)
    expect((await rows()).map(({ row_index }) => row_index)).toEqual([0, 2])
  })

  it('forgets the failures of standard input when it completes, and no answer', async () => {
    const piped = { ...run, inputFile: '-' }
    const first = await open()
    await first.beginRun(piped)
    await first.record(run.id, [answered(0), answered(1), failed(2)])
    await first.endRun(run.id, 'paused', pulse)
    await first.resumeRun(piped)
    await first.recall(run.id, [prompt(1)])

    await first.endRun(run.id, 'completed', pulse)

    expect((await rows()).map(({ status }) => status)).toEqual(['answered', 'answered'])
  })

  it('keeps the answers of equal prompts in their order when rows are inserted above', async () => {
    const same = (index: number) => ({ ...prompt(index), hash: 'a'.repeat(64) })
    await killedAfter(...range(3).map(index => ({ ...answered(index), prompt: same(index) })))
    const store = await open({ processId: 2 })
    await store.resumeRun(run)

    const answers = await store.recall(run.id, [
      prompt(0),
      ...range(3).map(index => same(index + 1)),
    ])

    expect(answers.map(answer => answer?.text)).toEqual([
      undefined,
      'answer 0',
      'answer 1',
      'answer 2',
    ])
  })

  it('leaves no byte of an answer in the file once a batch is complete that is not logged', async () => {
    const store = await open()
    await store.beginRun(run)
    const secret = (index: number) =>
      `secret ${index} ${'words '.repeat(index % 7 === 0 ? 2000 : index % 40)}`
    for (const part of range(10)) {
      const group = range(60).map(offset =>
        answered(part * 60 + offset, secret(part * 60 + offset)),
      )
      await store.record(run.id, group)
    }
    expect(await hasBytes('secret 7 ')).toBe(true)
    await store.endRun(run.id, 'paused', pulse)
    await store.resumeRun(run)
    // A row deleted at the top: every answer moves.
    const moved = range(599).map(index => ({ ...prompt(index + 1), row: row(index) }))
    expect((await store.recall(run.id, moved)).filter(given => given === undefined)).toEqual([])
    expect(await hasBytes('secret 7 ')).toBe(true)

    await store.endRun(run.id, 'completed', pulse)

    expect(await hasBytes('secret')).toBe(false)
    expect(
      await query('SELECT count(*) AS rows, count(response) AS texts FROM batch_rows'),
    ).toEqual([{ rows: 599, texts: 0 }])
  })

  async function hasBytes(text: string): Promise<boolean> {
    const files = [path, `${path}-wal`].map(file => readFile(file, 'latin1').catch(() => ''))
    return (await Promise.all(files)).some(bytes => bytes.includes(text))
  }

  it('does not give an answer whose text it has forgotten', async () => {
    const store = await open()
    await store.beginRun(run)
    await store.record(run.id, [answered(0)])
    await store.endRun(run.id, 'completed', pulse)
    await store.resumeRun(run)

    expect(await store.recall(run.id, [prompt(0)])).toEqual([undefined])
    await store.record(run.id, [answered(0, 'again')])

    expect(await rows()).toEqual([{ row_index: 0, status: 'answered', response: 'again' }])
  })
}
