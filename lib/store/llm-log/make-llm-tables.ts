import type { Clock } from '../../port/clock.js'
import type { Database, Statements } from '../database/database.js'
import { migrationsMissing } from '../database/database-trouble.js'
import {
  createMigrationRecord,
  recordedMigrations,
  recordMigration,
  tableNames,
} from '../database/migration-record.js'
import { llmMigrations, llmSchemaSql, llmTables } from './llm-schema.js'

const record = '_llm_migrations'

/**
 * Makes llm's tables, recorded as llm's own, in a file that has none of them. A file that has some
 * stays as it is: only llm brings its own tables up to date.
 *
 * @throws {BatchError} DATABASE_UNUSABLE when there are such tables without a record of llm's
 * migrations.
 */
export async function makeLlmTables(database: Database, clock: Clock): Promise<void> {
  if (await hasLlmTables(database)) return
  await database.transaction(async statements => {
    if (await hasLlmTables(statements)) return
    await createMigrationRecord(statements, record)
    await statements.exec(llmSchemaSql)
    for (const name of llmMigrations) await recordMigration(statements, record, name, clock)
  })

  async function hasLlmTables(statements: Statements): Promise<boolean> {
    const tables = await tableNames(statements)
    if (!llmTables.some(table => tables.has(table))) return false
    if (!tables.has(record)) throw migrationsMissing(database.path)
    return true
  }
}

/** Names of llm's migrations that a file has had. */
export function llmMigrationNames(statements: Statements): Promise<ReadonlySet<string>> {
  return recordedMigrations(statements, record)
}
