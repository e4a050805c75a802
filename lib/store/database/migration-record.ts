import type { Clock } from '../../port/clock.js'
import type { Statements } from './database.js'
import { spacedLogDate } from './log-date.js'

/** Names of all tables in the file. */
export async function tableNames(statements: Statements): Promise<ReadonlySet<string>> {
  const rows = await statements.all<{ name: string }>(
    "SELECT name FROM sqlite_master WHERE type = 'table'",
  )
  return new Set(rows.map(({ name }) => name))
}

/** Names of the recorded migrations. */
export async function recordedMigrations(
  statements: Statements,
  record: string,
): Promise<ReadonlySet<string>> {
  const rows = await statements.all<{ name: string }>(`SELECT name FROM "${record}"`)
  return new Set(rows.map(({ name }) => name))
}

export async function createMigrationRecord(statements: Statements, record: string): Promise<void> {
  await statements.exec(
    `CREATE TABLE IF NOT EXISTS "${record}" ("name" TEXT PRIMARY KEY, "applied_at" TEXT)`,
  )
}

export async function recordMigration(
  statements: Statements,
  record: string,
  name: string,
  clock: Clock,
): Promise<void> {
  await statements.run(`INSERT OR IGNORE INTO "${record}" (name, applied_at) VALUES (?, ?)`, [
    name,
    spacedLogDate(clock.nowMs()),
  ])
}
