import { copyFile, readdir } from 'node:fs/promises'
import type { Access, Connection } from '../../../lib/store/database/connection.js'
import { lookConnection } from '../../../lib/store/database/look-connection.js'
import { openNodeSqliteConnection } from '../../../lib/store/database/node-sqlite-connection.js'
import { openSqlite3Connection } from '../../../lib/store/database/sqlite3-connection.js'
import { makeWorkdir, type Workdir } from '../../support/workdir.js'
import { editDatabase } from '../edit-database.js'
import { specDriver } from '../spec-driver.js'

const openConnection = specDriver === 'sqlite3' ? openSqlite3Connection : openNodeSqliteConnection

const select = 'SELECT text FROM kept ORDER BY text'
const insert = (text: string): string => `INSERT INTO kept VALUES ('${text}')`

describe('lookConnection', () => {
  let workdir: Workdir
  let file: string
  /** How the file was opened, each time. */
  let opened: Access[]
  /** Runs after each statement on a file that is still, before its rows are given. */
  let meanwhile: () => Promise<void>
  let look: Connection

  beforeEach(async () => {
    workdir = await makeWorkdir()
    // A path that is no URI by itself.
    file = workdir.join('logs #1?%41.db')
    opened = []
    meanwhile = async () => {}
    await editDatabase(file, `PRAGMA journal_mode = WAL; CREATE TABLE kept (text); ${insert('a')}`)
    look = lookConnection({ file, open })
  })
  afterEach(async () => {
    await look.close()
    await workdir.remove()
  })

  async function open(access: Access): Promise<Connection> {
    opened.push(access)
    const connection = await openConnection({ path: file, busyTimeoutMs: 10, access })
    if (access !== 'still') return connection
    return {
      ...connection,
      async all<Row>(...asked: Parameters<Connection['all']>) {
        const rows = await connection.all<Row>(...asked)
        await meanwhile()
        return rows
      },
    }
  }

  it('reads a file in WAL mode with no file beside it', async () => {
    meanwhile = async () => expect(await readdir(workdir.path)).toEqual(['logs #1?%41.db'])

    expect(await look.all(select)).toMatchObject([{ text: 'a' }])
    expect(await look.all(select)).toMatchObject([{ text: 'a' }])

    expect(opened).toEqual(['still'])
    expect(await readdir(workdir.path)).toEqual(['logs #1?%41.db'])
  })

  it('lets nothing be written', async () => {
    await expect(look.exec(insert('b'))).rejects.toThrow('readonly')
  })

  it('asks again when somebody wrote meanwhile, and has ended', async () => {
    let writes = 0
    meanwhile = async () => {
      writes += 1
      if (writes === 1) await editDatabase(file, insert('b'))
    }

    expect(await look.all(select)).toMatchObject([{ text: 'a' }, { text: 'b' }])
    expect(opened).toEqual(['still', 'still'])
  })

  it('asks again when another file was put in its place', async () => {
    const other = workdir.join('other.db')
    await editDatabase(other, "CREATE TABLE kept (text); INSERT INTO kept VALUES ('other')")
    await look.all(select)
    meanwhile = async () => {
      meanwhile = async () => {}
      await copyFile(other, file)
    }

    expect(await look.all(select)).toMatchObject([{ text: 'other' }])
  })

  it('takes the locks of SQLite when a file changes each time', async () => {
    let writes = 0
    meanwhile = async () => {
      writes += 1
      await editDatabase(file, insert(`b${writes}`))
    }

    expect(await look.all(select)).toHaveLength(1 + writes)
    expect(opened.at(-1)).toBe('read')
  })

  it('takes the locks of SQLite beside a writer, and leaves the last word to the writer', async () => {
    const writer = await openConnection({ path: file, busyTimeoutMs: 10, access: 'write' })
    await writer.exec(insert('b'))

    expect(await look.all(select)).toMatchObject([{ text: 'a' }, { text: 'b' }])
    await writer.close()

    expect(opened).toEqual(['read'])
    expect(await readdir(workdir.path)).toEqual(['logs #1?%41.db'])
    expect(await look.all(select)).toHaveLength(2)
    expect(opened).toEqual(['read', 'still'])
  })
})
