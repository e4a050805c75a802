import { stat } from 'node:fs/promises'
import type { Access, Connection } from './connection.js'

export interface LookConnectionOptions {
  /** The path without links. SQLite keeps its files beside it. */
  readonly file: string
  readonly open: (access: Access) => Promise<Connection>
}

/** After this many tries of one statement, the file is read with SQLite's locks. */
const mostStillTries = 5

/**
 * A connection for reading that changes nothing, leaves no files, and needs no permission to write.
 *
 * A writer has bytes in `-wal` or `-journal` as long as the file is not whole. Without such bytes
 * the file is read without locks, because with locks SQLite makes `-wal` and `-shm` beside a file
 * in WAL mode. After each statement the file must be unchanged and still without such bytes. Else
 * the rows are dropped, and the statement runs again. (Systems keep times of change in steps of
 * some milliseconds, so two commits within one step may look like one.)
 *
 * Beside a writer, SQLite's locks are used, and the file is closed after each statement: the last
 * to close the file must be the writer, because a reader cannot remove `-wal` and `-shm`.
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

/** The state of a file that nobody writes. */
interface Still {
  readonly stamp: string
  readonly connection: Connection
}

/** When a file was last written. Undefined while somebody writes, or after a writer was killed. */
async function stampOf(file: string): Promise<string | undefined> {
  const beside = await Promise.all(['-wal', '-journal'].map(end => sizeOf(`${file}${end}`)))
  if (beside.some(size => size > 0n)) return undefined
  const { dev, ino, size, mtimeNs, ctimeNs } = await stat(file, { bigint: true })
  return [dev, ino, size, mtimeNs, ctimeNs].join(' ')
}

async function sizeOf(path: string): Promise<bigint> {
  return (await stat(path, { bigint: true }).catch(() => undefined))?.size ?? 0n
}
