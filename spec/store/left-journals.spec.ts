import { readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { systemClock } from '../../lib/host/system-clock.js'
import type { HeldBatch, NewBatch, RunEnd } from '../../lib/port/batch-store.js'
import { emptyTally } from '../../lib/row/tally.js'
import { openBatchArchive } from '../../lib/store/open-batch-archive.js'
import type { OpenBatchStoreOptions } from '../../lib/store/open-batch-store.js'
import { answered, failed } from '../support/rows.js'
import { until } from '../support/until.js'
import { editDatabase, lockDatabase } from './edit-database.js'
import { newProcess } from './new-process.js'
import { storeClock } from './store-clock.js'
import { useStores } from './use-stores.js'

const batch: NewBatch = {
  id: 'one',
  inputFile: '/data/in.csv',
  outputFile: undefined,
  model: 'gpt-4o-mini',
  config: {},
}
const pulse = { totalRows: 5, tally: emptyTally }
const paused: RunEnd = { status: 'paused', pulse, isWhole: false }

/** Each store is a new process's, after all others were killed. */
const bench = useStores(() => ({ ...newProcess(), log: true }))

const begin = (options?: Partial<OpenBatchStoreOptions>) => bench.begin(batch, options)
const resume = async (): Promise<HeldBatch> => (await bench.open()).resume(batch)
const journalOf = async () => (await bench.journals())[0] ?? ''
const rowsRecorded = async () => (await bench.query('SELECT row_index FROM batch_rows')).length

/** What a command that only looks finds, while another program holds the database if asked for. */
async function found({ isLocked = false } = {}) {
  const lock = isLocked ? await lockDatabase(bench.path) : undefined
  const clock = isLocked ? systemClock : storeClock()
  const archive = await openBatchArchive({
    ...{ ...newProcess(), path: bench.path, clock, busyTimeoutMs: 20 },
  })
  try {
    return await archive.findBatch(batch.id)
  } finally {
    await lock?.release()
    await archive.close()
  }
}

describe('counting what a killed run left, where the database cannot be written', () => {
  it('counts a row that the database has of an earlier run once, as it is now', async () => {
    const first = await begin()
    void first.append([answered(0), failed(1), failed(2), answered(3)])
    await first.end(paused)
    const second = await (await resume()).start()
    void second.append([failed(0), answered(1), failed(2), answered(3), answered(4)])

    const locked = await found({ isLocked: true })

    expect(locked).toMatchObject({ completedPrompts: 3, failedPrompts: 2 })
    expect(await bench.journals()).toHaveLength(1)
    expect(await found()).toMatchObject({ completedPrompts: 3, failedPrompts: 2 })
    expect(await bench.journals()).toEqual([])
  })

  it('counts the answers that were reused', async () => {
    const run = await begin()
    void run.append([
      answered(0),
      { ...answered(1), reused: 'equal' },
      { ...answered(2), reused: 'cached' },
      { ...answered(3), reused: 'equal' },
    ])

    const counts = { completedPrompts: 4, dedupedPrompts: 2, cachedPrompts: 1 }

    expect(await found({ isLocked: true })).toMatchObject(counts)
    expect(await found()).toMatchObject(counts)
  })

  it('does not count again what the database has of the same run', async () => {
    const clock = storeClock()
    const run = await begin({ clock })
    void run.append([answered(0), failed(1)])
    const file = await journalOf()
    const whole = await readFile(file)
    await clock.advance(1000)
    await until(async () => (await rowsRecorded()) === 2)
    await bench.closeLast()
    await writeFile(file, whole)

    expect(await found({ isLocked: true })).toMatchObject({
      completedPrompts: 1,
      failedPrompts: 1,
    })
  })

  it('leaves out late answers of an earlier run, and a journal that is gone', async () => {
    const first = await begin()
    void first.append([answered(0)])
    const second = await (await resume()).start()
    void first.append([answered(1), answered(2)])
    void second.append([failed(1)])
    expect(await bench.journals()).toHaveLength(2)
    await symlink(bench.workdir.join('gone'), `${bench.path}-one-9-a.journal`)

    expect(await found({ isLocked: true })).toMatchObject({
      completedPrompts: 1,
      failedPrompts: 1,
    })
    expect(await bench.journals()).toHaveLength(3)
  })

  it('leaves out a journal whose first line is torn', async () => {
    const run = await begin()
    void run.append([answered(0)])
    await bench.closeLast()
    const file = await journalOf()
    await writeFile(file, (await readFile(file)).subarray(0, 10))

    expect(await found({ isLocked: true })).toMatchObject({ completedPrompts: 0 })
  })
})

describe('looking at a batch that another process takes at that moment', () => {
  it('leaves its journal to that process', async () => {
    const run = await begin()
    void run.append([answered(0)])
    await bench.closeLast()
    // The other process comes between the look and the writing.
    await editDatabase(
      bench.path,
      `CREATE TRIGGER taken AFTER UPDATE OF status ON batch_runs
       BEGIN UPDATE batch_runs SET lease = 'of another', completed_prompts = 7; END`,
    )

    expect(await found()).toMatchObject({ completedPrompts: 7 })

    expect(await rowsRecorded()).toBe(0)
    expect(await bench.journals()).toHaveLength(1)
  })
})

describe('a run whose database is removed', () => {
  it('says so at its pulse, and names the journals that have its answers', async () => {
    const run = await begin()
    void run.append([answered(0)])
    await rm(bench.path)

    await expect(run.pulse(pulse)).rejects.toMatchObject({
      code: 'DATABASE_LOST',
      remedy: expect.stringContaining(await journalOf()),
    })

    expect(await readFile(await journalOf(), 'utf8')).toContain('answer 0')
  })

  it('makes a journal again that was removed too', async () => {
    const run = await begin()
    void run.append([answered(0)])
    const file = await journalOf()
    await rm(bench.path)
    await rm(file)

    await expect(run.pulse(pulse)).rejects.toMatchObject({
      code: 'DATABASE_LOST',
      remedy: expect.stringContaining(file),
    })

    expect(await readFile(file, 'utf8')).toContain('answer 0')
  })

  it('names the first journal for answers in flight when it has none yet', async () => {
    const run = await begin()
    await rm(bench.path)

    await expect(run.pulse(pulse)).rejects.toMatchObject({
      code: 'DATABASE_LOST',
      remedy: expect.stringContaining(`${bench.path}-one-1-a.journal. `),
    })
  })
})
