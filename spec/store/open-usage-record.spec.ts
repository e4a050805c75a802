import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { openUsageRecord } from '../../lib/store/open-usage-record.js'
import { fastClock } from '../support/fast-clock.js'
import { useBatch } from '../support/use-batch.js'
import { editDatabase } from './edit-database.js'
import { makeLegacyDatabase } from './make-older-database.js'

const clock = fastClock()

describe('openUsageRecord', () => {
  const bench = useBatch()
  const path = () => bench.workdir.join('llm-user/logs.db')

  async function asked(id: string, rows: number, changes = {}): Promise<void> {
    bench.script.answer = text => ({
      text: 'yes',
      usage: { inputTokens: 10 + text.length, outputTokens: Number(text.split(' ').at(-1)) },
    })
    const lines = Array.from({ length: rows }, (_, index) => `${id} ${index}`).join('\n')
    const input = await bench.workdir.write(`${id}.txt`, `${lines}\n`)
    await bench.run({ input, batchId: id, ...changes })
  }

  async function using<T>(
    read: (record: Awaited<ReturnType<typeof openUsageRecord>>) => Promise<T>,
  ) {
    const record = await openUsageRecord({ path: path(), clock })
    try {
      return await read(record)
    } finally {
      await record.close()
    }
  }

  const hashesOf = (batchId: string) =>
    using(async record => {
      const hashes: string[] = []
      for await (const page of record.answeredHashes(batchId)) hashes.push(...page)
      return hashes
    })

  const digests = () =>
    using(async record => {
      const { openBatchArchive } = await import('../../lib/store/open-batch-archive.js')
      const archive = await openBatchArchive({ path: path(), clock })
      const found = await archive.findBatch('a')
      await archive.close()
      void record
      return found?.config.asked as { template: string; system: string }
    })

  it('has nothing where nothing is recorded, and makes no file', async () => {
    const query = { model: 'gpt-4o-mini', most: 10 }

    expect(await using(record => record.earlierCalls(query))).toEqual([])
    expect(await using(record => record.billedPrompts(query))).toEqual([])
    expect(existsSync(path())).toBe(false)
  })

  it('has nothing in a file that has tables of llm’s alone', async () => {
    await bench.workdir.write('llm-user/.keep', '')
    await makeLegacyDatabase({ path: path(), clock })
    const query = { model: 'gpt-4o-mini', most: 10 }

    expect(await using(record => record.earlierCalls(query))).toEqual([])
    expect(await using(record => record.billedPrompts(query))).toEqual([])
    expect(await hashesOf('a')).toEqual([])
  })

  it('passes by a batch that has no rows, and one whose settings somebody has spoilt', async () => {
    await asked('a', 3)
    await asked('b', 3)
    await asked('c', 3)
    await editDatabase(
      path(),
      `DELETE FROM batch_rows WHERE batch_id = 'b';
       UPDATE batch_runs SET config = '{' WHERE id = 'c'`,
    )

    const calls = await using(record => record.earlierCalls({ model: 'gpt-4o-mini', most: 10 }))

    expect(calls.map(({ outputTokens }) => outputTokens)).toEqual([0, 1, 2])
  })

  it('gives the hashes of more answers than it reads at once, and of late answers', async () => {
    await asked('a', 2)
    await editDatabase(
      path(),
      `CREATE TABLE one AS SELECT * FROM batch_rows WHERE row_index = 1;
       UPDATE one SET id = NULL, recorded_run = NULL, row_index = NULL, prompt_hash = 'late';
       INSERT INTO batch_rows SELECT * FROM one;
       WITH RECURSIVE numbers (n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM numbers WHERE n < 50000)
       INSERT INTO batch_rows (batch_id, row_index, run, prompt_hash, status, response, attempts)
       SELECT batch_id, n, run, 'h' || n, status, response, attempts FROM one, numbers`,
    )

    const hashes = await hashesOf('a')

    expect(hashes).toHaveLength(50_002)
    expect(new Set(hashes).size).toBe(50_002)
    expect(hashes.slice(-2)).toEqual(['h50000', 'late'])
  })

  it('gives calls of a model, spread over the rows, as many as were asked for', async () => {
    await asked('a', 40)

    const calls = await using(record => record.earlierCalls({ model: 'gpt-4o-mini', most: 10 }))

    expect(calls.map(({ outputTokens }) => outputTokens)).toEqual([
      2, 6, 10, 14, 18, 22, 26, 30, 34, 38,
    ])
    expect(calls[0]).toEqual({ inputTokens: 13, outputTokens: 2, durationMs: expect.any(Number) })
    expect(await using(record => record.earlierCalls({ model: 'gpt-4o', most: 10 }))).toEqual([])
  })

  it('gives only calls of the template and the system prompt', async () => {
    await asked('a', 5)
    await asked('b', 5, { system: 'Be brief.' })
    await asked('c', 5, { template: 'Say {prompt}' })
    await asked('d', 5, { tools: ['llm_version'] })
    const query = { model: 'gpt-4o-mini', most: 100 }

    const alike = await using(async record =>
      record.earlierCalls({ ...query, asked: await digests() }),
    )

    expect(alike).toHaveLength(5)
    expect(await using(record => record.earlierCalls(query))).toHaveLength(20)
  })

  it.each([
    ['llm of today', undefined],
    ['llm 0.31', makeLegacyDatabase],
  ])('gives the texts that were billed, from the log of %s', async (_name, make) => {
    await bench.workdir.write('llm-user/.keep', '')
    await make?.({ path: path(), clock })
    await asked('a', 3, { system: 'Be brief.' })
    await bench.workdir.write('context.txt', 'We sell tools.')
    await asked('b', 3, { template: `!fragment ${bench.workdir.join('context.txt')}\n{prompt}` })
    // The model is told of its tools too, at a length that nobody knows.
    await asked('c', 3, { tools: ['llm_version'] })

    const billed = await using(record => record.billedPrompts({ model: 'gpt-4o-mini', most: 100 }))

    expect(billed).toEqual([
      { text: 'a 0', system: 'Be brief.', inputTokens: 13 },
      { text: 'a 1', system: 'Be brief.', inputTokens: 13 },
      { text: 'a 2', system: 'Be brief.', inputTokens: 13 },
    ])
  })

  it('gives no texts of a batch that was not logged', async () => {
    await asked('a', 6, { log: false })

    expect(await using(record => record.billedPrompts({ model: 'gpt-4o-mini', most: 9 }))).toEqual(
      [],
    )
  })

  it('gives the hash of every answer that a resume would recall', async () => {
    bench.script.fault = (_number, text) =>
      text === 'a 1' ? { kind: 'answer', finishReason: 'content-filter' } : undefined
    await asked('a', 4)

    const pages: string[] = []
    await using(async record => {
      for await (const page of record.answeredHashes('a')) pages.push(...page)
    })

    expect(new Set(pages).size).toBe(3)
    expect(pages.every(hash => /^[0-9a-f]{24}$/.test(hash))).toBe(true)
  })

  it('leaves no file beside the database', async () => {
    await asked('a', 3)
    await using(record => record.earlierCalls({ model: 'gpt-4o-mini', most: 10 }))

    expect(await readdir(bench.workdir.join('llm-user'))).toEqual(['logs.db'])
  })
})
