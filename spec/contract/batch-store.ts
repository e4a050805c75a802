import { hostname } from 'node:os'
import { systemClock } from '../../lib/host/system-clock.js'
import type { NewBatch, RunEnd } from '../../lib/port/batch-store.js'
import { emptyTally } from '../../lib/row/tally.js'
import type { DatabaseDriver } from '../../lib/store/database/open-database.js'
import type { OpenBatchStoreOptions } from '../../lib/store/open-batch-store.js'
import { editDatabase, lockDatabase } from '../store/edit-database.js'
import { makeLegacyDatabase } from '../store/make-older-database.js'
import { storeClock } from '../store/store-clock.js'
import { useStores } from '../store/use-stores.js'
import { answer, answered, failed, prompt, range, row } from '../support/rows.js'
import { until } from '../support/until.js'

const batch: NewBatch = {
  id: 'reviews-k3x9qd',
  inputFile: '/data/reviews.csv',
  outputFile: '/data/out.csv',
  model: 'gpt-4o-mini',
  config: { concurrency: 3 },
}
const end: RunEnd = {
  status: 'completed',
  pulse: { totalRows: 3, tally: emptyTally },
  isWhole: true,
}

/** Everything a batch store promises of one run; called once for each driver. */
export function batchStoreContract(driver: DatabaseDriver): void {
  const bench = useStores(() => ({ clock: storeClock(), log: true, driver }))
  const { open, query } = bench
  const start = (options?: Partial<OpenBatchStoreOptions>) => bench.begin(batch, options)

  it('refuses an id that is taken, and leaves its batch alone', async () => {
    await start()
    const store = await open()

    await expect(store.begin({ ...batch, model: 'other' })).rejects.toMatchObject({
      code: 'BATCH_ID_TAKEN',
      message: 'A batch with the id reviews-k3x9qd is already recorded.',
    })
    expect(await query('SELECT model FROM batch_runs')).toEqual([{ model: 'gpt-4o-mini' }])
  })

  it('shows a batch as running from its beginning', async () => {
    await start({ processId: 4711 })

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
        deduped_prompts: 0,
        cached_prompts: 0,
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
        cost_usd: 0,
        cached_input_tokens: 0,
        reasoning_tokens: 0,
        unpriced_prompts: 0,
        unsettled_usd: null,
      },
    ])
  })

  it('forgets a new batch that is withdrawn, and takes its id again', async () => {
    const store = await open()
    const held = await store.begin(batch)

    await held.withdraw()

    expect(held.before).toBeUndefined()
    expect(await query('SELECT * FROM batch_runs')).toEqual([])
    await (await store.begin(batch)).start()
  })

  it('is started or withdrawn once, and ended once', async () => {
    const held = await (await open()).begin(batch)
    const run = await held.start()

    await expect(held.start()).rejects.toThrow(RangeError)
    await expect(held.withdraw()).rejects.toThrow(RangeError)
    await run.end(end)
    await expect(run.end(end)).rejects.toThrow(RangeError)
    expect(() => run.append([answered(0)])).toThrow(RangeError)
  })

  it('keeps counts and heartbeat fresh, and says how a batch ended', async () => {
    const clock = storeClock()
    const run = await start({ clock })
    const tally = { ...emptyTally, answered: 3, failed: 1, inputTokens: 9, outputTokens: 5 }
    const progress = () =>
      query(`SELECT total_prompts AS total, completed_prompts AS done, failed_prompts AS failed,
        skipped_prompts AS skipped, input_tokens AS input, output_tokens AS output,
        updated_at, status FROM batch_runs`)
    await clock.advance(1000)

    await run.pulse({ totalRows: undefined, tally: { ...tally, skipped: 2 } })
    const during = await progress()
    void run.append([answered(0), answered(1), answered(2), answered(3), failed(4)])
    const pulse = { totalRows: 6, tally: { ...tally, answered: 4, skipped: 1 } }
    await run.end({ status: 'paused', pulse, isWhole: false })

    const counts = { failed: 1, input: 9, output: 5 }
    const updated_at = '2026-11-23T00:00:01.000000+00:00'
    expect(during).toEqual([
      { total: null, done: 3, skipped: 2, ...counts, updated_at, status: 'running' },
    ])
    expect(await progress()).toEqual([
      { total: 6, done: 4, skipped: 1, ...counts, updated_at, status: 'paused' },
    ])
  })

  it('records an answered row with its text, in llm’s log as well', async () => {
    const run = await start()

    void run.append([answered(7)])
    await run.end(end)

    const rows = await query(
      `SELECT batch_rows.*, parts.text, turns.model FROM batch_rows JOIN turns ON turns.id = log_id
       JOIN parts ON message_hash = tip_message_hash`,
    )
    expect(rows).toMatchObject([
      {
        batch_id: batch.id,
        row_index: 7,
        run: 1,
        prompt_hash: answered(7).prompt.hash.slice(-24),
        status: 'answered',
        attempts: 1,
        response: 'answer 7',
        input_columns: null,
        error_code: null,
        input_tokens: 3,
        output_tokens: 1,
        duration_ms: 5,
        finished_at: '2026-11-23T00:00:00',
        text: 'answer 7',
        model: 'gpt-4o-mini',
      },
    ])
  })

  it('writes what was appended to the database a second later', async () => {
    const clock = storeClock()
    const run = await start({ clock })
    void run.append([answered(0)])
    expect(await query('SELECT * FROM batch_rows')).toEqual([])

    await clock.advance(1000)

    await until(async () => (await query('SELECT * FROM batch_rows')).length === 1)
    void run.append([answered(1)])
    // The second begins when the first has ended, which may be after the first is seen.
    await until(async () => {
      await clock.advance(1000)
      return (await query('SELECT * FROM batch_rows')).length === 2
    })
  })

  it('writes 2,500 rows to the database without waiting', async () => {
    const run = await start()

    for (const part of range(100)) void run.append(range(25).map(at => answered(part * 25 + at)))

    await until(async () => (await query('SELECT * FROM batch_rows')).length === 2500)
    expect(await query('SELECT count(*) AS n FROM turns')).toEqual([{ n: 2500 }])
  })

  it('records failed rows with why, and with what came of an answer, never in llm’s log', async () => {
    const run = await start()
    const cut = { ...failed(1, 'ANSWER_TRUNCATED'), answer: answer('the first hal'), attempts: 2 }
    const columns = { id: 12345678901234567890n, text: 'naïve' }
    const unread = { ...failed(2), row: row(2, columns), prompt: undefined, attempts: 0 }

    void run.append([cut, unread])
    await run.end({ ...end, status: 'failed' })

    const names = 'row_index, prompt_hash, status, attempts, response, error_code, error_message'
    expect(await query(`SELECT ${names}, input_columns, log_id FROM batch_rows`)).toEqual([
      {
        row_index: 1,
        prompt_hash: cut.prompt?.hash.slice(-24),
        status: 'failed',
        attempts: 2,
        response: 'the first hal',
        error_code: 'ANSWER_TRUNCATED',
        error_message: 'a fault of kind ANSWER_TRUNCATED',
        input_columns: '{"prompt":"question 1"}',
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
        input_columns: '{"id":12345678901234567890,"text":"naïve"}',
        log_id: null,
      },
    ])
    expect(await query('SELECT * FROM turns')).toEqual([])
  })

  it('does not record rows that were skipped or recalled', async () => {
    const run = await start()

    void run.append([
      { kind: 'skipped', row: row(0) },
      { ...answered(1), isRecalled: true },
    ])
    await run.end(end)

    expect(await query('SELECT * FROM batch_rows')).toEqual([])
  })

  it('puts a second outcome of a row in the place of the first', async () => {
    const run = await start()
    void run.append([failed(0), failed(1)])

    void run.append([answered(0)])
    await run.end(end)

    expect(await query('SELECT row_index, status FROM batch_rows ORDER BY row_index')).toEqual([
      { row_index: 0, status: 'answered' },
      { row_index: 1, status: 'failed' },
    ])
  })

  it('gives nothing back in the first run', async () => {
    const run = await start()
    void run.append([answered(0)])

    expect(await run.recall([prompt(0)])).toEqual([undefined])
  })

  it('keeps the texts itself, and makes no table of llm’s, when nothing is to be logged', async () => {
    const run = await start({ log: false })

    void run.append([answered(0)])
    await run.end({ ...end, status: 'paused' })

    expect(await query('SELECT response, log_id FROM batch_rows')).toEqual([
      { response: 'answer 0', log_id: null },
    ])
    expect(
      await query("SELECT name FROM sqlite_master WHERE name IN ('turns', 'responses')"),
    ).toEqual([])
  })

  it('logs where the file’s own llm looks, when that is an older one', async () => {
    await makeLegacyDatabase({ path: bench.path, clock: storeClock() })
    const run = await start()

    void run.append([answered(0)])
    await run.end(end)

    expect(
      await query('SELECT r.response AS text FROM batch_rows JOIN responses r ON r.id = log_id'),
    ).toEqual([{ text: 'answer 0' }])
  })

  it('writes llm’s newest tables alone in a file that it makes', async () => {
    const run = await start()

    void run.append([answered(0)])
    await run.end(end)

    expect(await query('SELECT count(*) AS n FROM turns')).toEqual([{ n: 1 }])
    expect(await query('SELECT count(*) AS n FROM responses')).toEqual([{ n: 0 }])
  })

  it('gives llm’s log the order in which rows ended', async () => {
    const run = await start()

    void run.append(range(300).map(index => answered(index)))
    await run.end(end)

    const rows = await query('SELECT row_index FROM batch_rows ORDER BY log_id')
    expect(rows.map(({ row_index }) => row_index)).toEqual(range(300))
  })

  it('waits while another program holds the file, and records then', async () => {
    const run = await start({ clock: systemClock, busyTimeoutMs: 20 })
    const lock = await lockDatabase(bench.path)
    void run.append([answered(0)])

    const ending = run.end(end)
    await new Promise(resolve => setImmediate(resolve))
    await lock.release()
    await ending

    expect(await query('SELECT count(*) AS rows FROM batch_rows')).toEqual([{ rows: 1 }])
  })

  it('leaves nothing open when it cannot be opened', async () => {
    await makeLegacyDatabase({ path: bench.path, clock: storeClock() })
    await open({ log: false })
    await bench.closeLast()
    await editDatabase(bench.path, 'DROP TABLE _llm_migrations')

    await expect(open()).rejects.toMatchObject({ code: 'DATABASE_UNUSABLE' })

    await editDatabase(bench.path, 'PRAGMA journal_mode = DELETE')
  })
}
