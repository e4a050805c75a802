import { existsSync } from 'node:fs'
import type { NewBatch, RunEnd, StoredRun } from '../../lib/port/batch-store.js'
import { emptyTally } from '../../lib/row/tally.js'
import { type OpenBatchArchive, openBatchArchive } from '../../lib/store/open-batch-archive.js'
import { openBatchStore } from '../../lib/store/open-batch-store.js'
import type { FakeClock } from '../support/fake-clock.js'
import { queryDatabase } from '../support/query-database.js'
import { answered, failed, range, row } from '../support/rows.js'
import { makeWorkdir, type Workdir } from '../support/workdir.js'
import { collectAll } from './collect-all.js'
import { editDatabase } from './edit-database.js'
import { makeLegacyDatabase } from './make-older-database.js'
import { specDriver } from './spec-driver.js'
import { storeClock } from './store-clock.js'

const run: NewBatch = {
  id: 'one',
  inputFile: '/data/in.csv',
  outputFile: '/data/out.csv',
  model: 'gpt-4o-mini',
  config: { concurrency: 3 },
}
const pulse = { totalRows: 3, tally: { ...emptyTally, answered: 2, failed: 1, inputTokens: 10 } }
const completed: RunEnd = { status: 'completed', pulse, isWhole: true }

describe('openBatchArchive', () => {
  let workdir: Workdir
  let path: string
  let clock: FakeClock
  let living: Set<number>
  let open: { close(): Promise<void> }[]

  beforeEach(async () => {
    workdir = await makeWorkdir()
    path = workdir.join('logs.db')
    clock = storeClock()
    living = new Set([1])
    open = []
  })

  afterEach(async () => {
    for (const one of open) await one.close()
    await workdir.remove()
  })

  const options = () => ({
    path,
    clock,
    driver: specDriver,
    identifyProcess: (processId: number) => (living.has(processId) ? '' : undefined),
  })

  async function archive(): Promise<OpenBatchArchive> {
    const opened = await openBatchArchive(options())
    open.push(opened)
    return opened
  }

  async function begin(changes: Partial<NewBatch> = {}): Promise<StoredRun> {
    const opened = await openBatchStore({ ...options(), log: true, processId: 1 })
    open.push(opened)
    return (await opened.begin({ ...run, ...changes })).start()
  }

  it('has no batches where there is no database, and makes none', async () => {
    const none = await archive()

    expect(await none.listBatches({})).toEqual([])
    expect(await none.findBatch('one')).toBeUndefined()
    expect(await none.listIds()).toEqual([])
    expect(await none.countErrors('one')).toEqual([])
    expect(await collectAll(none.readFailures('one'))).toEqual([])
    expect(await none.requestStop('one', { kind: 'abort' })).toBe('idle')
    expect(await none.removeBatches(['one'])).toBe(0)
    expect(existsSync(path)).toBe(false)
  })

  it('has no batches in a database of llm’s that never had any', async () => {
    await makeLegacyDatabase({ path, clock })

    expect(await (await archive()).listBatches({})).toEqual([])
    expect(
      await queryDatabase(path, "SELECT 1 FROM sqlite_master WHERE name LIKE 'batch%'"),
    ).toEqual([])
  })

  it('refuses tables that lack a step of ours and have one of a newer version', async () => {
    await begin()
    await editDatabase(
      path,
      `DELETE FROM _llm_batch_migrations WHERE name =
         (SELECT max(name) FROM _llm_batch_migrations);
       INSERT INTO _llm_batch_migrations (name) VALUES ('b999_later')`,
    )
    const migrations = 'SELECT name FROM _llm_batch_migrations ORDER BY name'
    const before = await queryDatabase(path, migrations)

    await expect(archive()).rejects.toMatchObject({
      code: 'DATABASE_UNUSABLE',
      message: expect.stringContaining('a newer version of llm batch (b999_later)'),
    })

    expect(await queryDatabase(path, migrations)).toEqual(before)
  })

  it('shows a batch as it runs', async () => {
    const running = await begin()
    await clock.advance(30_000)
    await running.pulse({ ...pulse, bottleneck: 'waiting for input' })

    expect(await (await archive()).findBatch('one')).toEqual({
      id: 'one',
      createdAtMs: Date.UTC(2026, 10, 23),
      updatedAtMs: Date.UTC(2026, 10, 23, 0, 0, 30),
      inputFile: '/data/in.csv',
      outputFile: '/data/out.csv',
      model: 'gpt-4o-mini',
      status: 'running',
      isProcessGone: false,
      isStopAsked: false,
      totalPrompts: 3,
      completedPrompts: 2,
      dedupedPrompts: 0,
      cachedPrompts: 0,
      failedPrompts: 1,
      skippedPrompts: 0,
      inputTokens: 10,
      cachedInputTokens: 0,
      outputTokens: 0,
      reasoningTokens: 0,
      costUsd: 0,
      unpricedAnswers: 0,
      ratePerMinute: 6,
      bottleneck: 'waiting for input',
      host: expect.any(String),
      processId: 1,
      config: run.config,
    })
  })

  it('shows a batch whose process is gone as failed, never as running', async () => {
    await begin()
    living.clear()
    const looked = await archive()

    expect(await looked.findBatch('one')).toMatchObject({ status: 'failed', isProcessGone: true })
    expect(await looked.listBatches({ status: 'running' })).toEqual([])
    expect(await looked.listBatches({ status: 'failed' })).toHaveLength(1)
  })

  it('lists the newest first, as many as asked for, also of those begun in one moment', async () => {
    const runs: StoredRun[] = []
    for (const id of ['a', 'b', 'c']) runs.push(await begin({ id, outputFile: `/data/${id}.csv` }))
    await runs[1]?.end(completed)
    const looked = await archive()

    expect(await looked.listIds()).toEqual(['c', 'b', 'a'])
    const listed = await looked.listBatches({ status: 'running', limit: 1 })
    expect(listed.map(({ id }) => id)).toEqual(['c'])
  })

  it('counts failed rows by kind, and reads them all in input order with their columns', async () => {
    const running = await begin()
    const big = row(700, { id: 12345678901234567890n, text: 'naïve\n"q"', list: [1, null] })
    const others = range(600).map(index => failed(600 - index, 'SERVER_FAILED'))
    void running.append([{ ...failed(0, 'ANSWER_EMPTY'), row: big, attempts: 3 }, ...others])
    void running.append([answered(0)])
    await running.end({ ...completed, status: 'failed' })
    const looked = await archive()

    const failures = await collectAll(looked.readFailures('one'))

    expect(failures.map(({ rowIndex }) => rowIndex)).toEqual([...range(600).map(n => n + 1), 700])
    expect(failures.at(-1)).toEqual({
      rowIndex: 700,
      columns: big.columns,
      errorCode: 'ANSWER_EMPTY',
      errorMessage: 'a fault of kind ANSWER_EMPTY',
      attempts: 3,
    })
    expect(await looked.countErrors('one')).toEqual([
      {
        code: 'SERVER_FAILED',
        message: 'a fault of kind SERVER_FAILED',
        firstRowIndex: 1,
        count: 600,
        columns: row(1).columns,
      },
      {
        code: 'ANSWER_EMPTY',
        message: 'a fault of kind ANSWER_EMPTY',
        firstRowIndex: 700,
        count: 1,
        columns: big.columns,
      },
    ])
  })

  it('asks a running batch to stop, and lets nobody soften that', async () => {
    const running = await begin()
    const looked = await archive()
    expect(await running.pulse(pulse)).toBeUndefined()

    expect(await looked.requestStop('one', { kind: 'finish', graceMs: 30_000 })).toBe('asked')
    expect(await running.pulse(pulse)).toEqual({ kind: 'finish', graceMs: 30_000 })
    expect(await looked.findBatch('one')).toMatchObject({ isStopAsked: true })
    await looked.requestStop('one', { kind: 'abort' })
    await looked.requestStop('one', { kind: 'finish', graceMs: 1 })

    expect(await running.pulse(pulse)).toEqual({ kind: 'abort' })
  })

  it('forgets what was asked of a run when the next begins', async () => {
    const running = await begin()
    await (await archive()).requestStop('one', { kind: 'abort' })
    await running.end({ ...completed, status: 'cancelled' })
    const store = await openBatchStore({ ...options(), log: true, processId: 1 })
    open.push(store)

    const next = await (await store.resume(run)).start()

    expect(await next.pulse(pulse)).toBeUndefined()
  })

  it('marks a batch whose process is gone as cancelled at once, and leaves one that has ended', async () => {
    await begin()
    living.clear()
    const looked = await archive()

    expect(await looked.requestStop('one', { kind: 'abort' })).toBe('marked')
    expect(await looked.requestStop('one', { kind: 'abort' })).toBe('idle')

    expect(await looked.findBatch('one')).toMatchObject({
      status: 'cancelled',
      isProcessGone: false,
    })
  })

  it('marks a batch as cancelled although its process lives, if the user knows better', async () => {
    const running = await begin()
    const looked = await archive()

    expect(await looked.requestStop('one', { kind: 'abort' }, { takeOver: true })).toBe('marked')

    expect(await looked.findBatch('one')).toMatchObject({ status: 'cancelled' })
    await expect(running.pulse(pulse)).rejects.toMatchObject({ code: 'BATCH_LOST' })
  })

  it('takes no lease while it takes in what a killed run left, so that nobody is refused meanwhile', async () => {
    const killed = await begin()
    void killed.append(range(600).map(index => answered(index)))
    await open.pop()?.close()
    living.clear()
    await editDatabase(
      path,
      `CREATE TABLE leases (lease TEXT);
       CREATE TRIGGER lease_taken AFTER UPDATE OF lease ON batch_runs
       BEGIN INSERT INTO leases VALUES (new.lease); END`,
    )

    const seen = await (await archive()).findBatch('one')

    expect(seen).toMatchObject({ status: 'failed', completedPrompts: 600 })
    expect(await queryDatabase(path, 'SELECT * FROM leases')).toEqual([])
    expect(await queryDatabase(path, 'SELECT count(*) AS rows FROM batch_rows')).toEqual([
      { rows: 600 },
    ])
  })

  it('removes batches and their rows, and nothing of llm’s log', async () => {
    const running = await begin()
    const other = await begin({ id: 'other', outputFile: undefined })
    void running.append([answered(0), failed(1)])
    void other.append([answered(0)])
    await other.end(completed)
    await running.end(completed)

    expect(await (await archive()).removeBatches(['one', 'one', 'nobody'])).toBe(1)

    expect(await queryDatabase(path, 'SELECT id FROM batch_runs')).toEqual([{ id: 'other' }])
    expect(await queryDatabase(path, 'SELECT batch_id FROM batch_rows')).toEqual([
      { batch_id: 'other' },
    ])
    expect(await queryDatabase(path, 'SELECT count(*) AS turns FROM turns')).toEqual([{ turns: 2 }])
  })

  it('removes a batch of more rows than one transaction takes', async () => {
    const running = await begin()
    void running.append(range(10_001).map(index => failed(index)))
    await running.end(completed)

    expect(await (await archive()).removeBatches(['one'])).toBe(1)

    expect(await queryDatabase(path, 'SELECT count(*) AS rows FROM batch_rows')).toEqual([
      { rows: 0 },
    ])
  })

  it('refuses to remove a running batch, and removes none of those named with it', async () => {
    const running = await begin()
    await running.end(completed)
    await begin({ id: 'busy' })
    const looked = await archive()

    await expect(looked.removeBatches(['one', 'busy'])).rejects.toMatchObject({
      code: 'BATCH_RUNNING',
      message: expect.stringContaining('Batch busy is running'),
    })

    expect(await looked.listIds()).toEqual(['busy', 'one'])
  })
})
