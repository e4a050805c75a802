import { existsSync } from 'node:fs'
import type { LlmLog } from '../port/llm-log.js'
import type { Database } from './database/database.js'
import { type OpenDatabaseOptions, openDatabase } from './database/open-database.js'
import { findStoredFragments } from './open-stored-fragments.js'
import { findStoredSchemas } from './open-stored-schemas.js'
import { backUpDatabase } from './read-log/back-up-database.js'
import { countCalls, latestConversation } from './read-log/count-calls.js'
import { type LogTables, readLogTables } from './read-log/log-tables.js'
import { readCalls } from './read-log/read-calls.js'

export type OpenLlmLog = LlmLog & { readonly close: () => Promise<void> }

/**
 * Opens llm's log for reading. The file is not migrated, and nothing is left beside it. Returns
 * undefined if the file does not exist.
 *
 * @throws {BatchError} DATABASE_UNUSABLE or DEPENDENCY_MISSING, as `openDatabase`, and for tables
 * of an llm that is too old or too new.
 */
export async function openLlmLog(
  options: Omit<OpenDatabaseOptions, 'isReadOnly'>,
): Promise<OpenLlmLog | undefined> {
  if (!existsSync(options.path)) return undefined
  const database = await openDatabase({ ...options, isReadOnly: true })
  try {
    return logOf(database, await readLogTables(database, database.path))
  } catch (error) {
    await database.close()
    throw error
  }
}

function logOf(database: Database, tables: LogTables): OpenLlmLog {
  const hasFragments = tables.has('fragments') && tables.has('fragment_aliases')
  return {
    ...findStoredFragments(hasFragments ? database : undefined),
    ...findStoredSchemas(tables.has('schemas') ? database : undefined),
    hasLog: tables.hasTurns || tables.hasResponses,
    readCalls: filter => readCalls(database, tables, filter),
    latestConversation: () => latestConversation(database, tables),
    countCalls: () => countCalls(database, tables),
    backUp: path => backUpDatabase(database, path),
    close: () => database.close(),
  }
}
