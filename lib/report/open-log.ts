import { resolve } from 'node:path'
import { openHome } from '../home/open-home.js'
import type { Surroundings } from '../host/surroundings.js'
import { systemClock } from '../host/system-clock.js'
import { checkDatabaseFolder } from '../store/check-database-folder.js'
import { type OpenLlmLog, openLlmLog } from '../store/open-llm-log.js'

export type LogSurroundings = Pick<
  Surroundings,
  'environment' | 'platform' | 'homeDirectory' | 'clock'
>

export interface OpenLogOptions {
  /** Path of the database, if not llm's `logs.db`. */
  readonly database?: string | undefined
}

/**
 * Opens llm's log to look at. Nothing is created or changed. Returns undefined if there is no
 * database.
 *
 * @throws {BatchError} DATABASE_UNUSABLE, DEPENDENCY_MISSING; reach run.
 */
export async function openLog(
  surroundings: LogSurroundings,
  { database }: OpenLogOptions = {},
): Promise<OpenLlmLog | undefined> {
  const { clock = systemClock } = surroundings
  if (database !== undefined) await checkDatabaseFolder(database)
  return openLlmLog({ path: resolve(database ?? openHome(surroundings).databasePath), clock })
}
