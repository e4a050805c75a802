import type { Database, Statements } from '../port/database.js'
import type { Connection } from './connection.js'
import { type GroupStep, groupStatement } from './group-statement.js'

/** A connection's statements, each tried again while another process holds the file, with our errors. */
export type PatientStatements = Omit<Connection, 'close'>

export interface QueuedDatabaseOptions {
  readonly path: string
  readonly connection: Connection
  readonly patient: PatientStatements
}

/**
 * Puts all that is asked of one connection into one queue, transactions whole. One that only adds groups of rows is
 * run as a single statement.
 */
export function queuedDatabase({ path, connection, patient }: QueuedDatabaseOptions): Database {
  const group = groupStatement(patient)
  let last: Promise<unknown> = Promise.resolve()

  return {
    path,
    run: (sql, parameters) => enqueue(() => patient.run(sql, parameters)),
    runGroup: (sql, json) => enqueue(async () => void (await patient.run(sql, [json]))),
    all: (sql, parameters) => enqueue(() => patient.all(sql, parameters)),
    exec: sql => enqueue(() => exec(sql)),
    transaction: body => enqueue(() => transact(body)),
    close: () => enqueue(() => connection.close()),
  }

  function enqueue<T>(work: () => Promise<T>): Promise<T> {
    const result = last.then(work)
    last = result.catch(() => undefined)
    return result
  }

  /** A script may change where temporary tables are, and with that drop them all. */
  function exec(sql: string): Promise<void> {
    group.forget()
    return patient.exec(sql)
  }

  async function transact<T>(body: (statements: Statements) => Promise<T>): Promise<T> {
    const putOff: GroupStep[] = []
    let hasBegun = false
    try {
      const result = await body({
        run: (sql, parameters) => afterOthers(() => patient.run(sql, parameters)),
        all: (sql, parameters) => afterOthers(() => patient.all(sql, parameters)),
        exec: sql => afterOthers(() => exec(sql)),
        async runGroup(sql, json) {
          putOff.push({ sql, json })
          if (lengthOf(putOff) > longestPutOff) await begun()
        },
      })
      if (hasBegun) await afterOthers(() => patient.run('COMMIT'))
      else if (putOff.length > 0) await group.run(putOff)
      return result
    } catch (error) {
      // SQLite has already rolled back after some errors, such as a full disk; then this one says nothing new.
      if (hasBegun) await connection.run('ROLLBACK').catch(() => undefined)
      throw error
    }

    async function afterOthers<R>(act: () => Promise<R>): Promise<R> {
      await begun()
      return act()
    }

    async function begun(): Promise<void> {
      if (!hasBegun) await patient.run('BEGIN IMMEDIATE')
      hasBegun = true
      for (const { sql, json } of putOff.splice(0)) await patient.run(sql, [json])
    }
  }
}

/** Characters of text that wait for the commit, at most: a bound on memory. */
const longestPutOff = 4_000_000

function lengthOf(steps: readonly GroupStep[]): number {
  return steps.reduce((length, { json }) => length + json.length, 0)
}
