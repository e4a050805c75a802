import { type Connection, type ConnectionOptions, stillUri } from './connection.js'
import type { SqlValue } from './database.js'

/** The members of `node:sqlite` that we use. The types of our oldest Node lack the module. */
interface NodeSqlite {
  readonly DatabaseSync: new (
    path: string | URL,
    options: { readonly readOnly: boolean },
  ) => NodeDatabase
}

interface NodeDatabase {
  readonly exec: (sql: string) => void
  readonly prepare: (sql: string) => NodeStatement
  readonly close: () => void
}

interface NodeStatement {
  readonly run: (...parameters: SqlValue[]) => { readonly changes: number | bigint }
  readonly all: (...parameters: SqlValue[]) => unknown[]
}

// This driver blocks the main thread while it waits for a lock, so it waits briefly, and its caller
// tries again.
const longestWaitMs = 100

/**
 * A connection through Node's own `node:sqlite` (22.13 and newer), if `sqlite3` has no binary. It
 * works on the main thread, and takes about ten times the main thread's time of `sqlite3`.
 *
 * @throws what the import throws if the runtime lacks the module.
 */
export async function openNodeSqliteConnection(options: ConnectionOptions): Promise<Connection> {
  const { path, busyTimeoutMs, access } = options
  const moduleName: string = 'node:sqlite'
  const { DatabaseSync } = (await import(moduleName)) as NodeSqlite
  const database = open()
  database.exec(`PRAGMA busy_timeout = ${Math.min(busyTimeoutMs, longestWaitMs)}`)
  const prepared = new Map<string, NodeStatement>()

  return {
    run: async (sql, parameters = []) => Number(prepare(sql).run(...parameters).changes),
    all: async <Row>(sql: string, parameters: readonly SqlValue[] = []) =>
      prepare(sql).all(...parameters) as Row[],
    exec: async sql => database.exec(sql),
    close: async () => database.close(),
  }

  function open(): NodeDatabase {
    const readOnly = access !== 'write'
    if (access === 'still') {
      try {
        return new DatabaseSync(stillUri(path), { readOnly })
      } catch (error) {
        // Node 22.13 and 22.14 do not take a URI.
        if (!(error instanceof TypeError)) throw error
      }
    }
    return new DatabaseSync(path, { readOnly })
  }

  function prepare(sql: string): NodeStatement {
    const known = prepared.get(sql)
    if (known !== undefined) return known
    const statement = database.prepare(sql)
    prepared.set(sql, statement)
    return statement
  }
}
