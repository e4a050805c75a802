import type { BatchOptions } from '../../lib/config/batch-options.js'
import { BatchError } from '../../lib/error/batch-error.js'
import { openBatch } from '../../lib/plan/open-batch.js'
import type { Batch } from '../../lib/run/plan.js'
import { inputOf, outputOf } from '../support/answer-rows.js'
import { queryDatabase } from '../support/query-database.js'
import { range } from '../support/rows.js'
import { faults } from '../support/stub-faults.js'
import { until } from '../support/until.js'
import { useBatch } from '../support/use-batch.js'

const bench = useBatch()
const path = (name: string): string => bench.workdir.join(name)
const query = (sql: string) => queryDatabase(path('llm-user/logs.db'), sql)
const interrupted = () => new BatchError('Interrupted', { code: 'RUN_INTERRUPTED', reach: 'run' })

/** Ten words, again and again. */
const words = range(200).map(index => `word ${index % 10}`)
const asked = (changes: Partial<BatchOptions> = {}): BatchOptions => ({
  input: path('in.csv'),
  output: path('out.csv'),
  template: 'Say {word}',
  batchId: 'words',
  concurrency: 8,
  dedupe: true,
  ...changes,
})
const say = (said: readonly string[]) => bench.workdir.write('in.csv', inputOf('csv', said))

async function open(options: BatchOptions): Promise<Batch> {
  return openBatch({ model: 'gpt-4o-mini', ...options }, bench.surroundings())
}

describe('a batch with dedupe', () => {
  it.each(['input', 'completion'] as const)(
    'asks each prompt once, and gives the answer to each of its rows, in order of %s',
    async order => {
      await say(words)

      const summary = await bench.run(asked({ order }))

      expect(bench.server.requestCount()).toBe(10)
      expect(summary).toMatchObject({
        status: 'completed',
        rowsRead: 200,
        tally: { answered: 200, deduped: 190, cached: 0, recalled: 0, failed: 0, skipped: 0 },
      })
      const lines = (await bench.workdir.read('out.csv')).trimEnd().split('\n')
      const expected = outputOf('csv', words).trimEnd().split('\n')
      if (order === 'input') expect(lines).toEqual(expected)
      else expect(lines.sort()).toEqual(expected.sort())
    },
  )

  it('records each row with its own index, as not asked, and logs the answer once', async () => {
    await say(words)

    await bench.run(asked())

    expect(
      await query(`
        SELECT reuse, count(*) AS rows, count(DISTINCT row_index) AS places,
          sum(attempts) AS attempts, sum(input_tokens) > 0 AS paid, count(log_id) AS logged
        FROM batch_rows GROUP BY reuse ORDER BY reuse`),
    ).toEqual([
      { reuse: null, rows: 10, places: 10, attempts: 10, paid: 1, logged: 10 },
      { reuse: 'equal', rows: 190, places: 190, attempts: 0, paid: null, logged: 0 },
    ])
    expect(await query('SELECT count(*) AS turns FROM turns')).toEqual([{ turns: 10 }])
    expect(
      await query('SELECT completed_prompts, deduped_prompts, cached_prompts FROM batch_runs'),
    ).toEqual([{ completed_prompts: 200, deduped_prompts: 190, cached_prompts: 0 }])
  })

  it('is off unless it is asked for', async () => {
    await say(words)

    const { tally } = await bench.run(asked({ dedupe: undefined }))

    expect(bench.server.requestCount()).toBe(200)
    expect(tally.deduped).toBe(0)
  })

  it('lets other rows pass the rows that wait for a call', async () => {
    await say(['slow', 'slow', 'slow', ...words.slice(0, 10)])
    bench.server.hold()
    const batch = await open(asked({ order: 'completion' }))
    const running = batch.run()

    // Eight calls at once, of which one is for the rows that wait.
    await bench.server.arrived(8)
    expect(bench.server.calls.get('Say slow')).toBe(1)
    bench.server.release()
    const { tally } = await running
    await batch.close()

    expect(tally).toMatchObject({ answered: 13, deduped: 2 })
    expect(bench.server.requestCount()).toBe(11)
  })

  it('reads only so many rows that all wait for one call', async () => {
    await say(range(20_000).map(() => 'slow'))
    bench.server.hold()
    const batch = await open(asked())
    const running = batch.run()
    await bench.server.arrived(1)
    let before = -1
    await until(() => {
      const { rowsRead } = batch.progress()
      const isStill = rowsRead > 1000 && rowsRead === before
      before = rowsRead
      return isStill
    })

    expect(before).toBeLessThan(8000)
    expect(batch.progress().bottleneck?.kind).not.toBe('input')
    bench.server.release()
    const { tally } = await running
    await batch.close()

    expect(tally).toMatchObject({ answered: 20_000, deduped: 19_999 })
    expect(bench.server.requestCount()).toBe(1)
  }, 60_000)

  it('pays once for a failure that comes from the prompt, and keeps the places of its rows', async () => {
    const said = [...range(12).map(() => 'long'), ...words.slice(0, 20), 'long']
    await say(said)
    bench.script.fault = (_number, text) =>
      text === 'Say long' ? { kind: 'answer', finishReason: 'length' } : undefined

    const summary = await bench.run(asked())

    expect(summary).toMatchObject({
      status: 'failed',
      tally: { answered: 20, failed: 13, deduped: 10 },
    })
    expect(bench.server.calls.get('Say long')).toBe(1)
    expect(
      await query(`
        SELECT error_code, sum(attempts) AS attempts, count(*) AS rows FROM batch_rows
        WHERE status = 'failed' GROUP BY error_code`),
    ).toEqual([{ error_code: 'ANSWER_TRUNCATED', attempts: 1, rows: 13 }])
  })

  it('shares another failure with the rows that wait, and asks again for later ones', async () => {
    await say(['flaky', 'flaky', 'flaky', ...range(800).map(index => `word ${index}`), 'flaky'])
    bench.script.fault = (_number, text) =>
      text === 'Say flaky' && bench.server.calls.get(text) === 1 ? faults.status(503) : undefined

    const { tally } = await bench.run(asked({ retries: 0, concurrency: 20 }))

    expect(bench.server.calls.get('Say flaky')).toBe(2)
    expect(tally).toMatchObject({ answered: 801, failed: 3, deduped: 0 })
  }, 60_000)

  it('asks a failed prompt once more when the batch is resumed', async () => {
    await say(['long', 'a', 'long', 'long'])
    bench.script.fault = (_number, text) =>
      text === 'Say long' ? { kind: 'answer', finishReason: 'length' } : undefined
    await bench.run(asked())
    bench.script = {}

    const { tally } = await bench.run({ input: path('in.csv'), resume: true })

    expect(tally).toMatchObject({ answered: 4, recalled: 1, deduped: 2, failed: 0 })
    expect(bench.server.requestCount()).toBe(3)
    expect(await bench.workdir.read('out.csv')).toBe(outputOf('csv', ['long', 'a', 'long', 'long']))
  })

  it('gives the rows that wait the answer that comes after an interrupt', async () => {
    await say(['slow', ...range(30).map(() => 'slow'), ...words.slice(0, 10)])
    bench.server.hold()
    const batch = await open(asked({ concurrency: 1 }))
    const running = batch.run()
    await bench.server.arrived(1)
    batch.stop(interrupted())
    bench.server.release()
    const { tally, status } = await running
    await batch.close()

    expect(status).toBe('paused')
    expect(tally.answered).toBe(31)
    const { tally: rest } = await bench.run({ input: path('in.csv'), resume: true })
    expect(rest).toMatchObject({ answered: 41, recalled: 31 })
    expect(bench.server.requestCount()).toBe(11)
  })

  it('loses no row when it is broken off, and then resumes', async () => {
    await say(words)
    bench.server.hold()
    const batch = await open(asked())
    const running = batch.run()
    await bench.server.arrived(8)
    bench.server.release(3)
    await until(() => batch.progress().tally.answered >= 3)
    batch.abort(interrupted())
    const { tally, rowsRead } = await running
    await batch.close()
    bench.server.release()

    expect(tally.answered + tally.failed + tally.skipped).toBe(rowsRead)
    const summary = await bench.run({ input: path('in.csv'), resume: true })
    expect(summary).toMatchObject({ status: 'completed', tally: { answered: 200 } })
    expect(bench.server.requestCount()).toBeLessThanOrEqual(10 + 8)
    expect(await bench.workdir.read('out.csv')).toBe(outputOf('csv', words))
    expect(
      await query('SELECT count(*) AS rows, count(DISTINCT row_index) AS places FROM batch_rows'),
    ).toEqual([{ rows: 200, places: 200 }])
  })

  it('skips the rows that wait for a row that is skipped', async () => {
    await say(words)
    bench.script.fault = () => faults.keyRefused()

    const { tally, rowsRead, stopReason } = await bench.run(asked({ concurrency: 1 }))

    expect(stopReason?.code).toBe('KEY_INVALID')
    expect(tally).toMatchObject({ answered: 0, failed: 1, skipped: rowsRead - 1 })
    expect(bench.server.requestCount()).toBe(1)
  })

  it('uses the answers of earlier runs for rows that are added', async () => {
    await say(words.slice(0, 15))
    await bench.run(asked({ dedupe: undefined, limit: 12 }))
    const before = bench.server.requestCount()
    await say([...words.slice(0, 15), 'new', 'new', ...words.slice(0, 10)])

    const { tally } = await bench.run({ input: path('in.csv'), resume: true, dedupe: true })

    expect(bench.server.requestCount() - before).toBe(1)
    expect(tally).toMatchObject({ answered: 27, recalled: 12, deduped: 14 })
  })

  it('prints with --only-new the rows that it has not asked for, too', async () => {
    await say(words.slice(0, 10))
    await bench.run(asked({ output: undefined }))
    await say(words.slice(0, 25))

    const { tally } = await bench.run({
      ...asked({ output: undefined }),
      resume: true,
      onlyNew: true,
    })

    expect(tally).toMatchObject({ answered: 25, recalled: 10, deduped: 15 })
  })

  it('shares long answers too, which only the record keeps', async () => {
    const long = 'x'.repeat(1_500_000)
    bench.script.answer = text => `${text} ${long}`
    const said = range(24).map(index => `word ${index % 4}`)
    await say(said)

    // The clock of these specs is fast, and long answers take their time.
    const { tally } = await bench.run(asked({ timeoutMs: 100_000_000 }))

    expect(tally).toMatchObject({ answered: 24, deduped: 20 })
    expect(bench.server.requestCount()).toBe(4)
    const [, ...lines] = (await bench.workdir.read('out.csv')).trimEnd().split('\n')
    expect(lines).toEqual(said.map((word, id) => `${id},${word},Say ${word} ${long}`))
  }, 60_000)

  it("works without llm's log, and forgets the answers in the end", async () => {
    await say(words)

    const { tally } = await bench.run(asked({ log: false }))

    expect(tally).toMatchObject({ answered: 200, deduped: 190 })
    expect(
      await query('SELECT count(*) AS rows, count(response) AS answers FROM batch_rows'),
    ).toEqual([{ rows: 200, answers: 0 }])
  })
})
