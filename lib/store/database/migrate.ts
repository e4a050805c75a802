import type { Clock } from '../../port/clock.js'
import { batchMigrations } from '../batches/batch-schema.js'
import { llmMigrations, llmSchemaSql, llmTables } from '../llm-log/llm-schema.js'
import { spacedLogDate } from '../llm-log/log-date.js'
import type { Database, Statements } from './database.js'
import { databaseNewer, migrationsMissing } from './database-trouble.js'

const ourRecord = '_llm_batch_migrations'
const llmRecord = '_llm_migrations'

/**
 * Makes our own tables, or what they lack since an older version of ours.
 * Safe while other processes do the same: what is missing is asked again once the file is ours alone.
 *
 * @throws {BatchError} as `checkNotNewer`.
 */
export async function migrateBatchTables(database: Database, clock: Clock): Promise<void> {
  await checkNotNewer(database)
  if ((await missingSteps(database)).length === 0) return
  await database.transaction(async statements => {
    await createRecord(statements, ourRecord)
    for (const { name, sql } of await missingSteps(statements)) {
      await statements.exec(sql)
      await recordMigration(statements, { record: ourRecord, name, clock })
    }
  })
}

/**
 * Our tables may mean something else by now, if a newer version of ours has changed them. Reading them is tried.
 *
 * @throws {BatchError} DATABASE_UNUSABLE naming the migrations that this version does not know.
 */
export async function checkNotNewer(database: Database): Promise<void> {
  if (!(await tableNames(database)).has(ourRecord)) return
  const ours = batchMigrations.map(({ name }) => name)
  const names = [...(await recordedNames(database, ourRecord))]
  const unknown = names.filter(name => !ours.includes(name))
  if (unknown.length > 0) throw databaseNewer(database.path, unknown)
}

/**
 * Makes llm's tables, whole and recorded as llm's own, in a file that has none of them. A file that has some is
 * left as it is: bringing it up to date is for llm alone.
 *
 * @throws {BatchError} DATABASE_UNUSABLE when there are such tables without a record of llm's migrations.
 */
export async function createLlmTables(database: Database, clock: Clock): Promise<void> {
  if (await hasLlmTables(database)) return
  await database.transaction(async statements => {
    if (await hasLlmTables(statements)) return
    await createRecord(statements, llmRecord)
    await statements.exec(llmSchemaSql)
    for (const name of llmMigrations) {
      await recordMigration(statements, { record: llmRecord, name, clock })
    }
  })

  async function hasLlmTables(statements: Statements): Promise<boolean> {
    const tables = await tableNames(statements)
    if (!llmTables.some(table => tables.has(table))) return false
    if (!tables.has(llmRecord)) throw migrationsMissing(database.path)
    return true
  }
}

/** Names of all tables in the file. */
export async function tableNames(statements: Statements): Promise<ReadonlySet<string>> {
  const rows = await statements.all<{ name: string }>(
    "SELECT name FROM sqlite_master WHERE type = 'table'",
  )
  return new Set(rows.map(({ name }) => name))
}

/** Names of the migrations of llm's that a file has had. */
export function llmMigrationNames(statements: Statements): Promise<ReadonlySet<string>> {
  return recordedNames(statements, llmRecord)
}

async function missingSteps(statements: Statements) {
  const tables = await tableNames(statements)
  if (!tables.has(ourRecord)) return batchMigrations
  const done = await recordedNames(statements, ourRecord)
  return batchMigrations.filter(({ name }) => !done.has(name))
}

async function recordedNames(statements: Statements, record: string): Promise<ReadonlySet<string>> {
  const rows = await statements.all<{ name: string }>(`SELECT name FROM "${record}"`)
  return new Set(rows.map(({ name }) => name))
}

async function createRecord(statements: Statements, record: string): Promise<void> {
  await statements.exec(
    `CREATE TABLE IF NOT EXISTS "${record}" ("name" TEXT PRIMARY KEY, "applied_at" TEXT)`,
  )
}

interface RecordMigrationOptions {
  readonly record: string
  readonly name: string
  readonly clock: Clock
}

async function recordMigration(
  statements: Statements,
  { record, name, clock }: RecordMigrationOptions,
): Promise<void> {
  await statements.run(`INSERT OR IGNORE INTO "${record}" (name, applied_at) VALUES (?, ?)`, [
    name,
    spacedLogDate(clock.nowMs()),
  ])
}
