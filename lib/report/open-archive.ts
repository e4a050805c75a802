import { resolve } from 'node:path'
import { openHome } from '../home/open-home.js'
import { identifyProcess as identify } from '../host/identify-process.js'
import type { Surroundings } from '../host/surroundings.js'
import { systemClock } from '../host/system-clock.js'
import type { StoredBatch } from '../port/stored-batch.js'
import { removePartial } from '../sink/target/partial-path.js'
import { checkDatabaseFolder } from '../store/check-database-folder.js'
import { type OpenBatchArchive, openBatchArchive } from '../store/open-batch-archive.js'

export type ArchiveSurroundings = Pick<
  Surroundings,
  'environment' | 'platform' | 'homeDirectory' | 'clock' | 'processId' | 'identifyProcess'
>

export interface OpenArchiveOptions {
  /** Path of the database, if not llm's `logs.db`. */
  readonly database?: string | undefined
}

/**
 * Opens the database to look at batches. A database that does not exist is not created, and counts
 * as empty.
 *
 * @throws {BatchError} DATABASE_UNUSABLE, DEPENDENCY_MISSING; reach run.
 */
export async function openArchive(
  surroundings: ArchiveSurroundings,
  { database }: OpenArchiveOptions = {},
): Promise<OpenBatchArchive> {
  const { clock = systemClock, processId, identifyProcess = identify } = surroundings
  if (database !== undefined) await checkDatabaseFolder(database)
  const path = resolve(database ?? openHome(surroundings).databasePath)
  return tidying(await openBatchArchive({ path, clock, processId, identifyProcess }))
}

/** Removes what a killed run left beside its output, once the batch is cancelled or removed. */
function tidying(archive: OpenBatchArchive): OpenBatchArchive {
  return {
    ...archive,
    async requestStop(id, ...asked) {
      const result = await archive.requestStop(id, ...asked)
      const batch = result === 'marked' ? await archive.findBatch(id) : undefined
      // Another process may have resumed the batch already.
      if (batch?.status === 'cancelled') await tidyBeside([batch])
      return result
    },
    async removeBatches(ids) {
      const batches = await Promise.all(ids.map(archive.findBatch))
      const count = await archive.removeBatches(ids)
      await tidyBeside(batches)
      return count
    },
  }
}

async function tidyBeside(batches: readonly (StoredBatch | undefined)[]): Promise<void> {
  for (const batch of batches) {
    if (batch?.outputFile !== undefined) await removePartial(batch.outputFile, batch.id)
  }
}
