import type { Connection } from './connection.js'
import type { Database, ScriptSteps, Statements } from './database.js'
import type { FileWatch } from './file-watch.js'
import { type PatientStatements, rollBack } from './patient-statements.js'

export interface QueuedDatabaseOptions {
  readonly path: string
  readonly file: string
  readonly watch: FileWatch
  readonly connection: Connection
  readonly patient: PatientStatements
  readonly hurry: Database['hurry']
}

/** Puts all calls of one connection into one queue. A transaction is one task. */
export function queuedDatabase(options: QueuedDatabaseOptions): Database {
  const { path, file, watch, connection, patient, hurry } = options
  let last: Promise<unknown> = Promise.resolve()

  return {
    path,
    file,
    run: (sql, parameters) => enqueue(() => patient.run(sql, parameters)),
    all: (sql, parameters) => enqueue(() => patient.all(sql, parameters)),
    exec: sql => enqueue(() => patient.exec(sql)),
    transaction: body => enqueue(() => transact(body)),
    runScript: (script, steps) => enqueue(() => runScript(script, steps)),
    writeBack: () => enqueue(watch.writeBack),
    isInPlace: trace => enqueue(() => watch.isInPlace(trace)),
    hurry,
    close: () => enqueue(() => connection.close()),
  }

  function enqueue<T>(work: () => Promise<T>): Promise<T> {
    const result = last.then(work)
    last = result.catch(() => undefined)
    return result
  }

  async function transact<T>(body: (statements: Statements) => Promise<T>): Promise<T> {
    await patient.run('BEGIN IMMEDIATE')
    try {
      const result = await body(patient)
      await patient.run('COMMIT')
      return result
    } catch (error) {
      await rollBack(connection)
      throw error
    }
  }

  async function runScript<T>(script: string, steps: ScriptSteps<T>): Promise<T> {
    await steps.prepare(patient)
    await patient.transact(script)
    return steps.conclude(patient)
  }
}
