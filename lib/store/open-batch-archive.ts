import { existsSync } from 'node:fs'
import type { BatchArchive } from '../port/batch-archive.js'
import type { Database } from '../port/database.js'
import type { HolderAliveOptions } from './holder-alive.js'
import { tableNames } from './migrate.js'
import { type OpenDatabaseOptions, openDatabase } from './open-database.js'
import { removeBatches } from './remove-batches.js'
import { requestStop } from './request-stop.js'
import { storedBatches } from './stored-batches.js'

export interface OpenBatchArchiveOptions extends OpenDatabaseOptions, HolderAliveOptions {}

export type OpenBatchArchive = BatchArchive & { readonly close: () => Promise<void> }

/**
 * Opens the batches that a SQLite file keeps, for looking at them from any process. Makes nothing: where there is no
 * such file, or none of our tables in it, there are no batches.
 *
 * @throws {BatchError} DATABASE_UNUSABLE or DEPENDENCY_MISSING, as `openDatabase`; nothing is left open then.
 */
export async function openBatchArchive(
  options: OpenBatchArchiveOptions,
): Promise<OpenBatchArchive> {
  if (!existsSync(options.path)) return emptyArchive()
  const database = await openDatabase(options)
  try {
    if ((await tableNames(database)).has('batch_runs')) return await archiveOf(database, options)
  } catch (error) {
    await database.close()
    throw error
  }
  await database.close()
  return emptyArchive()
}

async function archiveOf(
  database: Database,
  options: OpenBatchArchiveOptions,
): Promise<OpenBatchArchive> {
  // What is removed is gone from the file as well.
  await database.all('PRAGMA secure_delete = ON')
  return {
    ...storedBatches(database, options),
    requestStop: requestStop(database, options),
    removeBatches: removeBatches(database, options),
    close: () => database.close(),
  }
}

function emptyArchive(): OpenBatchArchive {
  return {
    listBatches: async () => [],
    findBatch: async () => undefined,
    listIds: async () => [],
    countErrors: async () => [],
    async *readFailures() {},
    requestStop: async () => 'idle',
    removeBatches: async () => 0,
    close: async () => {},
  }
}
