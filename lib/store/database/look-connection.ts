import { stat } from 'node:fs/promises'
import type { Access, Connection } from './connection.js'

export interface LookConnectionOptions {
  /** The path without links, beside which SQLite keeps its files. */
  readonly file: string
  readonly open: (access: Access) => Promise<Connection>
}

/**
 * A file that is written again and again while one statement reads it is read under SQLite's locks.
 */
const mostStillTries = 5

/**
 * A connection that only looks: it changes nothing, leaves nothing behind, and needs no right to
 * write.
 *
 * Whoever writes keeps bytes in `-wal` or `-journal` as long as the file is not whole. Without such
 * bytes the file is read as it stands, without locks: for those, SQLite needs `-wal` and `-shm`
 * beside a file in WAL mode, and makes them. After each statement the file must be as it was before
 * the first, and still without such bytes. Else its rows are thrown away, and it runs again. A
 * system tells times of change in steps of some milliseconds: two commits within one step may look
 * like one.
 *
 * Beside a writer, SQLite's own locks are used, and the file is let go after each statement: the
 * last who closes it is to be the writer, who removes `-wal` and `-shm`, as who only reads may not.
 *
 * @see https://www.sqlite.org/wal.html#readonly and https://www.sqlite.org/uri.html#uriimmutable
 */
export function lookConnection({ file, open }: LookConnectionOptions): Connection {
  let still: Still | undefined

  return {
    run: (sql, parameters) => ask(connection => connection.run(sql, parameters)),
    all: <Row>(...asked: Parameters<Connection['all']>) =>
      ask(connection => connection.all<Row>(...asked)),
    exec: sql => ask(connection => connection.exec(sql)),
    close: letGo,
  }

  async function ask<T>(statement: (connection: Connection) => Promise<T>): Promise<T> {
    for (let tries = 0; tries < mostStillTries; tries += 1) {
      still ??= await openStill()
      if (still === undefined) break
      const asked = statement(still.connection)
      await asked.catch(() => undefined)
      if ((await stampOf(file)) === still.stamp) return asked
      await letGo()
    }
    const connection = await open('read')
    try {
      return await statement(connection)
    } finally {
      await connection.close()
    }
  }

  async function openStill(): Promise<Still | undefined> {
    const stamp = await stampOf(file)
    return stamp === undefined ? undefined : { stamp, connection: await open('still') }
  }

  async function letGo(): Promise<void> {
    const last = still
    still = undefined
    await last?.connection.close()
  }
}

/** The file as it stands while nobody writes. */
interface Still {
  readonly stamp: string
  readonly connection: Connection
}

/** Says when a file was last written; undefined while somebody writes, or was killed as he did. */
async function stampOf(file: string): Promise<string | undefined> {
  const beside = await Promise.all(['-wal', '-journal'].map(end => sizeOf(`${file}${end}`)))
  if (beside.some(size => size > 0n)) return undefined
  const { dev, ino, size, mtimeNs, ctimeNs } = await stat(file, { bigint: true })
  return [dev, ino, size, mtimeNs, ctimeNs].join(' ')
}

async function sizeOf(path: string): Promise<bigint> {
  return (await stat(path, { bigint: true }).catch(() => undefined))?.size ?? 0n
}
