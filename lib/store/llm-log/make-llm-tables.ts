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
 * Creates llm's tables, with llm's own migration record, in a file without any of them. Other files
 * stay as they are: only llm migrates its tables.
 *
 * @throws {BatchError} DATABASE_UNUSABLE if there are such tables without a migration record.
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

/** Names of llm's migrations in a file. */
export function llmMigrationNames(statements: Statements): Promise<ReadonlySet<string>> {
  return recordedMigrations(statements, record)
}
