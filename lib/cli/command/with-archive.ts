import { runError } from '../../error/batch-error.js'
import { readBatchConfig } from '../../home/read-batch-config.js'
import { batchUnknown } from '../../plan/batch/choose-resumable.js'
import type { BatchArchive } from '../../port/batch-archive.js'
import type { StoredBatch } from '../../port/stored-batch.js'
import { openArchive } from '../../report/open-archive.js'
import type { CommandSurroundings, GivenCommand } from '../words/command.js'
import { givenByConfig, settingRules } from '../words/config-words.js'

/** Opens the database that the command names, runs `body`, and closes the database. */
export async function withArchive<T>(
  { texts }: GivenCommand,
  surroundings: CommandSurroundings,
  body: (archive: BatchArchive) => Promise<T>,
): Promise<T> {
  const { database } = texts.database === undefined ? await configured(surroundings) : texts
  const archive = await openArchive(surroundings, { database })
  try {
    return await body(archive)
  } finally {
    await archive.close()
  }
}

/** The database of the configuration, which batches go to. */
async function configured({ home }: CommandSurroundings): Promise<GivenCommand['texts']> {
  return givenByConfig(await readBatchConfig(home, settingRules())).texts
}

/** @throws {BatchError} BATCH_UNKNOWN, with the nearest ids. */
export async function findKnownBatch(archive: BatchArchive, id: string): Promise<StoredBatch> {
  const batch = await archive.findBatch(id)
  if (batch !== undefined) return batch
  const ids = await archive.listIds()
  throw batchUnknown(
    id,
    ids.map(known => ({ id: known })),
  )
}

/**
 * The batch with the id, or without an id the newest batch.
 *
 * @throws {BatchError} BATCH_UNKNOWN, with the nearest ids, or if there are no batches.
 */
export async function findMeantBatch(
  archive: BatchArchive,
  id: string | undefined,
): Promise<StoredBatch> {
  if (id !== undefined) return findKnownBatch(archive, id)
  const [newest] = await archive.listBatches({ limit: 1 })
  if (newest !== undefined) return newest
  const remedy = 'Run one with: llm batch INPUT. For another database, add -d PATH.'
  throw runError('BATCH_UNKNOWN', 'No batches yet', remedy)
}
