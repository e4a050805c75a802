import type { BatchOptions } from '../../lib/config/batch-options.js'
import { openBatchArchive } from '../../lib/store/open-batch-archive.js'
import { editDatabase } from '../store/edit-database.js'
import { inputOf, outputOf } from '../support/answer-rows.js'
import { fastClock } from '../support/fast-clock.js'
import { queryDatabase } from '../support/query-database.js'
import { range } from '../support/rows.js'
import { useBatch } from '../support/use-batch.js'

const bench = useBatch()
const path = (name: string): string => bench.workdir.join(name)
const database = () => path('llm-user/logs.db')
const query = (sql: string) => queryDatabase(database(), sql)
const words = range(40).map(index => `word ${index}`)
const day = 86_400_000

/** Runs a batch over words, and gives its summary and how many calls it made. */
async function run(id: string, said: readonly string[], changes: Partial<BatchOptions> = {}) {
  const input = await bench.workdir.write(`${id}.in.csv`, inputOf('csv', said))
  const output = path(`${id}.csv`)
  const before = bench.server.requestCount()
  const options = { input, output, template: 'Say {word}', batchId: id, concurrency: 8 }
  const summary = await bench.run({ ...options, ...changes })
  return { ...summary, calls: bench.server.requestCount() - before }
}

describe('a batch with the cache', () => {
  it('takes the answers of other batches, and asks only for the rest', async () => {
    await run('first', words)

    const second = await run('second', [...words, 'new', 'newer'], { cache: true })

    expect(second.calls).toBe(2)
    expect(second.tally).toMatchObject({
      ...{ answered: 42, cached: 40, deduped: 0, recalled: 0 },
      ...{ inputTokens: expect.any(Number), failed: 0 },
    })
    expect(await bench.workdir.read('second.csv')).toBe(outputOf('csv', [...words, 'new', 'newer']))
    expect(
      await query(`
        SELECT reuse, count(*) AS rows, sum(attempts) AS attempts, count(log_id) AS logged
        FROM batch_rows WHERE batch_id = 'second' GROUP BY reuse ORDER BY reuse`),
    ).toEqual([
      { reuse: null, rows: 2, attempts: 2, logged: 2 },
      { reuse: 'cached', rows: 40, attempts: 0, logged: 0 },
    ])
    expect(await query('SELECT count(*) AS turns FROM turns')).toEqual([{ turns: 42 }])
    expect(await query("SELECT cached_prompts FROM batch_runs WHERE id = 'second'")).toEqual([
      { cached_prompts: 40 },
    ])
  })

  it('is off unless it is asked for', async () => {
    await run('first', words)

    expect((await run('second', words)).calls).toBe(40)
  })

  it.each<[string, Partial<BatchOptions>]>([
    ['another model', { model: 'gpt-4o' }],
    ['another option', { options: { temperature: 0.5 } }],
    ['another system prompt', { system: 'Be brief.' }],
    ['another template', { template: 'Tell {word}' }],
  ])('takes no answer to %s', async (_what, changes) => {
    await run('first', words)

    expect(await run('second', words, { cache: true, ...changes })).toMatchObject({
      calls: 40,
      tally: { cached: 0 },
    })
  })

  it('takes no failure, no cut answer, and nothing of a batch without the log', async () => {
    bench.script.fault = (_number, text) =>
      text === 'Say word 0' ? { kind: 'answer', finishReason: 'length' } : undefined
    await run('failed', words.slice(0, 2))
    await run('cut', words.slice(0, 3), { acceptTruncated: true })
    // It stops before its end, so it has its answers still.
    await run('unlogged', words.slice(3, 6), { log: false, limit: 2 })
    bench.script = {}

    const { calls, tally } = await run('second', words.slice(0, 6), { cache: true })

    expect(tally).toMatchObject({ answered: 6, cached: 2 })
    expect(calls).toBe(4)
  })

  it.each([
    [6, 40],
    [8, 0],
  ])('with an age of 7 days, takes answers that are %d days old: %d', async (days, cached) => {
    await run('first', words)
    const then = new Date(Date.now() - days * day).toISOString().slice(0, 19)
    await editDatabase(database(), `UPDATE batch_rows SET finished_at = '${then}'`)

    const { tally } = await run('second', words, { cacheAgeMs: 7 * day })

    expect(tally.cached).toBe(cached)
  })

  it('counts the age of an answer from its call, not from its last use', async () => {
    await run('first', words)
    await editDatabase(database(), "UPDATE batch_rows SET finished_at = '2020-01-01T00:00:00'")
    await run('second', words, { cache: true })

    const { tally } = await run('third', words, { cacheAgeMs: day })

    expect(tally.cached).toBe(0)
  })

  it('of several answers takes the newest', async () => {
    bench.script.answer = () => 'old'
    await run('first', ['a'])
    bench.script.answer = () => 'new'
    await run('second', ['a'])

    await run('third', ['a'], { cache: true })

    expect(await bench.workdir.read('third.csv')).toBe('id,word,response\n0,a,new\n')
  })

  it('finds what runs without the cache recorded after its last use', async () => {
    await run('first', words.slice(0, 10))
    await run('second', words.slice(0, 10), { cache: true })
    await run('third', words.slice(10, 20))

    expect((await run('fourth', words.slice(0, 20), { cache: true })).calls).toBe(0)
  })

  it('asks equal rows once only together with dedupe, and counts both kinds apart', async () => {
    await run('first', ['a'])

    const alone = await run('alone', ['a', 'b', 'a', 'b', 'b'], { cache: true, concurrency: 1 })
    const both = await run('both', ['a', 'c', 'a', 'c', 'c'], { cache: true, dedupe: true })

    expect(alone).toMatchObject({ calls: 3, tally: { cached: 2, deduped: 0 } })
    expect(both).toMatchObject({ calls: 1, tally: { cached: 2, deduped: 2 } })
  })

  it('keeps its options when it is resumed', async () => {
    await run('first', words)
    await run('second', words, { cache: true, limit: 10 })
    const before = bench.server.requestCount()

    const { tally } = await bench.run({ input: path('second.in.csv'), resume: true })

    expect(tally).toMatchObject({ answered: 40, recalled: 10, cached: 30 })
    expect(bench.server.requestCount()).toBe(before)
    expect(await query("SELECT cached_prompts FROM batch_runs WHERE id = 'second'")).toEqual([
      { cached_prompts: 40 },
    ])
    expect(await bench.workdir.read('second.csv')).toBe(outputOf('csv', words))
  })

  it('has nothing of a batch that was removed', async () => {
    await run('first', words)
    await run('second', words.slice(0, 1), { cache: true })
    const archive = await openBatchArchive({ path: database(), clock: fastClock() })
    await archive.removeBatches(['first'])
    await archive.close()

    expect((await run('third', words, { cache: true })).tally.cached).toBe(0)
    expect(
      await query(`
        SELECT count(*) AS stale FROM batch_answers
        WHERE prompt_hash <> '' AND row_id NOT IN (SELECT id FROM batch_rows)`),
    ).toEqual([{ stale: 0 }])
  })
})
