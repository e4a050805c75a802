import { hostname } from 'node:os'
import { systemClock } from '../../lib/api/system-clock.js'
import type { BatchRun } from '../../lib/port/batch-store.js'
import { emptyTally } from '../../lib/row/tally.js'
import { type OpenBatchStoreOptions, openBatchStore } from '../../lib/store/open-batch-store.js'
import type { DatabaseDriver } from '../../lib/store/open-database.js'
import { editDatabase, lockDatabase } from '../store/edit-database.js'
import { makeLegacyDatabase } from '../store/make-older-database.js'
import { fakeClock } from '../support/fake-clock.js'
import { queryDatabase } from '../support/query-database.js'
import { answer, answered, failed, range, row } from '../support/rows.js'
import { makeWorkdir, type Workdir } from '../support/workdir.js'

type Store = Awaited<ReturnType<typeof openBatchStore>>

const run: BatchRun = {
  id: 'reviews-k3x9qd',
  inputFile: '/data/reviews.csv',
  outputFile: '/data/out.csv',
  model: 'gpt-4o-mini',
  config: '{"concurrency":3}',
}

/** Everything a batch store promises; called once for each driver. */
export function batchStoreContract(driver: DatabaseDriver): void {
  let workdir: Workdir
  let path: string
  let stores: Store[]

  beforeEach(async () => {
    workdir = await makeWorkdir()
    path = workdir.join('logs.db')
    stores = []
  })

  afterEach(async () => {
    for (const store of stores) await store.close()
    await workdir.remove()
  })

  async function open(options: Partial<OpenBatchStoreOptions> = {}): Promise<Store> {
    const store = await openBatchStore({ path, clock: fakeClock(), log: true, driver, ...options })
    stores.push(store)
    return store
  }

  async function begin(options: Partial<OpenBatchStoreOptions> = {}): Promise<Store> {
    const store = await open(options)
    await store.beginRun(run)
    return store
  }

  const query = (sql: string) => queryDatabase(path, sql)

  it('refuses an id that is taken, and leaves its batch alone', async () => {
    const store = await begin()

    await expect(store.beginRun({ ...run, model: 'other' })).rejects.toMatchObject({
      code: 'BATCH_ID_TAKEN',
      message: 'A batch with the id reviews-k3x9qd is recorded already.',
    })
    expect(await query('SELECT model FROM batch_runs')).toEqual([{ model: 'gpt-4o-mini' }])
  })

  it('keeps nothing of a group that breaks in its middle', async () => {
    const store = await begin()
    const broken: any = {
      ...answered(1),
      attempts: {
        toJSON: () => {
          throw new Error('broken')
        },
      },
    }

    await expect(store.record(run.id, [answered(0), broken])).rejects.toThrow('broken')

    expect(await query('SELECT * FROM batch_rows')).toEqual([])
    expect(await query('SELECT * FROM turns')).toEqual([])
    await store.record(run.id, [answered(2)])
    expect(await query('SELECT row_index FROM batch_rows')).toEqual([{ row_index: 2 }])
  })

  it('refuses rows of a batch that nobody began', async () => {
    const store = await open()

    await expect(store.record('nobody', [answered(0)])).rejects.toThrow('no batch nobody was begun')
  })

  it('shows a batch as running from its beginning', async () => {
    await begin({ processId: 4711 })

    expect(await query('SELECT * FROM batch_runs')).toEqual([
      {
        id: 'reviews-k3x9qd',
        created_at: '2026-11-23T00:00:00.000000+00:00',
        input_file: '/data/reviews.csv',
        output_file: '/data/out.csv',
        model: 'gpt-4o-mini',
        total_prompts: null,
        completed_prompts: 0,
        failed_prompts: 0,
        status: 'running',
        config: '{"concurrency":3}',
        skipped_prompts: 0,
        input_tokens: 0,
        output_tokens: 0,
        run: 1,
        updated_at: '2026-11-23T00:00:00.000000+00:00',
        host: hostname(),
        process_id: 4711,
        lease: expect.stringMatching(/^[0-9a-f]{24}$/),
        rate: null,
        hold_up: null,
        stop_requested: null,
      },
    ])
  })

  it('keeps counts and heartbeat fresh, and says how a batch ended', async () => {
    const clock = fakeClock()
    const store = await begin({ clock })
    const tally = {
      ...emptyTally,
      answered: 3,
      failed: 1,
      skipped: 2,
      inputTokens: 9,
      outputTokens: 5,
    }
    const progress = () =>
      query(`SELECT total_prompts AS total, completed_prompts AS done, failed_prompts AS failed,
        skipped_prompts AS skipped, input_tokens AS input, output_tokens AS output,
        updated_at, status FROM batch_runs`)

    await clock.advance(1000)
    await store.pulse(run.id, { totalRows: undefined, tally })
    const during = await progress()
    await store.endRun(run.id, 'paused', { totalRows: 6, tally: { ...tally, answered: 4 } })

    const counts = { failed: 1, skipped: 2, input: 9, output: 5 }
    const updated_at = '2026-11-23T00:00:01.000000+00:00'
    expect(during).toEqual([{ total: null, done: 3, ...counts, updated_at, status: 'running' }])
    expect(await progress()).toEqual([
      { total: 6, done: 4, ...counts, updated_at, status: 'paused' },
    ])
  })

  it('records an answered row with its text, in llm’s log as well', async () => {
    const store = await begin()

    await store.record(run.id, [answered(7)])

    const rows = await query(
      `SELECT batch_rows.*, parts.text, turns.model FROM batch_rows JOIN turns ON turns.id = log_id
       JOIN parts ON message_hash = tip_message_hash`,
    )
    expect(rows).toMatchObject([
      {
        batch_id: run.id,
        row_index: 7,
        prompt_hash: answered(7).prompt.hash,
        status: 'answered',
        attempts: 1,
        response: 'answer 7',
        input_columns: null,
        error_code: null,
        input_tokens: 3,
        output_tokens: 1,
        duration_ms: 5,
        finished_at: '2026-11-23T00:00:00.000000+00:00',
        text: 'answer 7',
        model: 'gpt-4o-mini',
      },
    ])
  })

  it('records failed rows with why, and with what came of an answer, never in llm’s log', async () => {
    const store = await begin()
    const cut = { ...failed(1, 'ANSWER_TRUNCATED'), answer: answer('the first hal'), attempts: 2 }
    const unread = { kind: 'failed', row: row(2), error: failed(2).error, attempts: 0 } as const

    await store.record(run.id, [cut, unread])

    expect(
      await query(
        'SELECT row_index, prompt_hash, status, attempts, response, error_code, error_message, log_id FROM batch_rows',
      ),
    ).toEqual([
      {
        row_index: 1,
        prompt_hash: cut.prompt?.hash,
        status: 'failed',
        attempts: 2,
        response: 'the first hal',
        error_code: 'ANSWER_TRUNCATED',
        error_message: 'a fault of kind ANSWER_TRUNCATED',
        log_id: null,
      },
      {
        row_index: 2,
        prompt_hash: '',
        status: 'failed',
        attempts: 0,
        response: null,
        error_code: 'REQUEST_REJECTED',
        error_message: 'a fault of kind REQUEST_REJECTED',
        log_id: null,
      },
    ])
    expect(await query('SELECT * FROM turns')).toEqual([])
  })

  it('does not record rows that were skipped', async () => {
    const store = await begin()

    await store.record(run.id, [{ kind: 'skipped', row: row(0) }])

    expect(await query('SELECT * FROM batch_rows')).toEqual([])
  })

  it('puts the answer to a row asked again in the place of its failure', async () => {
    const store = await begin()
    await store.record(run.id, [failed(0), failed(1)])

    await store.record(run.id, [answered(0)])

    expect(await query('SELECT row_index, status FROM batch_rows ORDER BY row_index')).toEqual([
      { row_index: 0, status: 'answered' },
      { row_index: 1, status: 'failed' },
    ])
  })

  it('keeps the texts itself, and makes no table of llm’s, when nothing is to be logged', async () => {
    const store = await begin({ log: false })

    await store.record(run.id, [answered(0)])

    expect(await query('SELECT response, log_id FROM batch_rows')).toEqual([
      { response: 'answer 0', log_id: null },
    ])
    expect(
      await query("SELECT name FROM sqlite_master WHERE name IN ('turns', 'responses')"),
    ).toEqual([])
  })

  it('logs where the file’s own llm looks, when that is an older one', async () => {
    await makeLegacyDatabase({ path, clock: fakeClock() })
    const store = await begin()

    await store.record(run.id, [answered(0)])

    expect(
      await query('SELECT r.response AS text FROM batch_rows JOIN responses r ON r.id = log_id'),
    ).toEqual([{ text: 'answer 0' }])
  })

  it('gives llm’s log the order in which rows ended', async () => {
    const store = await begin()

    await store.record(
      run.id,
      range(300).map(index => answered(index)),
    )

    const rows = await query('SELECT row_index FROM batch_rows ORDER BY log_id')
    expect(rows.map(({ row_index }) => row_index)).toEqual(range(300))
  })

  it('waits while another program holds the file, and records then', async () => {
    const store = await begin({ clock: systemClock, busyTimeoutMs: 20 })
    const lock = await lockDatabase(path)

    const recording = store.record(run.id, [answered(0)])
    await new Promise(resolve => setImmediate(resolve))
    await lock.release()
    await recording

    expect(await query('SELECT count(*) AS rows FROM batch_rows')).toEqual([{ rows: 1 }])
  })

  it('leaves nothing open when it cannot be opened', async () => {
    await makeLegacyDatabase({ path, clock: fakeClock() })
    const before = await open({ log: false })
    await before.close()
    stores = []
    await editDatabase(path, 'DROP TABLE _llm_migrations')

    await expect(open()).rejects.toMatchObject({ code: 'DATABASE_UNUSABLE' })

    await editDatabase(path, 'PRAGMA journal_mode = DELETE')
  })
}
