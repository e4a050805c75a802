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

/** Statements that are tried again while another process holds the file, with our errors. */
export interface PatientStatements extends Statements {
  /** Runs a script as one transaction; it is tried again as a whole. */
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
      // Without chance in it, processes refused together would come back together.
      await clock.sleep(5 + 45 * clock.random())
    }
  }
}

/**
 * SQLite has already rolled back after some errors, such as a full disk, and has not begun after
 * others.
 */
export async function rollBack(connection: Connection): Promise<void> {
  await connection.run('ROLLBACK').catch(() => undefined)
}
