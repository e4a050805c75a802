import { systemClock } from '../../lib/api/system-clock.js'
import type { Database } from '../../lib/port/database.js'
import { openDatabase } from '../../lib/store/open-database.js'
import { queryDatabase } from '../support/query-database.js'
import { makeWorkdir, type Workdir } from '../support/workdir.js'
import { specDriver } from './spec-driver.js'

const insertKept = 'INSERT INTO kept (id, text) SELECT value ->> 0, value ->> 1 FROM json_each(?)'
const insertOther = 'INSERT OR IGNORE INTO other (id) SELECT value FROM json_each(?)'

describe('a transaction of groups', () => {
  let workdir: Workdir
  let path: string
  let database: Database

  beforeEach(async () => {
    workdir = await makeWorkdir()
    path = workdir.join('x.db')
    database = await openDatabase({ path, clock: systemClock, driver: specDriver })
    await database.exec(`
      CREATE TABLE kept (id INTEGER PRIMARY KEY, text TEXT);
      CREATE TABLE other (id INTEGER PRIMARY KEY)`)
  })
  afterEach(async () => {
    await database.close()
    await workdir.remove()
  })

  const kept = () => queryDatabase(path, 'SELECT id, text FROM kept ORDER BY id')
  const others = async () =>
    (await queryDatabase(path, 'SELECT id FROM other ORDER BY id')).map(({ id }) => id)

  it('adds all of them, in order, and can be repeated', async () => {
    for (const first of [1, 3]) {
      await database.transaction(async statements => {
        await statements.runGroup(insertKept, JSON.stringify([[first, "it's ? and \u0000"]]))
        await statements.runGroup(insertKept, JSON.stringify([[first + 1, 'b']]))
        await statements.runGroup(insertOther, '[7, 8]')
      })
    }

    expect(await kept()).toEqual([
      { id: 1, text: "it's ? and \u0000" },
      { id: 2, text: 'b' },
      { id: 3, text: "it's ? and \u0000" },
      { id: 4, text: 'b' },
    ])
    expect(await others()).toEqual([7, 8])
  })

  it('adds nothing when one row of one of them cannot be added', async () => {
    const writing = database.transaction(async statements => {
      await statements.runGroup(insertOther, '[1, 2]')
      await statements.runGroup(insertKept, '[[1, "a"], [1, "again"]]')
    })

    await expect(writing).rejects.toMatchObject({ code: 'DATABASE_UNUSABLE' })
    expect(await kept()).toEqual([])
    expect(await others()).toEqual([])
  })

  it('adds nothing when its caller fails', async () => {
    const writing = database.transaction(async statements => {
      await statements.runGroup(insertOther, '[1, 2]')
      throw new Error('of the caller')
    })

    await expect(writing).rejects.toThrow('of the caller')
    expect(await others()).toEqual([])
  })

  it('shows what was put off to a statement of another kind', async () => {
    const seen = await database.transaction(async statements => {
      await statements.runGroup(insertOther, '[1, 2]')
      const rows = await statements.all<{ id: number }>('SELECT id FROM other')
      await statements.runGroup(insertOther, '[3]')
      return rows.length
    })

    expect(seen).toBe(2)
    expect(await others()).toEqual([1, 2, 3])
  })

  it('holds no more text than its bound, and stays one transaction', async () => {
    const long = 'x'.repeat(1_500_000)
    const writing = database.transaction(async statements => {
      for (const id of [1, 2, 3, 4]) {
        await statements.runGroup(insertKept, JSON.stringify([[id, long]]))
      }
      throw new Error('of the caller')
    })

    await expect(writing).rejects.toThrow('of the caller')
    expect(await kept()).toEqual([])
  })

  it('works on after temporary tables have moved, and dropped all there was', async () => {
    const add = (id: number) =>
      database.transaction(statements => statements.runGroup(insertOther, `[${id}]`))
    await add(1)
    await database.exec('PRAGMA temp_store = FILE')

    await add(2)

    expect(await others()).toEqual([1, 2])
  })

  it('leaves nothing of its own in the file', async () => {
    await database.transaction(statements => statements.runGroup(insertOther, '[1]'))

    const names = await queryDatabase(path, 'SELECT name FROM sqlite_master ORDER BY 1')
    expect(names.map(({ name }) => name)).toEqual(['kept', 'other'])
  })
})
