import type { Clock } from '../../port/clock.js'
import type { Connection } from './connection.js'
import type { Database, Statements } from './database.js'
import { databaseLocked, databaseTrouble, isLocked } from './database-trouble.js'

export interface PatientStatementsOptions {
  readonly connection: Connection
  readonly path: string
  readonly clock: Clock
  readonly patienceMs: number
}

/** Statements that run again while another process holds the file, with our errors. */
export interface PatientStatements extends Statements {
  /** Runs a script as one transaction. The whole script runs again if necessary. */
  readonly transact: (script: string) => Promise<void>
}

export function patientStatements(options: PatientStatementsOptions): {
  readonly patient: PatientStatements
  readonly hurry: Database['hurry']
} {
  const { connection, path, clock, patienceMs } = options
  let latestMs = Number.POSITIVE_INFINITY
  return {
    patient: {
      run: (sql, parameters) => patiently(() => connection.run(sql, parameters)),
      all: (sql, parameters) => patiently(() => connection.all(sql, parameters)),
      exec: sql => patiently(() => connection.exec(sql)),
      transact: script =>
        patiently(async () => {
          try {
            await connection.exec(`BEGIN IMMEDIATE; ${script}; COMMIT`)
          } catch (error) {
            await rollBack(connection)
            throw error
          }
        }),
    },
    hurry(mostMs) {
      latestMs = Math.min(latestMs, clock.monotonicMs() + mostMs)
    },
  }

  async function patiently<T>(attempt: () => Promise<T>): Promise<T> {
    const startMs = clock.monotonicMs()
    for (;;) {
      try {
        return await attempt()
      } catch (error) {
        if (!isLocked(error)) throw databaseTrouble(error, path)
        const nowMs = clock.monotonicMs()
        if (nowMs - startMs >= patienceMs || nowMs >= latestMs) {
          throw databaseLocked(path, nowMs - startMs)
        }
      }
      // A random part, so that processes refused together do not come back together.
      await clock.sleep(5 + 45 * clock.random())
    }
  }
}

/**
 * After some errors, such as a full disk, SQLite has already rolled back; after others, the
 * transaction has not started.
 */
export async function rollBack(connection: Connection): Promise<void> {
  await connection.run('ROLLBACK').catch(() => undefined)
}
