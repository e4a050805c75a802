import type { Statements } from '../database/database.js'
import { logTooNew, logTooOld } from '../database/database-trouble.js'
import { tableNames } from '../database/migration-record.js'

/** What a file has of llm's tables. Each version of llm added tables and columns. */
export interface LogTables {
  /** Whether there are `turns` and `messages`, of llm 0.32 and later. */
  readonly hasTurns: boolean
  /** Whether there are `responses`, of all versions of llm from 0.4 on. */
  readonly hasResponses: boolean
  readonly has: (table: string) => boolean
  /** An expression for a column: the column, or NULL if the table lacks it. */
  readonly column: (table: string, column: string) => string
}

/** Columns without which a listing would be wrong. */
const needed: Readonly<Record<string, readonly string[]>> = {
  turns: ['id', 'thread_id', 'parent_message_hash', 'tip_message_hash', 'model', 'datetime_utc'],
  messages: ['hash', 'parent_hash', 'role'],
  parts: ['id', 'message_hash', 'position', 'type', 'text', 'payload'],
}

/**
 * Looks at the schema of a file. Nothing is migrated, because looking must not write.
 *
 * @throws {BatchError} DATABASE_UNUSABLE if a newer llm has changed the tables, or if llm is older
 * than 0.4.
 */
export async function readLogTables(database: Statements, path: string): Promise<LogTables> {
  const names = await tableNames(database)
  const rows = await database.all<{ place: string }>(
    `SELECT sqlite_master.name || '.' || info.name AS place
     FROM sqlite_master, pragma_table_info(sqlite_master.name) AS info
     WHERE sqlite_master.type = 'table'`,
  )
  const columns = new Set(rows.map(({ place }) => place))
  const hasTurns = names.has('turns')
  const hasResponses = names.has('responses')
  if (hasTurns) {
    const missing = Object.entries(needed).flatMap(([table, list]) =>
      list.map(column => `${table}.${column}`).filter(place => !columns.has(place)),
    )
    if (missing.length > 0) throw logTooNew(path, missing)
  }
  if (!hasTurns && !hasResponses && (names.has('log') || names.has('logs'))) throw logTooOld(path)
  return {
    hasTurns,
    hasResponses,
    has: table => names.has(table),
    column: (table, column) =>
      columns.has(`${table}.${column}`) ? `${table}."${column}"` : 'NULL',
  }
}
