import { mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { systemClock } from '../../../lib/host/system-clock.js'
import type { HeldBatch, NewBatch, RunEnd } from '../../../lib/port/batch-store.js'
import { emptyTally } from '../../../lib/row/tally.js'
import { journalFile } from '../../../lib/store/journal/journal-file.js'
import { readJournal } from '../../../lib/store/journal/read-journal.js'
import { openBatchArchive } from '../../../lib/store/open-batch-archive.js'
import type { OpenBatchStoreOptions } from '../../../lib/store/open-batch-store.js'
import { answered, failed, prompt, range } from '../../support/rows.js'
import { scale } from '../../support/scale.js'
import { canMount, mountSmallDisk, type SmallDisk } from '../../support/small-disk.js'
import { until } from '../../support/until.js'
import { editDatabase, lockDatabase } from '../edit-database.js'
import { newProcess } from '../new-process.js'
import { storeClock } from '../store-clock.js'
import { useStores } from '../use-stores.js'

const batch: NewBatch = {
  id: 'a/b',
  inputFile: '/data/in.csv',
  outputFile: undefined,
  model: 'gpt-4o-mini',
  config: {},
}
const pulse = { totalRows: 3, tally: emptyTally }
const paused: RunEnd = { status: 'paused', pulse, isWhole: false }

/** Each store is a new process's, after all others were killed. */
const bench = useStores(() => ({ ...newProcess(), log: true }))
const { open, query, journals } = bench

const gone = () => ({ ...newProcess(), path: bench.path })

const begin = (options?: Partial<OpenBatchStoreOptions>) => bench.begin(batch, options)

async function resume(options: Partial<OpenBatchStoreOptions> = {}): Promise<HeldBatch> {
  return (await open(options)).resume(batch)
}

const recorded = async () =>
  (await query('SELECT row_index FROM batch_rows ORDER BY row_index')).map(
    ({ row_index }) => row_index,
  )
const journalOf = async () => (await journals())[0] ?? ''

describe('the journal of a run', () => {
  it('is a file beside the database for its owner alone, and gone once the run has ended', async () => {
    const run = await begin()
    expect(await journals()).toEqual([])

    void run.append([answered(0)])

    expect(await journals()).toEqual([`${bench.path}-a%2Fb-1-a.journal`])
    expect((await stat(await journalOf())).mode & 0o777).toBe(0o600)
    await run.end(paused)
    expect(await journals()).toEqual([])
  })

  it('begins with a line that says whose it is', async () => {
    const run = await begin()

    void run.append([answered(0), failed(1)])

    const [header, ...entries] = (await readFile(await journalOf(), 'utf8')).trimEnd().split('\n')
    expect(JSON.parse(header ?? '')).toEqual({
      journal: 2,
      batch: 'a/b',
      run: 1,
      lease: expect.any(String),
      created_at: '2026-11-23T00:00:00.000000+00:00',
      model: 'gpt-4o-mini',
      log: true,
    })
    expect(entries).toHaveLength(2)
  })

  it('holds what the database lacks, and no more', async () => {
    const clock = storeClock()
    const run = await begin({ clock })
    void run.append([answered(0)])
    await clock.advance(1000)
    await until(async () => (await recorded()).length === 1)
    await until(async () => (await lineCounts())[0] === 1)

    void run.append([answered(1)])

    expect(await lineCounts()).toEqual([1, 2])

    async function lineCounts(): Promise<number[]> {
      const texts = (await journals()).map(file => readFile(file, 'utf8'))
      return (await Promise.all(texts)).map(text => text.split('\n').length - 1)
    }
  })

  it('has every whole line, wherever in its last line it was torn', async () => {
    const run = await begin()
    void run.append([answered(0), answered(1, 'naïve 😀')])
    await bench.closeLast()
    const file = await journalOf()
    const whole = await readFile(file)
    const lastLine = whole.lastIndexOf('\n', whole.length - 2) + 1

    for (let length = lastLine; length <= whole.length; length += 1) {
      await writeFile(file, whole.subarray(0, length))
      const read = await readJournal(file)
      const rows = read?.chunks.reduce((sum, chunk) => sum + chunk.rows, 0)
      expect([length, rows]).toEqual([length, length === whole.length ? 2 : 1])
    }
    await writeFile(file, whole.subarray(0, whole.length - 1))
    expect(await resume()).toMatchObject({ before: { completedPrompts: 1 } })
    expect(await journals()).toEqual([])
  })

  it('has nothing, wherever its first line was torn', async () => {
    const run = await begin()
    void run.append([answered(0)])
    await bench.closeLast()
    const file = await journalOf()
    const whole = await readFile(file)

    for (const length of [0, 1, 5, 20, whole.indexOf('\n')]) {
      await writeFile(file, whole.subarray(0, length))
      expect(await resume()).toMatchObject({ before: { completedPrompts: 0 } })
      await bench.closeLast()
    }
  })

  it.each([
    ['is no journal', 'index,answer\n0,yes\n', 'it is not a journal'],
    ['is no journal and has one line', 'words', 'it is not a journal'],
    ['is of another version', '{"journal":1,"what":"ever"}\n', 'of another version'],
    ['is broken in its first line', '{"journal":2,\n[]\n', 'its first line is broken'],
    ['lacks what tells whose it is', '{"journal":2,"batch":"a/b"}\n', 'its first line is broken'],
  ])('is named and left alone when it %s', async (_, text, why) => {
    await (await begin()).end(paused)
    const before = await query('SELECT * FROM batch_runs')
    const file = `${bench.path}-a%2Fb-1-b.journal`
    await writeFile(file, text)

    await expect(resume()).rejects.toMatchObject({
      code: 'JOURNAL_INVALID',
      message: expect.stringMatching(new RegExp(`^The journal .*-1-b.journal cannot .*${why}`)),
      remedy: expect.stringContaining('move the file away'),
    })

    expect(await readFile(file, 'utf8')).toBe(text)
    expect(await query('SELECT * FROM batch_runs')).toEqual(before)
  })

  it('is named and left alone when a line before its last is broken', async () => {
    const run = await begin()
    void run.append([answered(0), answered(1), answered(2)])
    const file = await journalOf()
    const lines = (await readFile(file, 'utf8')).split('\n')
    lines[2] = lines[2]?.slice(0, -1) ?? ''
    await writeFile(file, lines.join('\n'))

    await expect(resume()).rejects.toMatchObject({
      code: 'JOURNAL_INVALID',
      message: expect.stringContaining('its line 3 is broken'),
    })

    expect(await readFile(file, 'utf8')).toBe(lines.join('\n'))
    expect(await recorded()).toEqual([])
  })

  it('is named and left alone when it is of a batch of another database', async () => {
    const run = await begin()
    void run.append([answered(0)])
    await editDatabase(
      bench.path,
      "UPDATE batch_runs SET created_at = '2020-01-01T00:00:00.000000+00:00'",
    )

    await expect(resume()).rejects.toMatchObject({
      code: 'JOURNAL_INVALID',
      message: expect.stringContaining('it is of a batch of another database'),
    })

    await editDatabase(bench.path, 'DELETE FROM batch_runs')
    await expect((await open()).begin(batch)).rejects.toMatchObject({ code: 'JOURNAL_INVALID' })
    expect(await journals()).toHaveLength(1)
    expect(await query('SELECT * FROM batch_runs')).toEqual([])
  })

  it('of a batch whose id another’s begins with is none of its business', async () => {
    const other = { ...batch, id: 'a/b-1' }
    const run = await (await (await open()).begin(other)).start()
    void run.append([answered(0)])

    await begin()

    expect(await resume()).toMatchObject({ before: { completedPrompts: 0 } })
    expect(await journals()).toHaveLength(1)
  })

  it('changes nothing when it is taken in a second time', async () => {
    const run = await begin()
    void run.append([answered(0), failed(1), { ...answered(2), prompt: fragmented(2) }])
    const file = await journalOf()
    const whole = await readFile(file)
    await (await resume()).withdraw()
    const rows = 'SELECT row_index, status, response, log_id FROM batch_rows ORDER BY row_index'
    const before = [await query(rows), await query('SELECT * FROM turns')]
    await writeFile(file, whole)

    const held = await resume()

    expect(held.before).toMatchObject({ completedPrompts: 2, failedPrompts: 1 })
    expect([await query(rows), await query('SELECT * FROM turns')]).toEqual(before)
    expect(before[1]).toHaveLength(2)
  })

  it('has the fragments that its entries share in each of its files', async () => {
    const clock = storeClock()
    const run = await begin({ clock })
    void run.append([{ ...answered(0), prompt: fragmented(0) }])
    await clock.advance(1000)
    await until(async () => (await recorded()).length === 1)
    void run.append([{ ...answered(1), prompt: fragmented(1) }])
    void run.append([{ ...answered(2), prompt: fragmented(2) }])

    const shared = async () => {
      const texts = await Promise.all((await journals()).map(file => readFile(file, 'utf8')))
      return texts.map(text => text.split('"shared",null').length - 1).join()
    }
    // The first file is cut a moment after the database has its row.
    await until(async () => (await shared()) === '0,1')
  })

  it('outlives that another process took it in and removed it', async () => {
    const run = await begin()
    void run.append([answered(0)])
    const held = await resume()
    expect(await journals()).toEqual([])

    void run.append([{ ...answered(1), prompt: fragmented(1) }])

    expect(await journals()).toHaveLength(1)
    await (await held.start()).end(paused)
    expect(await recorded()).toEqual([null, 0])
  })
})

describe('a long entry of a journal', () => {
  const long = (index: number) => answered(index, `${index}`.repeat(1_200_000))
  const lengths = () =>
    query('SELECT row_index, length(response) AS length FROM batch_rows ORDER BY row_index')
  const expected = (count: number) =>
    range(count).map(index => ({ row_index: index, length: 1_200_000 }))

  it('is written to the database from the file that alone holds it', async () => {
    const run = await begin()
    void run.append([long(0), answered(1), long(2)])

    await run.end(paused)

    expect(await recorded()).toEqual([0, 1, 2])
    expect((await lengths()).map(({ length }) => length)).toEqual([1_200_000, 8, 1_200_000])
  })

  it('outlives that somebody removes the file', async () => {
    const run = await begin()
    void run.append([long(0)])
    await rm(await journalOf())
    void run.append([long(1)])
    await rm(await journalOf())
    void run.append([long(2)])

    await run.end(paused)

    expect(await lengths()).toEqual(expected(3))
  })

  it('is recorded once where another process took the file in', async () => {
    const run = await begin({ log: false })
    void run.append([long(0)])
    const held = await resume({ log: false })
    void run.append([long(1)])

    await (await held.start()).end(paused)

    const late = { row_index: null, length: 1_200_000 }
    expect(await lengths()).toEqual([late, ...expected(1)])
  })

  const count = scale > 1 ? 30 : 3
  it('is taken in after its process was killed, however much its file holds', async () => {
    const run = await begin({ log: false })
    const lock = await lockDatabase(bench.path)
    // More than one string can hold, in `make soak`.
    const text = 'x'.repeat(scale > 1 ? 20_000_000 : 1_200_000)
    for (const index of range(count)) void run.append([answered(index, text)])
    await bench.closeLast()
    await lock.release()

    const held = await resume({ log: false })

    expect(held.before).toMatchObject({ completedPrompts: count })
    expect(await journals()).toEqual([])
  }, 300_000)
})

describe('the journal of a run that took a batch over', () => {
  it('says so to the run that lost the batch, also when all of that was written and is removed', async () => {
    const clock = storeClock()
    const first = await begin({ clock })
    void first.append([answered(0)])
    await clock.advance(1000)
    await until(async () => (await recorded()).length === 1)
    const second = await (await resume()).start()

    await expect(first.end(paused)).rejects.toMatchObject({ code: 'BATCH_LOST' })

    await second.end(paused)
    expect(await recorded()).toEqual([0])
  })

  it('is safe from the run that lost the batch', async () => {
    const first = await begin()
    const second = await (await resume()).start()
    void second.append([answered(0)])

    await expect(first.end(paused)).rejects.toMatchObject({ code: 'BATCH_LOST' })

    expect(await journals()).toHaveLength(1)
    await second.end(paused)
    expect(await recorded()).toEqual([0])
  })
})

describe('a run that lost its batch', () => {
  it('says so, and not that the database is gone, once both runs are written back to the file', async () => {
    const first = await begin({ clock: systemClock })
    await first.pulse(pulse)
    const second = await (await resume({ clock: systemClock })).start()
    await second.pulse(pulse)

    await expect(first.pulse(pulse)).rejects.toMatchObject({ code: 'BATCH_LOST' })

    void first.append([answered(0)])
    await expect(first.end(paused)).rejects.toMatchObject({ code: 'BATCH_LOST' })
    await second.end(paused)
    expect(await recorded()).toEqual([null])
  })
})

describe('the journal of a database that has two names', () => {
  it('is found by either', async () => {
    const run = await begin()
    void run.append([answered(0)])
    await mkdir(bench.workdir.join('elsewhere'))
    const link = bench.workdir.join('elsewhere', 'link.db')
    await symlink(bench.path, link)

    const held = await resume({ path: link })

    expect(held.before).toMatchObject({ completedPrompts: 1 })
    expect(await journals()).toEqual([])
  })
})

describe('a run whose database is locked', () => {
  it('is held up once its journal is at its bound, and goes on once there is room', async () => {
    const run = await begin({ clock: systemClock, busyTimeoutMs: 20 })
    const lock = await lockDatabase(bench.path)
    const big = 'x'.repeat(100_000)
    let room: Promise<void> | undefined
    let appended = 0
    while (room === undefined) {
      room = run.append([answered(appended, big)])
      appended += 1
    }
    expect(appended).toBe(25)
    void run.append([answered(appended, 'in flight')])

    await lock.release()
    await room

    await run.end(paused)
    expect(await recorded()).toEqual(range(26))
  })

  it('ends with its error when the lock outlives all patience, and loses nothing', async () => {
    const run = await begin({ clock: systemClock, busyTimeoutMs: 20, patienceMs: 60 })
    const lock = await lockDatabase(bench.path)
    void run.append([answered(0)])
    await until(() => run.append([]) !== undefined)
    const late = run.append([answered(1)])

    await expect(late).rejects.toMatchObject({
      code: 'DATABASE_UNUSABLE',
      message: expect.stringContaining('is locked by another program'),
    })

    await expect(run.end(paused)).rejects.toMatchObject({ code: 'DATABASE_UNUSABLE' })
    await lock.release()
    expect(await resume()).toMatchObject({ before: { completedPrompts: 2 } })
  })

  it('waits two seconds at an end that is hurried, and leaves its journal', async () => {
    const run = await begin({ clock: systemClock, busyTimeoutMs: 20 })
    const lock = await lockDatabase(bench.path)
    void run.append([answered(0)])

    await expect(run.end({ ...paused, isHurried: true })).rejects.toMatchObject({
      code: 'DATABASE_UNUSABLE',
      remedy: expect.stringContaining('Nothing recorded is lost'),
    })

    expect(await journals()).toHaveLength(1)
    await lock.release()
    const looked = await openBatchArchive(gone())
    expect(await looked.findBatch(batch.id)).toMatchObject({
      status: 'paused',
      completedPrompts: 1,
    })
    await looked.close()
    expect(await journals()).toEqual([])
    expect(await query('SELECT status FROM batch_runs')).toEqual([{ status: 'paused' }])
    expect(await resume()).toMatchObject({ before: { status: 'paused', completedPrompts: 1 } })
  })
})

describe('the end of a run that its database could not take', () => {
  /** A run of one row, interrupted while another program holds the database. */
  async function interrupted(): Promise<string> {
    const run = await begin({ clock: systemClock, busyTimeoutMs: 20, patienceMs: 60 })
    const lock = await lockDatabase(bench.path)
    void run.append([answered(0)])
    await expect(run.end(paused)).rejects.toMatchObject({ code: 'DATABASE_UNUSABLE' })
    await lock.release()
    await bench.closeLast()
    return journalOf()
  }

  it('is as if it had never been told when its line is torn, at every byte', async () => {
    const journal = await interrupted()
    const whole = await readFile(journal)
    const lineAt = whole.lastIndexOf('{"end"')
    const looked = await openBatchArchive(gone())

    for (const length of range(whole.length - lineAt).map(more => lineAt + more)) {
      await writeFile(journal, whole.subarray(0, length))
      expect(await looked.findBatch(batch.id)).toMatchObject({
        status: 'failed',
        completedPrompts: 1,
      })
    }
    await looked.close()
  })

  it('is not taken for the end of a later run', async () => {
    const journal = await interrupted()
    const whole = await readFile(journal)
    await rm(journal)
    await (await resume()).start()
    await writeFile(journal, whole)
    const looked = await openBatchArchive(gone())

    expect(await looked.findBatch(batch.id)).toMatchObject({ status: 'failed' })
    await looked.close()
  })
})

describe('looking at a killed batch', () => {
  it('has its counts at once, and takes its journal in', async () => {
    const run = await begin()
    void run.append([answered(0), answered(1), failed(2)])
    const archive = await openBatchArchive(gone())

    expect(await archive.findBatch(batch.id)).toMatchObject({
      status: 'failed',
      completedPrompts: 2,
      failedPrompts: 1,
    })

    expect(await recorded()).toEqual([0, 1, 2])
    expect(await journals()).toEqual([])
    expect(await archive.findBatch(batch.id)).toMatchObject({ isProcessGone: true })
    await archive.close()
  })

  it('counts in the journal where the database cannot be written', async () => {
    const run = await begin()
    void run.append([answered(0), failed(1)])
    const lock = await lockDatabase(bench.path)
    const archive = await openBatchArchive({ ...gone(), clock: systemClock, busyTimeoutMs: 20 })

    expect(await archive.findBatch(batch.id)).toMatchObject({
      completedPrompts: 1,
      failedPrompts: 1,
    })

    expect(await journals()).toHaveLength(1)
    await lock.release()
    await archive.close()
  })

  it('says which journal cannot be read, and lists the batch all the same', async () => {
    await begin()
    await writeFile(`${bench.path}-a%2Fb-1-a.journal`, 'words')
    const archive = await openBatchArchive(gone())

    await expect(archive.findBatch(batch.id)).rejects.toMatchObject({ code: 'JOURNAL_INVALID' })
    expect(await archive.listBatches({})).toMatchObject([{ id: batch.id }])
    await archive.close()
  })

  it('says so of one that it may not read, and lists the batch all the same', async () => {
    await begin()
    await mkdir(`${bench.path}-a%2Fb-1-a.journal`)
    const archive = await openBatchArchive(gone())

    await expect(archive.findBatch(batch.id)).rejects.toMatchObject({ code: 'JOURNAL_INVALID' })
    expect(await archive.listBatches({})).toMatchObject([{ id: batch.id }])
    await archive.close()
  })

  it('passes by one that another process took in since it was listed', async () => {
    await begin()
    await symlink(bench.workdir.join('gone'), `${bench.path}-a%2Fb-1-a.journal`)
    const archive = await openBatchArchive(gone())

    expect(await archive.findBatch(batch.id)).toMatchObject({ completedPrompts: 0 })
    await archive.close()
  })

  it('takes in what a run left that ended in a hurry or lost its batch', async () => {
    const first = await begin()
    void first.append([answered(0)])
    await (await (await resume()).start()).end(paused)
    void first.append([answered(1)])
    const late = await readFile(await journalOf())
    const archive = await openBatchArchive(gone())

    for (const _ of ['once', 'a second time']) {
      expect(await archive.findBatch(batch.id)).toMatchObject({
        status: 'paused',
        completedPrompts: 1,
      })
      expect(await recorded()).toEqual([null, 0])
      expect(await journals()).toEqual([])
      await writeFile(`${bench.path}-a%2Fb-1-a.journal`, late)
    }
    await archive.close()
  })

  it('removes the journals of a batch that is removed', async () => {
    const run = await begin()
    void run.append([answered(0)])
    const archive = await openBatchArchive(gone())

    expect(await archive.removeBatches([batch.id])).toBe(1)

    expect(await journals()).toEqual([])
    await archive.close()
  })

  it('changes nothing of a file that has other tables alone', async () => {
    await editDatabase(bench.path, 'CREATE TABLE other (id INTEGER)')
    const before = await readFile(bench.path)
    const archive = await openBatchArchive(gone())

    expect(await archive.listBatches({})).toEqual([])

    await archive.close()
    expect(await readFile(bench.path)).toEqual(before)
    expect(await readdir(bench.workdir.path)).toEqual(['logs.db'])
  })
})

const describeWithDisk = (await canMount()) ? describe : describe.skip

describeWithDisk('a run on a full disk', () => {
  let disk: SmallDisk

  beforeEach(async () => {
    disk = await mountSmallDisk(bench.workdir.join('disk'), 4000)
    bench.path = bench.workdir.join('disk', 'logs.db')
  })

  afterEach(async () => {
    await bench.closeAll()
    await disk.unmount()
  })

  const diskJournals = async () =>
    (await readdir(bench.workdir.join('disk'))).filter(name => name.endsWith('.journal'))

  it('refuses a group that finds no room, and has none of it', async () => {
    const run = await begin({ log: false })
    void run.append([answered(0)])
    await fill(0)

    const whole = [answered(1, 'x'.repeat(200_000)), answered(2, 'y'.repeat(200_000))]
    expect(() => run.append(whole)).toThrow(
      expect.objectContaining({
        code: 'DATABASE_UNUSABLE',
        message: expect.stringContaining('The disk is full: the journal'),
      }),
    )

    await disk.grow(20_000)
    void run.append([answered(3)])
    await run.end(paused)
    expect(await recorded()).toEqual([0, 3])
  })

  it('overwrites in its place what nobody may read, for which a full disk has room', async () => {
    const file = journalFile({
      path: bench.workdir.join('disk', 'secret.journal'),
      header: 'header\n',
    })
    file.append([Buffer.from('secret '.repeat(20_000))])
    await fill(0)

    expect(() => file.cut({ isSecret: true })).not.toThrow()

    file.close()
    expect(await readFile(bench.workdir.join('disk', 'secret.journal'), 'utf8')).toBe('header\n')
  })

  it('keeps in the journal what the database has no room for, and has it later', async () => {
    const clock = storeClock()
    const run = await begin({ clock })
    await fill(150_000)
    void run.append(range(200).map(index => answered(index)))

    await clock.advance(1000)
    await until(() => run.append([]) !== undefined)

    await expect(run.append([])).rejects.toMatchObject({ code: 'DATABASE_UNUSABLE' })
    await expect(run.end(paused)).rejects.toMatchObject({ code: 'DATABASE_UNUSABLE' })
    expect(await diskJournals()).toHaveLength(1)
    await disk.grow(20_000)
    const held = await resume()
    expect(held.before).toMatchObject({ completedPrompts: 200 })
    expect(await diskJournals()).toEqual([])
  })

  /** Leaves so many bytes of room. */
  async function fill(room: number): Promise<void> {
    const { statfs } = await import('node:fs/promises')
    const { bavail, bsize } = await statfs(bench.workdir.join('disk'))
    await writeFile(bench.workdir.join('disk', 'filler'), Buffer.alloc(bavail * bsize - room))
  }
})

function fragmented(index: number) {
  const shared = { hash: 'f'.repeat(64), content: 'shared' }
  return { ...prompt(index), fragments: [shared] }
}
