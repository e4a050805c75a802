import { fileIdentity } from '../../disk/file-identity.js'
import type { Connection } from './connection.js'
import type { Database, Statements } from './database.js'

export interface QueuedDatabaseOptions {
  readonly path: string
  readonly file: string
  /** Of the file that was opened. */
  readonly identity: string | undefined
  readonly connection: Connection
  /** The connection's statements, each tried again while another process holds the file, with our errors. */
  readonly patient: Statements
  readonly hurry: Database['hurry']
}

/** Puts all that is asked of one connection into one queue, transactions whole. */
export function queuedDatabase(options: QueuedDatabaseOptions): Database {
  const { path, file, identity, connection, patient, hurry } = options
  let last: Promise<unknown> = Promise.resolve()

  return {
    path,
    file,
    run: (sql, parameters) => enqueue(() => patient.run(sql, parameters)),
    all: (sql, parameters) => enqueue(() => patient.all(sql, parameters)),
    exec: sql => enqueue(() => patient.exec(sql)),
    transaction: (body, prepare) => enqueue(() => transact(body, prepare)),
    isInPlace: async () => (await fileIdentity(file)) === identity,
    hurry,
    close: () => enqueue(() => connection.close()),
  }

  function enqueue<T>(work: () => Promise<T>): Promise<T> {
    const result = last.then(work)
    last = result.catch(() => undefined)
    return result
  }

  async function transact<T>(
    body: (statements: Statements) => Promise<T>,
    prepare?: (statements: Statements) => Promise<void>,
  ): Promise<T> {
    await prepare?.(patient)
    await patient.run('BEGIN IMMEDIATE')
    try {
      const result = await body(patient)
      await patient.run('COMMIT')
      return result
    } catch (error) {
      // SQLite has already rolled back after some errors, such as a full disk: this fails then.
      await connection.run('ROLLBACK').catch(() => undefined)
      throw error
    }
  }
}
