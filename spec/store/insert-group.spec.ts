import { systemClock } from '../../lib/api/system-clock.js'
import type { Database, SqlValue } from '../../lib/port/database.js'
import { insertGroupSql, insertRows } from '../../lib/store/insert-group.js'
import { openDatabase } from '../../lib/store/open-database.js'
import { range } from '../support/rows.js'
import { makeWorkdir, type Workdir } from '../support/workdir.js'
import { specDriver } from './spec-driver.js'

let workdir: Workdir
let database: Database

beforeEach(async () => {
  workdir = await makeWorkdir()
  const path = workdir.join('x.db')
  database = await openDatabase({ path, clock: systemClock, driver: specDriver })
  await database.exec('CREATE TABLE "group" (id INTEGER PRIMARY KEY, "order" TEXT)')
})

afterEach(async () => {
  await database.close()
  await workdir.remove()
})

const columns = ['id', 'order']
const insert = (rows: SqlValue[][], onConflict?: 'ignore' | 'replace') =>
  insertRows(
    database,
    insertGroupSql({ table: 'group', columns, ...(onConflict && { onConflict }) }),
    rows,
  )
const texts = async () =>
  (await database.all<{ order: unknown }>('SELECT "order" FROM "group" ORDER BY id')).map(
    row => row.order,
  )

describe('insertRows', () => {
  it.each([
    'a\u0000b',
    '',
    '12',
    'null',
    '{"$":"x"}',
    '"quoted" \\ud800 back\\\\slash',
    'ünï 😀 \u2028 \u007f',
    '\ud83d\ude00',
  ])('brings %j back as it was', async text => {
    await insert([[1, text]])

    expect(await texts()).toEqual([text])
  })

  it('keeps NULL and numbers what they are', async () => {
    await database.exec('CREATE TABLE "any" ("a", "b", "c")')

    const sql = insertGroupSql({ table: 'any', columns: ['a', 'b', 'c'] })
    await insertRows(database, sql, [[null, 9_007_199_254_740_991, 0.5]])

    expect({ ...(await database.all<object>('SELECT * FROM "any"'))[0] }).toEqual({
      a: null,
      b: 9_007_199_254_740_991,
      c: 0.5,
    })
  })

  it('replaces half a surrogate pair, which is no text in a database', async () => {
    await insert([
      [1, 'a\ud800b'],
      [2, '\\\udfff'],
      [3, '\\ud800'],
    ])

    expect(await texts()).toEqual(['a\ufffdb', '\\\ufffd', '\\ud800'])
  })

  it('takes rows too long for one statement in several, in their order', async () => {
    const long = range(5).map(id => [id, `${id}`.repeat(3_000_000)])

    await insert(long)

    expect((await texts()).map(text => String(text).charAt(0))).toEqual(['0', '1', '2', '3', '4'])
  })

  it('leaves what is there, or takes its place, or refuses, as told', async () => {
    await insert([[1, 'first']])

    await insert([[1, 'second']], 'ignore')
    expect(await texts()).toEqual(['first'])
    await insert([[1, 'third']], 'replace')
    expect(await texts()).toEqual(['third'])
    await expect(insert([[1, 'fourth']])).rejects.toMatchObject({ code: 'DATABASE_UNUSABLE' })
  })

  it('does nothing for no rows', async () => {
    await expect(insertRows(database, 'no statement at all', [])).resolves.toBeUndefined()
  })
})
