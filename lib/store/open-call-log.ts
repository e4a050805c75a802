import type { CallLog } from '../port/call-log.js'
import type { Clock } from '../port/clock.js'
import type { Database } from '../port/database.js'
import { logTooOld } from './database-trouble.js'
import { createLegacyLog } from './legacy-log.js'
import { loadMessageHash } from './message-hash.js'
import { createMessageStoreLog } from './message-store-log.js'
import { createLlmTables, isLlmMadeHere, llmMigrationNames, tableNames } from './migrate.js'
import { createTwoGenerationLog } from './two-generation-log.js'

/**
 * llm's log in a file, in the generation of tables that the owner's llm reads. In a file that llm made: the message
 * store from migration 23 on (llm 0.32), else `responses`. In one that we made, both: nobody knows which llm will
 * open it. Made whole where there is none.
 *
 * @throws {BatchError} DATABASE_UNUSABLE for a file of llm's that has neither, or no record of its migrations.
 */
export async function openCallLog(database: Database, clock: Clock): Promise<CallLog> {
  await createLlmTables(database, clock)
  const migrations = await llmMigrationNames(database)
  const tables = await tableNames(database)
  if (!migrations.has('m023_message_store')) return openLegacyLog(database, tables, clock)
  await mergeRarely(database, 'turn_search')
  const log = createMessageStoreLog({
    clock,
    hash: await loadMessageHash(),
    hasResponseJson: migrations.has('m027_turns_response_json'),
  })
  // A future llm may do without the older tables.
  if (!(tables.has('responses') && (await isLlmMadeHere(database)))) return log
  await mergeRarely(database, 'responses')
  return createTwoGenerationLog(log)
}

async function openLegacyLog(
  database: Database,
  tables: ReadonlySet<string>,
  clock: Clock,
): Promise<CallLog> {
  if (!tables.has('responses')) throw logTooOld(database.path)
  await mergeRarely(database, 'responses')
  const columns = await database.all<{ name: string }>('PRAGMA table_info("responses")')
  return createLegacyLog({
    clock,
    responseColumns: new Set(columns.map(({ name }) => name)),
    hasFragments: tables.has('prompt_fragments'),
  })
}

/**
 * Lets a full-text index merge 16 pieces at a time where SQLite's default is 4, unless somebody has chosen
 * already: a third less work to record a row, the merges being most of it. Any reader searches it as before.
 *
 * @see https://www.sqlite.org/fts5.html#the_automerge_configuration_option
 */
async function mergeRarely(database: Database, table: 'turn_search' | 'responses'): Promise<void> {
  const chosen = await database.all(`SELECT v FROM "${table}_fts_config" WHERE k = 'automerge'`)
  if (chosen.length > 0) return
  await database.run(`INSERT INTO "${table}_fts" ("${table}_fts", rank) VALUES ('automerge', 16)`)
}
