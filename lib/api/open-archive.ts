import { resolve } from 'node:path'
import { logsPath, userFolder } from '../home/user-folder.js'
import { type OpenBatchArchive, openBatchArchive } from '../store/open-batch-archive.js'
import { isProcessAlive as isAlive, type Surroundings } from './surroundings.js'
import { systemClock } from './system-clock.js'

export type ArchiveSurroundings = Pick<
  Surroundings,
  'environment' | 'platform' | 'homeDirectory' | 'clock' | 'processId' | 'isProcessAlive'
>

export interface OpenArchiveOptions {
  /** Path of another database than llm's `logs.db`. */
  readonly database?: string | undefined
}

/**
 * Opens the database to look at batches. One that is not there holds none, and is not made for looking at.
 *
 * @throws {BatchError} DATABASE_UNUSABLE, DEPENDENCY_MISSING; reach run.
 */
export async function openArchive(
  surroundings: ArchiveSurroundings,
  { database }: OpenArchiveOptions = {},
): Promise<OpenBatchArchive> {
  const { clock = systemClock, processId, isProcessAlive = isAlive } = surroundings
  const path = resolve(database ?? logsPath(userFolder(surroundings)))
  return openBatchArchive({ path, clock, processId, isProcessAlive })
}
