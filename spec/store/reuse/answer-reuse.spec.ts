import type { NewBatch, ReuseScope, RunEnd, StoredRun } from '../../../lib/port/batch-store.js'
import { emptyTally } from '../../../lib/row/tally.js'
import { answeredOf, failedOf, promptOf, promptsOf } from '../../support/equal-rows.js'
import { range } from '../../support/rows.js'
import { until } from '../../support/until.js'
import { editDatabase, lockDatabase } from '../edit-database.js'
import { specDriver } from '../spec-driver.js'
import { storeClock } from '../store-clock.js'
import { useStores } from '../use-stores.js'

const batch: NewBatch = {
  ...{ id: 'first', inputFile: '/in.csv', outputFile: undefined, model: 'm', config: {} },
}
const paused: RunEnd = {
  ...{ status: 'paused', pulse: { totalRows: 3, tally: emptyTally }, isWhole: false },
}
const cache: ReuseScope = { isDeduping: false, cacheAgeMs: Number.POSITIVE_INFINITY }
const dedupe: ReuseScope = { isDeduping: true }

const clock = storeClock()
const bench = useStores(() => ({ clock, log: true, driver: specDriver }))

async function begin(scope?: ReuseScope, changes: Partial<NewBatch> = {}): Promise<StoredRun> {
  return (await (await bench.open()).begin({ ...batch, ...changes })).start(scope)
}

/** A batch that has recorded these answers. */
async function record(id: string, words: string): Promise<void> {
  const run = await begin(undefined, { id })
  void run.append(promptsOf(words).map(one => answeredOf(one, `${id}: ${one.text}`)))
  await run.end(paused)
}

const textsOf = async (run: StoredRun, words: string) =>
  (await run.reuse(promptsOf(words))).map(answer => answer?.text)

describe('reuse of a stored run', () => {
  it('finds nothing without a scope', async () => {
    await record('earlier', 'a')

    expect(await textsOf(await begin(), 'a')).toEqual([undefined])
  })

  it('finds an answer of its own as soon as it is appended, and after it is written', async () => {
    const run = await begin(dedupe)
    expect(await textsOf(run, 'a b a')).toEqual([undefined, undefined, undefined])
    void run.append([answeredOf(promptOf(0, 'a')), failedOf(promptOf(1, 'b'))])

    expect(await textsOf(run, 'b a a')).toEqual([undefined, 'answer to a', 'answer to a'])
    expect(await bench.query('SELECT count(*) AS rows FROM batch_rows')).toEqual([{ rows: 0 }])

    await clock.advance(1000)
    await until(async () => (await bench.query('SELECT id FROM batch_rows')).length === 2)
    expect(await textsOf(run, 'b a')).toEqual([undefined, 'answer to a'])
  })

  it('finds what each of many groups has recorded, and each group in the meantime', async () => {
    const run = await begin(dedupe)
    for (const group of range(12)) {
      const asked = range(700).map(at => promptOf(group * 700 + at, `${group} ${at}`))
      await run.append(asked.map(one => answeredOf(one)))
      const all = range(group + 1).map(earlier => promptOf(0, `${earlier} ${group * 7}`))
      expect((await run.reuse(all)).map(answer => answer?.text)).toEqual(
        range(group + 1).map(earlier => `answer to ${earlier} ${group * 7}`),
      )
    }
  })

  it('finds the answers of earlier runs of its batch, not those of other batches', async () => {
    await record('other', 'a b')
    const first = await begin(dedupe)
    void first.append([answeredOf(promptOf(0, 'a'))])
    await first.end(paused)

    const run = await (await (await bench.open()).resume(batch)).start(dedupe)

    expect(await textsOf(run, 'a b')).toEqual(['answer to a', undefined])
  })

  it('finds the newest answer of other batches, not its own', async () => {
    await record('older', 'a b c')
    await record('newer', 'a b')
    const run = await begin(cache)
    void run.append([answeredOf(promptOf(0, 'a')), answeredOf(promptOf(1, 'd'))])
    await clock.advance(1000)

    expect(await textsOf(run, 'a b c d')).toEqual(['newer: a', 'newer: b', 'older: c', undefined])
  })

  it('says where an answer came from at first', async () => {
    await record('other', 'a')
    const run = await begin({ ...cache, isDeduping: true })
    const [found] = await run.reuse([promptOf(0, 'a')])
    expect(found).toEqual({ text: 'other: a', from: 'cached' })
    void run.append([
      { ...answeredOf(promptOf(0, 'a'), 'other: a'), attempts: 0, reused: 'cached' },
      answeredOf(promptOf(1, 'b')),
    ])

    expect((await run.reuse(promptsOf('a b'))).map(answer => answer?.from)).toEqual([
      ...['cached', 'equal'],
    ])
    await clock.advance(1000)
    await until(async () => (await bench.query('SELECT id FROM batch_rows')).length === 3)
    expect((await run.reuse(promptsOf('a b'))).map(answer => answer?.from)).toEqual([
      ...['cached', 'equal'],
    ])
  })

  it('gives only the first of many long answers, of each kind', async () => {
    await record('other', `a ${'b'.repeat(9_000_000)}`)
    const long = promptOf(0, 'b'.repeat(9_000_000))
    const run = await begin(cache)

    expect(await run.reuse([promptOf(0, 'a'), long, long, long])).toHaveLength(2)
    expect(await run.reuse([long, long])).toHaveLength(1)
  }, 60_000)

  /** A run of which the first answer is written, and the second waits: too long to keep. */
  async function withUnkept() {
    const run = await begin(dedupe)
    const unkept = 'y'.repeat(1_000_000)
    void run.append([answeredOf(promptOf(0, 'a'), 'x'.repeat(3_900_000))])
    void run.append([answeredOf(promptOf(1, 'b'), unkept)])
    await until(async () => (await bench.query('SELECT id FROM batch_rows')).length === 1)
    const ends: unknown[] = []
    const look = run.reuse([promptOf(1, 'b')]).then(
      ([answer]) => ends.push(answer?.text === unkept),
      error => ends.push(error.code),
    )
    // Whatever the look-up needs of the database it has by now.
    for (const _turn of range(20)) await bench.query('SELECT id FROM batch_rows')
    expect(ends).toEqual([])
    return { run, look, ends }
  }

  it('waits for the database with an answer that is too long to keep, after those before', async () => {
    const { run, look, ends } = await withUnkept()
    const [first, ...others] = await run.reuse(promptsOf('a b a'))
    expect(first?.text).toHaveLength(3_900_000)
    expect(others).toEqual([])

    await until(async () => {
      await clock.advance(1000)
      return ends.length > 0
    })
    await look
    expect(ends).toEqual([true])
  }, 60_000)

  it('waits for it no longer once the database cannot be written', async () => {
    const { look, ends } = await withUnkept()
    await editDatabase(bench.path, "UPDATE batch_runs SET lease = 'theirs'")

    await until(async () => {
      await clock.advance(1000)
      return ends.length > 0
    })
    await look
    expect(ends).toEqual(['BATCH_LOST'])
  }, 60_000)

  it('rejects, and does not wait for ever, once the database cannot be written', async () => {
    const run = await begin(dedupe)
    await editDatabase(bench.path, "UPDATE batch_runs SET lease = 'theirs'")
    void run.append([answeredOf(promptOf(0, 'a'), 'x'.repeat(5_000_000))])

    const outcome = await run.reuse([promptOf(0, 'a')]).catch(error => error.code)
    expect(outcome).toBe('BATCH_LOST')
    await expect(run.reuse([promptOf(0, 'b')])).rejects.toMatchObject({ code: 'BATCH_LOST' })
  })

  it('brings the hashes up to date with each use, and leaves other runs alone', async () => {
    const hashes = async () =>
      (await bench.query('SELECT count(*) AS count FROM batch_answers'))[0].count
    await record('other', 'a b c')
    await textsOf(await begin(dedupe, { id: 'deduping' }), 'a')
    expect(await hashes()).toBe(0)

    expect(await textsOf(await begin(cache, { id: 'second' }), 'a')).toEqual(['other: a'])
    // With the entry that says up to which row.
    expect(await hashes()).toBe(4)
    await record('later', 'd')
    expect(await hashes()).toBe(4)
    expect(await textsOf(await begin(cache, { id: 'third' }), 'd')).toEqual(['later: d'])
    expect(await hashes()).toBe(5)
  })

  it('looks at the rows in portions, so that others can write in between', async () => {
    await record('other', 'first-word')
    await editDatabase(
      bench.path,
      `WITH RECURSIVE count (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM count WHERE n < 250000)
      INSERT INTO batch_rows (batch_id, row_index, run, prompt_hash, status, finished_at, log_id, response)
      SELECT 'other', n, 1, printf('%024x', n), 'answered', '2026-01-01T00:00:00', 'x', 'text ' || n
      FROM count`,
    )
    const run = await begin(cache, { id: 'second' })

    const found = await run.reuse([
      promptOf(0, 'first-word'),
      { ...promptOf(1, 'b'), hash: (250_000).toString(16).padStart(64, '0') },
    ])

    expect(found.map(answer => answer?.text)).toEqual(['other: first-word', 'text 250000'])
    expect(await bench.query("SELECT row_id FROM batch_answers WHERE prompt_hash = ''")).toEqual([
      { row_id: 250_001 },
    ])
  }, 60_000)

  it('gives back an answer while another process holds the lock of the file', async () => {
    const run = await begin(dedupe)
    void run.append([answeredOf(promptOf(0, 'a'))])
    const lock = await lockDatabase(bench.path)

    expect(await textsOf(run, 'a')).toEqual(['answer to a'])
    await lock.release()
  })
})
