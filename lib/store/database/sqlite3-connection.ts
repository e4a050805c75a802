import type { Database, Statement } from 'sqlite3'
import { type Connection, type ConnectionOptions, stillUri } from './connection.js'
import type { SqlValue } from './database.js'

/**
 * A connection through the package `sqlite3`, which works in Node's thread pool: a statement costs
 * the main thread only microseconds. Callbacks become promises here.
 *
 * @throws what the import throws if the package or its binary is missing.
 */
export async function openSqlite3Connection(options: ConnectionOptions): Promise<Connection> {
  const { path, busyTimeoutMs, access } = options
  const { default: sqlite3 } = await import('sqlite3')
  const { OPEN_READONLY, OPEN_READWRITE, OPEN_CREATE, OPEN_URI } = sqlite3
  const name = access === 'still' ? stillUri(path).href : path
  const mode = {
    write: OPEN_READWRITE | OPEN_CREATE,
    read: OPEN_READONLY,
    still: OPEN_READONLY | OPEN_URI,
  }[access]
  const database = await new Promise<Database>((resolve, reject) => {
    const opened = new sqlite3.Database(name, mode, error =>
      error ? reject(error) : resolve(opened),
    )
  })
  database.configure('busyTimeout', busyTimeoutMs)
  const prepared = new Map<string, Statement>()

  return {
    async run(sql, parameters = []) {
      const statement = await prepare(sql)
      return new Promise<number>((resolve, reject) => {
        statement.run(parameters, function ran(error) {
          if (error) reject(error)
          else resolve(this.changes)
        })
      })
    },
    async all<Row>(sql: string, parameters: readonly SqlValue[] = []) {
      const statement = await prepare(sql)
      return new Promise<Row[]>((resolve, reject) => {
        statement.all<Row>(parameters, (error, rows) => (error ? reject(error) : resolve(rows)))
      })
    },
    exec: sql =>
      new Promise<void>((resolve, reject) => {
        database.exec(sql, error => (error ? reject(error) : resolve()))
      }),
    async close() {
      await Promise.all([...prepared.values()].map(finalize))
      await new Promise<void>((resolve, reject) => {
        database.close(error => (error ? reject(error) : resolve()))
      })
    },
  }

  async function prepare(sql: string): Promise<Statement> {
    const known = prepared.get(sql)
    if (known !== undefined) return known
    const statement = await new Promise<Statement>((resolve, reject) => {
      const made = database.prepare(sql, error => (error ? reject(error) : resolve(made)))
    })
    prepared.set(sql, statement)
    return statement
  }
}

function finalize(statement: Statement): Promise<void> {
  // `finalize` only repeats the error of the statement's last run.
  return new Promise(resolve => statement.finalize(() => resolve()))
}
