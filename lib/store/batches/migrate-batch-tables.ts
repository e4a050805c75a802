import type { Clock } from '../../port/clock.js'
import type { Database, Statements } from '../database/database.js'
import { databaseNewer } from '../database/database-trouble.js'
import {
  createMigrationRecord,
  recordedMigrations,
  recordMigration,
  tableNames,
} from '../database/migration-record.js'
import { batchMigrations } from './batch-schema.js'

const record = '_llm_batch_migrations'

/**
 * Makes our own tables, or adds what they lack since an older version of ours. Other processes may
 * do the same meanwhile: the second look, inside the transaction, finds what is missing by then.
 *
 * @throws {BatchError} DATABASE_UNUSABLE naming the migrations that this version does not know.
 */
export async function migrateBatchTables(database: Database, clock: Clock): Promise<void> {
  await checkNotNewer(database)
  if ((await missingSteps(database)).length === 0) return
  await database.transaction(async statements => {
    await createMigrationRecord(statements, record)
    for (const { name, sql } of await missingSteps(statements)) {
      await statements.exec(sql)
      await recordMigration(statements, record, name, clock)
    }
  })
}

/** Whether our tables lack something since an older version of ours. */
export async function isOlderBatchTables(statements: Statements): Promise<boolean> {
  return (await missingSteps(statements)).length > 0
}

/**
 * A newer version of ours may have changed what our tables mean, so this version must not write to
 * them.
 */
async function checkNotNewer(database: Database): Promise<void> {
  if (!(await tableNames(database)).has(record)) return
  const ours = batchMigrations.map(({ name }) => name)
  const names = [...(await recordedMigrations(database, record))]
  const unknown = names.filter(name => !ours.includes(name))
  if (unknown.length > 0) throw databaseNewer(database.path, unknown)
}

async function missingSteps(statements: Statements) {
  const tables = await tableNames(statements)
  if (!tables.has(record)) return batchMigrations
  const done = await recordedMigrations(statements, record)
  return batchMigrations.filter(({ name }) => !done.has(name))
}
