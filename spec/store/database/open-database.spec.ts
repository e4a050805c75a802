import { chmod, mkdir, readdir, stat, writeFile } from 'node:fs/promises'
import { systemClock } from '../../../lib/host/system-clock.js'
import type { Database } from '../../../lib/store/database/database.js'
import {
  type OpenDatabaseOptions,
  openDatabase,
} from '../../../lib/store/database/open-database.js'
import { queryDatabase } from '../../support/query-database.js'
import { range } from '../../support/rows.js'
import { canMount, mountSmallDisk } from '../../support/small-disk.js'
import { until } from '../../support/until.js'
import { makeWorkdir, type Workdir } from '../../support/workdir.js'
import { breakOffEdit, editDatabase, editWhileWaiting, lockDatabase } from '../edit-database.js'
import { specDriver } from '../spec-driver.js'

let workdir: Workdir
let path: string
let opened: Database[]

beforeEach(async () => {
  workdir = await makeWorkdir()
  path = workdir.join('logs.db')
  opened = []
})

afterEach(async () => {
  for (const database of opened) await database.close()
  await workdir.remove()
})

async function open(options: Partial<OpenDatabaseOptions> = {}): Promise<Database> {
  const database = await openDatabase({ path, clock: systemClock, driver: specDriver, ...options })
  opened.push(database)
  return database
}

async function openWithTable(options: Partial<OpenDatabaseOptions> = {}): Promise<Database> {
  const database = await open(options)
  await database.exec('CREATE TABLE IF NOT EXISTS kept (id INTEGER PRIMARY KEY, text TEXT)')
  return database
}

const kept = () => queryDatabase(path, 'SELECT text FROM kept ORDER BY id')

describe('openDatabase', () => {
  it('refuses a file that is no database, and says so', async () => {
    await writeFile(path, 'not a database at all, but long enough to be read as one'.repeat(20))

    await expect(open()).rejects.toMatchObject({
      code: 'DATABASE_UNUSABLE',
      reach: 'run',
      message: `${path} is not a SQLite database.`,
      remedy: expect.stringContaining('-d PATH'),
    })
  })

  it('refuses a path whose folder cannot be made', async () => {
    await writeFile(workdir.join('file'), '')

    await expect(open({ path: workdir.join('file', 'deep', 'logs.db') })).rejects.toMatchObject({
      code: 'DATABASE_UNUSABLE',
      message: expect.stringContaining(workdir.join('file')),
    })
  })

  it('refuses a path below /proc, where nothing can be made, and does not try for ever', async () => {
    await expect(open({ path: '/proc/one/two/logs.db' })).rejects.toMatchObject({
      code: 'DATABASE_UNUSABLE',
    })
  })

  it('refuses a folder in place of a file', async () => {
    await mkdir(path)

    await expect(open()).rejects.toMatchObject({ code: 'DATABASE_UNUSABLE' })
  })

  it.each([
    ['may not be written', 0o444],
    ['may, in a folder that may not', 0o666],
  ])('refuses a file that %s', async (_what, mode) => {
    await (await openWithTable()).close()
    opened = []
    await chmod(path, mode)
    await chmod(workdir.path, 0o555)
    // Root may write anything: as nobody, then.
    const isRoot = process.geteuid?.() === 0
    if (isRoot) process.seteuid?.(65_534)
    try {
      const opening = open().then(database => database.run("INSERT INTO kept (text) VALUES ('x')"))

      await expect(opening).rejects.toMatchObject({
        code: 'DATABASE_UNUSABLE',
        message: expect.stringContaining('read-only'),
      })
    } finally {
      if (isRoot) process.seteuid?.(0)
      await chmod(workdir.path, 0o755)
    }
  })

  it('says what to do when no driver can be loaded', async () => {
    const hasNodeSqlite = process.getBuiltinModule?.('node:sqlite') !== undefined
    if (hasNodeSqlite) return

    await expect(open({ driver: 'node-sqlite' })).rejects.toMatchObject({
      code: 'DEPENDENCY_MISSING',
      remedy: expect.stringMatching(
        /^Use Node 22\.13 or newer.*install script of sqlite3 allowed\.$/,
      ),
    })
  })

  it('says that the disk is full, and keeps what was committed', async () => {
    const database = await openWithTable()
    await database.run('INSERT INTO kept (text) VALUES (?)', ['before'])
    await database.exec('PRAGMA max_page_count = 8')

    const filling = database.transaction(async statements => {
      for (const _ of range(9)) {
        await statements.run('INSERT INTO kept (text) VALUES (?)', ['x'.repeat(5000)])
      }
    })

    await expect(filling).rejects.toMatchObject({
      code: 'DATABASE_UNUSABLE',
      message: `The disk is full: the database ${path} cannot grow.`,
      remedy: expect.stringContaining('Nothing recorded is lost'),
    })
    expect(await kept()).toEqual([{ text: 'before' }])
  })

  it('prepares a script before it asks for the lock, and runs nothing in between', async () => {
    const database = await openWithTable()
    const lock = await lockDatabase(path)
    let isPrepared = false

    const done = database.runScript('INSERT INTO kept (text) SELECT text FROM temp.ready', {
      async prepare(statements) {
        await statements.exec("CREATE TEMP TABLE ready AS SELECT 'prepared' AS text")
        isPrepared = true
      },
      conclude: statements => statements.all('SELECT text FROM kept'),
    })
    const after = database.run("INSERT INTO kept (text) VALUES ('after')")
    await until(() => isPrepared)
    expect(await kept()).toEqual([])
    await lock.release()

    expect(await done).toEqual([{ text: 'prepared' }])
    await after
    expect(await kept()).toEqual([{ text: 'prepared' }, { text: 'after' }])
  })

  it('lets the lock of a script go while this process is busy with something else', async () => {
    const database = await openWithTable()
    const insert = "INSERT INTO kept (text) VALUES ('ours')"
    let written = ''

    await database.runScript(`${insert}; ${insert}`, {
      async prepare() {
        // Once SQLite has been asked: nothing goes on here until the other program has written.
        setImmediate(() => {
          written = editWhileWaiting(path, "INSERT INTO kept (text) VALUES ('other')")
        })
      },
      conclude: () => until(() => written !== ''),
    })

    expect(written).toBe('written')
    expect((await kept()).map(({ text }) => text).sort()).toEqual(['other', 'ours', 'ours'])
  })

  it('rolls a failed script back, whole, and goes on', async () => {
    const database = await openWithTable()
    const steps = { prepare: async () => {}, conclude: async () => {} }
    const insert = "INSERT INTO kept (text) VALUES ('lost')"

    const failing = database.runScript(`${insert}; INSERT INTO nowhere VALUES (1)`, steps)

    await expect(failing).rejects.toMatchObject({ code: 'DATABASE_UNUSABLE' })
    await database.runScript("INSERT INTO kept (text) VALUES ('kept')", steps)
    expect(await kept()).toEqual([{ text: 'kept' }])
  })

  it('gives up on a file that stays locked, naming it', async () => {
    const database = await openWithTable({ busyTimeoutMs: 10, patienceMs: 50 })
    const lock = await lockDatabase(path)

    const writing = database.run("INSERT INTO kept (text) VALUES ('x')")

    await expect(writing).rejects.toMatchObject({
      code: 'DATABASE_UNUSABLE',
      message: expect.stringMatching(/locked by another program/),
    })
    await lock.release()
  })

  it('waits for a locked file however often SQLite itself gives up, and loses nothing', async () => {
    const database = await openWithTable({ busyTimeoutMs: 1 })
    const lock = await lockDatabase(path)
    let tries = 0
    const clock = {
      ...systemClock,
      async sleep() {
        tries += 1
        if (tries === 20) await lock.release()
      },
    }
    const patient = await open({ clock, busyTimeoutMs: 1 })

    await patient.transaction(statements => statements.run("INSERT INTO kept (text) VALUES ('x')"))

    expect(tries).toBeGreaterThanOrEqual(20)
    expect(await database.all('SELECT text FROM kept')).toMatchObject([{ text: 'x' }])
  })

  it('makes the file with its folders, for its owner alone', async () => {
    await open({ path: workdir.join('a', 'b', 'logs.db') })

    expect((await stat(workdir.join('a', 'b'))).mode & 0o777).toBe(0o700)
  })

  it('sets the file up as llm has it, with a journal that others can read beside', async () => {
    const database = await open()
    const pragma = async (name: string) =>
      Object.values((await database.all<Record<string, unknown>>(`PRAGMA ${name}`))[0] ?? {})[0]

    expect(await pragma('journal_mode')).toBe('wal')
    expect(await pragma('synchronous')).toBe(1)
    expect(await pragma('foreign_keys')).toBe(0)
    expect(await pragma('recursive_triggers')).toBe(1)
  })

  it('rolls a failed transaction back, whole, and goes on', async () => {
    const database = await openWithTable()
    const failing = database.transaction(async statements => {
      await statements.run("INSERT INTO kept (text) VALUES ('lost')")
      throw new Error('of the caller')
    })

    await expect(failing).rejects.toThrow('of the caller')
    await database.run("INSERT INTO kept (text) VALUES ('kept')")

    expect(await kept()).toEqual([{ text: 'kept' }])
  })

  it('never lets a statement fall into the transaction of another task', async () => {
    const database = await openWithTable()
    const failing = database.transaction(async statements => {
      await statements.run("INSERT INTO kept (text) VALUES ('lost')")
      await new Promise(resolve => setImmediate(resolve))
      throw new Error('of the caller')
    })
    const writing = database.run("INSERT INTO kept (text) VALUES ('kept')")
    const other = database.transaction(statements =>
      statements.run("INSERT INTO kept (text) VALUES ('too')"),
    )

    await expect(failing).rejects.toThrow('of the caller')
    await Promise.all([writing, other])

    expect(await kept()).toEqual([{ text: 'kept' }, { text: 'too' }])
  })

  it('runs a statement again after it failed', async () => {
    const database = await openWithTable()
    const insert = 'INSERT INTO kept (id, text) VALUES (?, ?)'
    await database.run(insert, [1, 'one'])

    await expect(database.run(insert, [1, 'again'])).rejects.toMatchObject({
      code: 'DATABASE_UNUSABLE',
    })

    expect(await database.run(insert, [2, null])).toBe(1)
    expect(await kept()).toEqual([{ text: 'one' }, { text: null }])
  })

  it('finishes what was asked before it closes', async () => {
    const database = await openWithTable()
    opened = []
    const writing = range(20).map(id => database.run('INSERT INTO kept (id) VALUES (?)', [id]))

    await database.close()

    await Promise.all(writing)
    expect(await kept()).toHaveLength(20)
  })

  it('reads a file that a program left half written, which is taken back', async () => {
    await editDatabase(path, 'CREATE TABLE kept (id INTEGER PRIMARY KEY, text TEXT)')
    await editDatabase(path, "INSERT INTO kept (text) VALUES ('whole')")
    // A cache so small that pages are in the file before the end.
    await breakOffEdit(
      path,
      `PRAGMA cache_size = 1; BEGIN; UPDATE kept SET text = 'half';
      WITH RECURSIVE series (value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM series WHERE value < 2000)
      INSERT INTO kept (text) SELECT hex(randomblob(100)) FROM series`,
    )
    expect((await stat(`${path}-journal`)).size).toBeGreaterThan(0)

    const database = await open({ isReadOnly: true })

    expect(await database.all('SELECT text FROM kept')).toEqual([{ text: 'whole' }])
  })

  it('reads what another program wrote in the meantime', async () => {
    const database = await openWithTable()
    const select = 'SELECT text FROM kept'
    expect(await database.all(select)).toHaveLength(0)

    await editDatabase(path, "INSERT INTO kept (text) VALUES ('theirs')")

    expect(await database.all(select)).toMatchObject([{ text: 'theirs' }])
  })
})

const describeOnDisk = (await canMount()) ? describe : describe.skip
describeOnDisk('openDatabase on a read-only disk (mounting one needs root)', () => {
  it('refuses to write, reads all the same, and makes no file beside', async () => {
    const disk = await mountSmallDisk(workdir.join('small'), 4000)
    try {
      path = workdir.join('small', 'logs.db')
      await editDatabase(path, "CREATE TABLE kept (text); INSERT INTO kept VALUES ('whole')")
      await disk.freeze()

      await expect(open()).rejects.toMatchObject({
        code: 'DATABASE_UNUSABLE',
        message: `The database ${path} cannot be written: the file or its folder is read-only.`,
        remedy: expect.stringContaining('Make both writable'),
      })
      const database = await open({ isReadOnly: true })
      expect(await database.all('SELECT text FROM kept')).toEqual([{ text: 'whole' }])
      await database.close()
      opened = []
      expect(await readdir(workdir.join('small'))).toEqual(['logs.db'])
    } finally {
      await disk.unmount()
    }
  })
})
