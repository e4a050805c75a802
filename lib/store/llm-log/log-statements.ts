import type { Clock } from '../../port/clock.js'
import type { Database, Statements } from '../database/database.js'
import { logTooOld } from '../database/database-trouble.js'
import { tableNames } from '../database/migration-record.js'
import { legacyStatements } from './legacy-statements.js'
import { llmMigrationNames, makeLlmTables } from './make-llm-tables.js'
import { messageStoreStatements } from './message-store-statements.js'
import {
  dropKnownResponses,
  legacyToolStatements,
  messageToolStatements,
  spreadRounds,
} from './tool-statements.js'

const fragmentStatement = `INSERT OR IGNORE INTO fragments (hash, content, datetime_utc, source)
  SELECT hash, content, replace(recorded_at, 'T', ' '), source
  FROM temp.recording CROSS JOIN temp.shared WHERE kind = 'fragment'
  ORDER BY shared.rowid`

const schemaStatement = `INSERT OR IGNORE INTO schemas (id, content)
  SELECT hash, content FROM temp.shared WHERE kind = 'schema'`

/** As in llm, the newest path of a file counts. */
const attachmentStatement = `INSERT INTO attachments (id, type, path, url)
  SELECT content ->> 'id', content ->> 'type', content ->> 'path', content ->> 'url'
  FROM temp.shared WHERE kind = 'attachment'
  ON CONFLICT (id) DO UPDATE SET type = excluded.type, path = excluded.path, url = excluded.url`

export interface LogStatements {
  /** Whether they write to the message store (llm 0.32 and later), not to the older tables. */
  readonly isMessageStore: boolean
  readonly statements: readonly string[]
  /** The statements for entries whose prompts have tools. */
  readonly withTools: readonly string[]
}

/**
 * The statements that write entries to llm's log, in the generation of tables that the owner's llm
 * reads: the message store from migration 23 on (llm 0.32), else `responses`. If there are no
 * tables of llm's, its newest tables are created.
 *
 * @throws {BatchError} DATABASE_UNUSABLE for a file of llm's with neither, or without a migration
 * record.
 */
export async function logStatements(database: Database, clock: Clock): Promise<LogStatements> {
  await makeLlmTables(database, clock)
  const migrations = await llmMigrationNames(database)
  const tables = await tableNames(database)
  const isNew = migrations.has('m023_message_store')
  if (!isNew && !tables.has('responses')) throw logTooOld(database.path)
  await mergeRarely(database, isNew ? 'turn_search' : 'responses')
  if (isNew) {
    const hasResponseJson = migrations.has('m027_turns_response_json')
    const statements = [
      fragmentStatement,
      schemaStatement,
      attachmentStatement,
      ...messageStoreStatements(hasResponseJson),
    ]
    const withTools = [...spreadRounds, ...statements, ...messageToolStatements]
    return { isMessageStore: true, statements, withTools }
  }
  const hasFragments = tables.has('prompt_fragments')
  const responseColumns = await columnNames(database, 'responses')
  const hasAttachments = tables.has('prompt_attachments')
  const legacy = legacyStatements({ responseColumns, hasFragments, hasAttachments })
  const statements = [
    ...(hasFragments ? [fragmentStatement] : []),
    ...(tables.has('schemas') ? [schemaStatement] : []),
    ...(hasAttachments ? [attachmentStatement] : []),
    ...legacy,
  ]
  const toolColumns = await columnNames(database, 'tool_results')
  const ofTools = toolColumns.size === 0 ? [] : legacyToolStatements(toolColumns.has('exception'))
  const withTools = [...spreadRounds, dropKnownResponses, ...statements, ...ofTools]
  return { isMessageStore: false, statements, withTools }
}

async function columnNames(statements: Statements, table: string): Promise<ReadonlySet<string>> {
  const columns = await statements.all<{ name: string }>(`PRAGMA table_info("${table}")`)
  return new Set(columns.map(({ name }) => name))
}

/**
 * Sets the automerge of a full-text index to 16, unless somebody has set it. SQLite's default is 4.
 * Merges are most of the work to record a row, and this saves a third. Searches stay the same.
 *
 * @see https://www.sqlite.org/fts5.html#the_automerge_configuration_option
 */
async function mergeRarely(database: Database, table: 'turn_search' | 'responses'): Promise<void> {
  const chosen = await database.all(`SELECT v FROM "${table}_fts_config" WHERE k = 'automerge'`)
  if (chosen.length > 0) return
  await database.run(`INSERT INTO "${table}_fts" ("${table}_fts", rank) VALUES ('automerge', 16)`)
}
