import { readdir, readFile } from 'node:fs/promises'
import type { HeldBatch, NewBatch, RunEnd, StoredRun } from '../../lib/port/batch-store.js'
import type { Outcome } from '../../lib/row/outcome.js'
import { emptyTally } from '../../lib/row/tally.js'
import type { DatabaseDriver } from '../../lib/store/database/open-database.js'
import { openBatchArchive } from '../../lib/store/open-batch-archive.js'
import type { OpenBatchStoreOptions } from '../../lib/store/open-batch-store.js'
import { editDatabase } from '../store/edit-database.js'
import { storeClock } from '../store/store-clock.js'
import { useStores } from '../store/use-stores.js'
import type { FakeClock } from '../support/fake-clock.js'
import { answered, failed, prompt, range, row } from '../support/rows.js'
import { until } from '../support/until.js'

const batch: NewBatch = {
  id: 'reviews-k3x9qd',
  inputFile: '/data/reviews.csv',
  outputFile: undefined,
  model: 'gpt-4o-mini',
  config: { concurrency: 3 },
}
const pulse = { totalRows: 3, tally: { ...emptyTally, answered: 2, failed: 1, inputTokens: 10 } }
const paused: RunEnd = { status: 'paused', pulse, isWhole: false }
const completed: RunEnd = { status: 'completed', pulse, isWhole: true }

/**
 * What a batch store promises of leases and of runs after the first; called once for each driver.
 */
export function batchResumeContract(driver: DatabaseDriver): void {
  let clock: FakeClock
  /** Ids of the processes that live; a store is opened by process 1 unless it says otherwise. */
  let living: Set<number>
  const bench = useStores(() => ({
    clock,
    log: false,
    driver,
    processId: 1,
    identifyProcess: processId => (living.has(processId) ? '' : undefined),
  }))
  const { open, query, journals } = bench

  beforeEach(() => {
    clock = storeClock()
    living = new Set([1, 2])
  })

  const begin = (options?: Partial<OpenBatchStoreOptions>) => bench.begin(batch, options)

  /** As process 2. */
  async function hold(options: Partial<OpenBatchStoreOptions> = {}): Promise<HeldBatch> {
    return (await open({ processId: 2, ...options })).resume(batch)
  }

  async function resume(options: Partial<OpenBatchStoreOptions> = {}): Promise<StoredRun> {
    return (await hold(options)).start()
  }

  /** A first run that appended these, and was killed before the database had them. */
  async function killedAfter(...outcomes: Outcome[]): Promise<StoredRun> {
    const run = await begin()
    void run.append(outcomes)
    living.delete(1)
    return run
  }

  const rows = () =>
    query('SELECT row_index, status, response FROM batch_rows ORDER BY row_index, id')
  it('refuses to resume a batch that nobody began', async () => {
    const store = await open()

    await expect(store.resume(batch)).rejects.toMatchObject({ code: 'BATCH_UNKNOWN', reach: 'run' })
    expect(await query('SELECT * FROM batch_runs')).toEqual([])
  })

  it('refuses a second run while the first lives, and says how to watch and to end it', async () => {
    await begin()

    await expect(hold()).rejects.toMatchObject({
      code: 'BATCH_RUNNING',
      message: expect.stringContaining('process 1 on '),
      remedy: expect.stringMatching(
        /llm batch status reviews-k3x9qd.*llm batch cancel reviews-k3x9qd.*--take-over/,
      ),
    })
  })

  it('refuses a second run within one process as well, also of a batch not yet started', async () => {
    await (await open()).begin(batch)

    await expect((await open()).resume(batch)).rejects.toMatchObject({ code: 'BATCH_RUNNING' })
  })

  it('takes a batch over from a process that is gone, and gives what it was', async () => {
    await killedAfter(answered(0))
    const store = await open({ processId: 2 })

    const held = await store.resume({ ...batch, config: { concurrency: 9 } })
    await held.start()

    expect(held.before).toMatchObject({
      status: 'failed',
      isProcessGone: true,
      completedPrompts: 1,
      config: batch.config,
    })
    expect(await query('SELECT run, status, process_id, config FROM batch_runs')).toEqual([
      { run: 2, status: 'running', process_id: 2, config: '{"concurrency":9}' },
    ])
  })

  it('is not deceived by a new process that has the number of the one that is gone', async () => {
    await killedAfter()
    await bench.closeLast()
    living.add(1)

    await (await (await open()).resume(batch)).start()

    expect(await query('SELECT run FROM batch_runs')).toEqual([{ run: 2 }])
  })

  it('takes a process that was silent for ten minutes for another with its number', async () => {
    await begin()
    await clock.advance(599_000)
    await expect(hold()).rejects.toMatchObject({ code: 'BATCH_RUNNING' })

    await clock.advance(1000)

    expect(await hold()).toMatchObject({ before: { isProcessGone: true } })
  })

  it('tells a living process from one that had its number before, however soon', async () => {
    let identity = 'boot-1'
    const identifyProcess = () => identity
    await begin({ identifyProcess })
    await clock.advance(3_600_000)
    await expect(hold({ identifyProcess })).rejects.toMatchObject({ code: 'BATCH_RUNNING' })

    identity = 'boot-2'

    expect(await hold({ identifyProcess })).toMatchObject({ before: { isProcessGone: true } })
  })

  it('believes the heartbeat alone of a process on another machine', async () => {
    await killedAfter()
    await editDatabase(bench.path, "UPDATE batch_runs SET host = 'far-away'")
    await clock.advance(59_000)
    await expect(hold()).rejects.toMatchObject({ code: 'BATCH_RUNNING' })

    await clock.advance(1000)

    expect(await hold()).toMatchObject({ before: { isProcessGone: true } })
  })

  it('believes the heartbeat alone of a process in another namespace, whoever has its number here', async () => {
    await begin({ identifyProcess: () => 'container-1/7' })
    const outside = { processId: 1, identifyProcess: () => 'machine/7' }
    await clock.advance(59_000)
    await expect(hold(outside)).rejects.toMatchObject({ code: 'BATCH_RUNNING' })

    await clock.advance(1000)

    expect(await hold(outside)).toMatchObject({ before: { isProcessGone: true } })
  })

  it('knows at once that a process is gone from the namespace that both are in', async () => {
    const identifyProcess = (id: number) => (living.has(id) ? `machine/${id}` : undefined)
    await begin({ identifyProcess })
    await expect(hold({ identifyProcess })).rejects.toMatchObject({ code: 'BATCH_RUNNING' })

    living.delete(1)

    expect(await hold({ identifyProcess })).toMatchObject({ before: { isProcessGone: true } })
  })

  it('believes no heartbeat from the future, of a process that was killed while its clock was ahead', async () => {
    await killedAfter()
    const ahead = new Date(clock.nowMs() + 3_600_000).toISOString()
    await editDatabase(
      bench.path,
      `UPDATE batch_runs SET host = 'far-away', updated_at = '${ahead.slice(0, 23)}000+00:00'`,
    )

    expect(await hold()).toMatchObject({ before: { isProcessGone: true } })
  })

  it('takes a batch from a living process if the user knows better', async () => {
    const first = await begin()
    const store = await open({ processId: 2 })

    const held = await store.resume(batch, { takeOver: true })

    expect(held.before).toMatchObject({ status: 'failed', isProcessGone: true })
    await expect(first.pulse(pulse)).rejects.toMatchObject({ code: 'BATCH_LOST' })
  })

  it('tells a run whose batch another took to end at once, and lets it change nothing more', async () => {
    const first = await killedAfter(answered(0))
    await resume()

    await expect(first.pulse(pulse)).rejects.toMatchObject({ code: 'BATCH_LOST' })
    void first.append([answered(1)])
    await expect(first.end(completed)).rejects.toMatchObject({
      code: 'BATCH_LOST',
      message: expect.stringContaining(
        'Another process has resumed, ended or removed batch reviews-k3x9qd',
      ),
    })

    expect(await query('SELECT status, completed_prompts, process_id FROM batch_runs')).toEqual([
      { status: 'running', completed_prompts: 1, process_id: 2 },
    ])
    expect(await rows()).toHaveLength(1)
  })

  it('says to a run that appends that its batch is lost, and has what it appended all the same', async () => {
    const first = await killedAfter(answered(0))
    const second = await resume()
    void first.append([answered(1), answered(2)])
    await clock.advance(1000)
    await until(() => first.append([]) !== undefined)
    await expect(first.append([answered(3)])).rejects.toMatchObject({ code: 'BATCH_LOST' })
    void second.append([answered(1, 'newer')])

    await second.end(paused)

    expect(await rows()).toEqual([
      { row_index: null, status: 'answered', response: 'answer 1' },
      { row_index: null, status: 'answered', response: 'answer 2' },
      { row_index: null, status: 'answered', response: 'answer 3' },
      { row_index: 0, status: 'answered', response: 'answer 0' },
      { row_index: 1, status: 'answered', response: 'newer' },
    ])
    expect(await journals()).toEqual([])
  })

  it('recalls late answers', async () => {
    const first = await killedAfter(answered(0))
    const second = await resume()
    void first.append([answered(1), answered(2)])
    await second.end(paused)

    const answers = await (await resume()).recall(range(4).map(index => prompt(index)))

    expect(answers.map(given => given?.text)).toEqual([
      'answer 0',
      'answer 1',
      'answer 2',
      undefined,
    ])
  })

  it('has an answer once that is recalled, and that a run that lost the batch appends again', async () => {
    const first = await killedAfter(...range(3).map(index => answered(index)))
    const second = await resume()
    const at = (index: number, number: number) => ({ ...prompt(number), row: row(index) })
    await second.recall([at(0, 0), at(1, 2)])
    void second.append([{ ...failed(7), row: row(2), prompt: at(2, 7) }])
    // Its journal was taken in and removed: it makes the file anew, with all that it has not
    // written.
    void first.append([answered(3)])

    await second.end({ ...completed, status: 'failed' })

    expect(await rows()).toEqual([
      { row_index: null, status: 'answered', response: 'answer 1' },
      { row_index: null, status: 'answered', response: 'answer 3' },
      { row_index: 0, status: 'answered', response: 'answer 0' },
      { row_index: 1, status: 'answered', response: 'answer 2' },
      { row_index: 2, status: 'failed', response: null },
    ])
    expect(await query('SELECT completed_prompts, failed_prompts FROM batch_runs')).toEqual([
      { completed_prompts: 2, failed_prompts: 1 },
    ])
  })

  it('keeps a late answer for a row that failed since, and gives it no place', async () => {
    const first = await killedAfter(answered(0))
    const second = await resume()
    void second.append([failed(1)])
    void first.append([answered(1), answered(7)])

    await second.end({ ...completed, status: 'failed' })

    expect(await rows()).toEqual([
      { row_index: null, status: 'answered', response: 'answer 0' },
      { row_index: null, status: 'answered', response: 'answer 1' },
      { row_index: null, status: 'answered', response: 'answer 7' },
      { row_index: 1, status: 'failed', response: null },
    ])
    expect(await query('SELECT failed_prompts FROM batch_runs')).toEqual([{ failed_prompts: 1 }])
  })

  it.each([
    ['where they stand', 0],
    ['in other rows', 1],
  ])('gives long answers a few at a time, %s', async (_, shift) => {
    const first = await begin()
    const text = (index: number) => `${index}`.repeat(6_000_000)
    for (const index of range(6)) void first.append([answered(index, text(index))])
    await first.end(paused)
    const second = await (await (await open()).resume(batch)).start()
    let left = range(6).map(index => ({ ...prompt(index), row: row(index + shift, {}) }))

    const given: string[][] = []
    while (left.length > 0) {
      const answers = await second.recall(left)
      given.push(answers.map(answer => `${answer?.text[0]}: ${answer?.text.length}`))
      left = left.slice(answers.length)
    }

    expect(given.flat()).toEqual(range(6).map(index => `${index}: 6000000`))
    expect(Math.max(...given.map(({ length }) => length))).toBeLessThan(3)
    await second.end(paused)
  })

  it('may be resumed when it has ended, its counts standing until there are new ones', async () => {
    const first = await begin()
    void first.append([answered(0), answered(1)])
    await first.end(paused)

    const held = await hold()

    expect(held.before).toMatchObject({ status: 'paused', isProcessGone: false })
    expect(await query('SELECT status, completed_prompts AS n FROM batch_runs')).toEqual([
      { status: 'running', n: 2 },
    ])
  })

  it('leaves a batch that was resumed and is not run after all as it was', async () => {
    const first = await begin()
    void first.append([answered(0)])
    await first.end(paused)
    const before = await query('SELECT * FROM batch_runs')
    const store = await open({ processId: 2 })
    const held = await store.resume({ ...batch, outputFile: '/else.csv', config: { n: 9 } })

    await held.withdraw()

    expect(await query('SELECT * FROM batch_runs')).toEqual(before)
    expect(await rows()).toHaveLength(1)
  })

  it('uses no number of a run twice, also when one was withdrawn', async () => {
    await (await begin()).end(paused)
    await (await hold()).withdraw()

    await (await resume()).end(paused)
    await resume()

    expect(await query('SELECT run FROM batch_runs')).toEqual([{ run: 3 }])
  })

  it('keeps its output from others as soon as it is held', async () => {
    const outputFile = bench.workdir.join('out.csv')
    await (await begin()).end(paused)
    const store = await open()
    const held = await store.resume({ ...batch, outputFile })
    const other = { ...batch, id: 'other', outputFile }

    await expect(store.begin(other)).rejects.toMatchObject({
      code: 'BATCH_RUNNING',
      message: `Batch ${batch.id} is running and writes to ${outputFile}.`,
    })
    await held.withdraw()
    await (await (await store.begin(other)).start()).end(paused)
  })

  it('refuses an output that another batch writes to, and is as it was', async () => {
    const outputFile = bench.workdir.join('out.csv')
    await (await begin()).end(paused)
    const store = await open()
    await store.begin({ ...batch, id: 'other', outputFile })
    const before = await query(`SELECT * FROM batch_runs WHERE id = '${batch.id}'`)

    await expect(store.resume({ ...batch, outputFile })).rejects.toMatchObject({
      code: 'BATCH_RUNNING',
      message: `Batch other is running and writes to ${outputFile}.`,
    })
    expect(await query(`SELECT * FROM batch_runs WHERE id = '${batch.id}'`)).toEqual(before)
  })

  it('adds the tokens of a run to those of the runs before', async () => {
    await (await begin()).end(paused)
    const second = await resume()

    await second.pulse(pulse)

    expect(await query('SELECT input_tokens FROM batch_runs')).toEqual([{ input_tokens: 20 }])
  })

  it('counts what was appended, tokens too, when its process was killed before it said so', async () => {
    await killedAfter(answered(0), answered(1), failed(2))
    const gone = { path: bench.path, clock, driver, identifyProcess: () => undefined }
    const archive = await openBatchArchive(gone)
    const counts = {
      completedPrompts: 2,
      failedPrompts: 1,
      inputTokens: 6,
      isProcessGone: true,
    }

    expect(await archive.findBatch(batch.id)).toMatchObject(counts)
    expect(await archive.listBatches({})).toMatchObject([counts])
    expect(await hold()).toMatchObject({ before: counts })
    await archive.close()
  })

  it('counts what the runs before recorded until the run is whole', async () => {
    await killedAfter(...range(5).map(index => answered(index)), failed(5))
    const run = await resume()
    const counts = async (tally: object, totalRows: number | undefined = 9) => {
      await run.pulse({ totalRows, tally: { ...emptyTally, ...tally } })
      return query('SELECT completed_prompts AS answered, failed_prompts AS failed FROM batch_runs')
    }

    expect(await counts({}, undefined)).toEqual([{ answered: 5, failed: 1 }])
    expect(await counts({ answered: 3, recalled: 3 })).toEqual([{ answered: 5, failed: 1 }])
    expect(await counts({ answered: 7, recalled: 5 })).toEqual([{ answered: 7, failed: 1 }])
    expect(await counts({ answered: 9, recalled: 5 })).toEqual([{ answered: 9, failed: 0 }])
  })

  it('shows the rows ended per minute of the last minute, and what holds it up', async () => {
    const run = await begin()
    const tally = { ...emptyTally, recalled: 1000 }
    await clock.advance(30_000)
    await run.pulse({ totalRows: 9, tally: { ...tally, answered: 1050, failed: 10 } })
    const first = await query('SELECT rate, hold_up FROM batch_runs')

    await clock.advance(60_000)
    const bottleneck = 'waiting for input'
    await run.pulse({ totalRows: 9, tally: { ...tally, answered: 1060, failed: 10 }, bottleneck })

    expect(first).toEqual([{ rate: 120, hold_up: null }])
    expect(await query('SELECT rate, hold_up FROM batch_runs')).toEqual([
      { rate: 10, hold_up: 'waiting for input' },
    ])
  })

  it('gives the answers of earlier runs, not those of its own', async () => {
    const usage = {
      ...{ inputTokens: 3, outputTokens: 1 },
      ...{ cachedInputTokens: undefined, reasoningTokens: undefined },
    }
    const priced = { ...answered(0), costUsd: 0.000123456789 }
    await killedAfter(priced, answered(1), failed(2))
    const run = await resume()
    void run.append([answered(3)])

    expect(await run.recall(range(4).map(index => prompt(index)))).toEqual([
      { text: 'answer 0', attempts: 1, usage, costUsd: 0.000123456789, durationMs: 5 },
      { text: 'answer 1', attempts: 1, usage, costUsd: undefined, durationMs: 5 },
      undefined,
      undefined,
    ])
  })

  it('puts the new outcome of a failed row in the place of the old', async () => {
    await killedAfter(failed(0), failed(1))
    const run = await resume()

    void run.append([{ ...answered(7), row: row(0) }, failed(1)])
    await run.end(paused)

    expect(await rows()).toEqual([
      { row_index: 0, status: 'answered', response: 'answer 7' },
      { row_index: 1, status: 'failed', response: null },
    ])
  })

  it('counts each row once after rows were inserted above', async () => {
    await killedAfter(answered(0), failed(1), failed(2), answered(3))
    const run = await resume()
    const at = (index: number, number: number) => ({ ...prompt(number), row: row(index) })
    const inserted = [9, 0, 1, 2, 3].map((number, index) => at(index, number))

    await run.recall(inserted)
    void run.append([
      { ...answered(9), row: row(0) },
      { ...answered(1), row: row(2), prompt: at(2, 1) },
      { ...failed(2), row: row(3), prompt: at(3, 2) },
    ])
    await run.end({ ...completed, status: 'failed' })

    expect(await rows()).toEqual([
      { row_index: 0, status: 'answered', response: 'answer 9' },
      { row_index: 1, status: 'answered', response: 'answer 0' },
      { row_index: 2, status: 'answered', response: 'answer 1' },
      { row_index: 3, status: 'failed', response: null },
      { row_index: 4, status: 'answered', response: 'answer 3' },
    ])
    expect(await query('SELECT completed_prompts, failed_prompts FROM batch_runs')).toEqual([
      { completed_prompts: 4, failed_prompts: 1 },
    ])
  })

  it('keeps the answer to a row that was rewritten, without a place once the run is whole', async () => {
    await killedAfter(answered(0), answered(1))
    const run = await resume({ log: true })
    await run.recall([prompt(0), { ...prompt(7), row: row(1) }])
    void run.append([{ ...answered(7), row: row(1) }])

    await run.end(completed)

    expect(await rows()).toEqual([
      { row_index: null, status: 'answered', response: 'answer 1' },
      { row_index: 0, status: 'answered', response: 'answer 0' },
      { row_index: 1, status: 'answered', response: 'answer 7' },
    ])
    expect(await query('SELECT completed_prompts AS n FROM batch_runs')).toEqual([{ n: 2 }])
  })

  it('gives an answer without a place to a row that comes back', async () => {
    await killedAfter(answered(0), answered(1), answered(2))
    const cut = await resume({ log: true })
    await cut.recall([prompt(0)])
    await cut.end(completed)
    const run = await resume({ log: true })
    const restored = [prompt(0), { ...prompt(2), row: row(1) }, { ...prompt(1), row: row(2) }]

    const answers = await run.recall(restored)
    await run.end(completed)

    expect(answers.map(given => given?.text)).toEqual(['answer 0', 'answer 2', 'answer 1'])
    expect((await rows()).map(({ row_index }) => row_index)).toEqual([0, 1, 2])
  })

  it('gives both answers that were recorded at one row, before and after it was rewritten', async () => {
    await killedAfter(answered(0), answered(1))
    const rewritten = await resume()
    void rewritten.append([{ ...answered(7), row: row(1) }])
    await rewritten.end(paused)
    const run = await resume()

    const restored = [prompt(0), prompt(1), { ...prompt(7), row: row(2) }]
    const answers = await run.recall(restored)

    expect(answers.map(given => given?.text)).toEqual(['answer 0', 'answer 1', 'answer 7'])
  })

  it('takes the places and forgets the failures behind the end of an input that was cut', async () => {
    await killedAfter(...range(5).map(index => answered(index)), failed(5))
    const run = await resume({ log: true })
    await run.recall([prompt(0), prompt(1)])

    await run.end(completed)

    expect(await query('SELECT row_index FROM batch_rows ORDER BY id')).toEqual(
      [0, 1, null, null, null].map(row_index => ({ row_index })),
    )
    expect(await query('SELECT completed_prompts AS n FROM batch_runs')).toEqual([{ n: 2 }])
  })

  it('takes no place when a run was not whole', async () => {
    await killedAfter(answered(0), answered(1), failed(2))
    const run = await resume({ log: true })
    await run.recall([prompt(0)])

    await run.end(paused)

    expect((await rows()).map(({ row_index }) => row_index)).toEqual([0, 1, 2])
  })

  it('keeps the answers of equal prompts in their order when rows are inserted above', async () => {
    const same = (index: number) => ({ ...prompt(index), hash: 'a'.repeat(64) })
    await killedAfter(...range(3).map(index => ({ ...answered(index), prompt: same(index) })))
    const run = await resume()

    const answers = await run.recall([prompt(0), ...range(3).map(index => same(index + 1))])

    expect(answers.map(answer => answer?.text)).toEqual([
      undefined,
      'answer 0',
      'answer 1',
      'answer 2',
    ])
  })

  it('leaves no byte of an answer in any file once a batch is complete that is not logged', async () => {
    const secret = (index: number) =>
      `secret ${index} ${'words '.repeat(index % 7 === 0 ? 2000 : index % 40)}`
    const first = await begin()
    for (const part of range(10)) {
      const group = range(60).map(at => answered(part * 60 + at, secret(part * 60 + at)))
      await first.append(group)
    }
    expect(await hasBytes('secret 7 ')).toBe(true)
    living.delete(1)
    const run = await resume()
    // A row deleted at the top: every answer moves.
    const moved = range(599).map(index => ({ ...prompt(index + 1), row: row(index) }))
    expect((await run.recall(moved)).filter(given => given === undefined)).toEqual([])
    void run.append([answered(599, 'secret of the second run')])
    expect(await hasBytes('secret 7 ')).toBe(true)

    await run.end(completed)

    expect(await hasBytes('secret')).toBe(false)
    expect(
      await query('SELECT count(*) AS rows, count(response) AS texts FROM batch_rows'),
    ).toEqual([{ rows: 600, texts: 0 }])
  })

  it('keeps no late answer of a batch that is complete and not logged', async () => {
    const first = await killedAfter(answered(0, 'secret 0'))
    const second = await resume()
    await second.recall([prompt(0)])
    await second.end(completed)
    void first.append([answered(1, 'secret 1')])
    expect(await hasBytes('secret')).toBe(true)
    const archive = await openBatchArchive({ path: bench.path, clock, driver })

    expect(await archive.findBatch(batch.id)).toMatchObject({
      status: 'completed',
      completedPrompts: 1,
    })

    await archive.close()
    expect(await journals()).toEqual([])
    expect(await hasBytes('secret')).toBe(false)
  })

  async function hasBytes(text: string): Promise<boolean> {
    const files = (await readdir(bench.workdir.path)).map(name =>
      readFile(bench.workdir.join(name), 'latin1'),
    )
    return (await Promise.all(files)).some(bytes => bytes.includes(text))
  }

  it('does not give an answer whose text it has forgotten', async () => {
    const first = await begin()
    void first.append([answered(0)])
    await first.end(completed)
    const run = await resume()

    expect(await run.recall([prompt(0)])).toEqual([undefined])
    void run.append([answered(0, 'again')])
    await run.end({ ...paused, isWhole: true })

    expect(await rows()).toEqual([{ row_index: 0, status: 'answered', response: 'again' }])
  })
}
