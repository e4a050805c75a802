import { existsSync } from 'node:fs'
import type { BatchArchive } from '../port/batch-archive.js'
import type { HolderAliveOptions } from './batches/holder-alive.js'
import { isOlderBatchTables, migrateBatchTables } from './batches/migrate-batch-tables.js'
import { removeBatches } from './batches/remove-batches.js'
import { requestStop } from './batches/request-stop.js'
import { storedBatches } from './batches/stored-batches.js'
import type { Database } from './database/database.js'
import { tableNames } from './database/migration-record.js'
import { type OpenDatabaseOptions, openDatabase } from './database/open-database.js'
import { countLeft, removeJournals } from './left-journals.js'

export interface OpenBatchArchiveOptions
  extends Omit<OpenDatabaseOptions, 'isReadOnly'>,
    HolderAliveOptions {}

export type OpenBatchArchive = BatchArchive & { readonly close: () => Promise<void> }

/**
 * Opens the recorded batches of a SQLite file, for any process. The file is only read, unless a
 * method changes something, a killed run has left a journal, or our tables are of an older version.
 * If the file or our tables do not exist, there are no batches.
 *
 * @throws {BatchError} DATABASE_UNUSABLE or DEPENDENCY_MISSING, as `openDatabase`; then nothing
 * stays open.
 */
export async function openBatchArchive(
  options: OpenBatchArchiveOptions,
): Promise<OpenBatchArchive> {
  if (!existsSync(options.path)) return emptyArchive()
  const database = await openDatabase({ ...options, isReadOnly: true })
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
  const { clock, processId, identifyProcess } = options
  const alive = { clock, processId, identifyProcess }
  const left = { ...alive, database, withWritable }
  // The tables of an older version of ours lack columns that are read.
  if (await isOlderBatchTables(database)) await withWritable(async () => undefined)
  return {
    ...storedBatches({ ...alive, database, countLeft: row => countLeft(row, left) }),
    requestStop: (...asked) => withWritable(writable => requestStop(writable, alive)(...asked)),
    removeBatches: ids =>
      withWritable(writable =>
        removeBatches(writable, {
          ...alive,
          removeJournals: batch => removeJournals(database.file, batch),
        })(ids),
      ),
    close: () => database.close(),
  }

  async function withWritable<T>(
    act: (writable: Database) => Promise<T>,
    patienceMs = options.patienceMs,
  ): Promise<T> {
    const writable = await openDatabase({ ...options, patienceMs })
    try {
      await migrateBatchTables(writable, options.clock)
      // So that removed rows leave no bytes in the file.
      await writable.all('PRAGMA secure_delete = ON')
      return await act(writable)
    } finally {
      await writable.close()
    }
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
