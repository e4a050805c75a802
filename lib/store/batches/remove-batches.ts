import type { BatchArchive } from '../../port/batch-archive.js'
import type { Database, Statements } from '../database/database.js'
import { batchRunning } from './batch-lease.js'
import type { HolderAliveOptions } from './holder-alive.js'
import { type BatchRunRow, isHeld, selectBatchRun } from './stored-batch-row.js'

const chunkOf = (columns: string) => `
    SELECT ${columns} FROM batch_rows WHERE batch_id = ?1 ORDER BY row_index LIMIT ?2`
const deleteHashes = `
  DELETE FROM batch_answers WHERE (prompt_hash, row_id) IN (${chunkOf('prompt_hash, id')})`
const deleteChunk = `DELETE FROM batch_rows WHERE id IN (${chunkOf('id')})`
const deletePast = 'DELETE FROM batch_past_usage WHERE batch_id = ?'
const deleteRun = 'DELETE FROM batch_runs WHERE id = ?'
/** Rows of one transaction, so that others wait only a fraction of a second. */
const chunkRows = 5000

export interface RemoveBatchesOptions extends HolderAliveOptions {
  /** Removes the journals of the batch's killed runs. */
  readonly removeJournals: (batch: BatchRunRow) => Promise<void>
}

/**
 * Removes batches with their rows, in chunks, so that others can write in between. llm's tables
 * stay as they are.
 */
export function removeBatches(
  database: Database,
  options: RemoveBatchesOptions,
): BatchArchive['removeBatches'] {
  return async ids => {
    const unique = [...new Set(ids)]
    const batches: BatchRunRow[] = []
    for (const id of unique) {
      const batch = await findIdle(database, id)
      if (batch !== undefined) batches.push(batch)
    }
    let removed = 0
    for (const batch of batches) removed += await remove(batch)
    return removed
  }

  /** The batch's own row goes last, so that an interrupted removal can be repeated. */
  async function remove(batch: BatchRunRow): Promise<number> {
    const { id } = batch
    for (;;) {
      const isLast = await database.transaction(async statements => {
        await findIdle(statements, id)
        await statements.run(deleteHashes, [id, chunkRows])
        return (await statements.run(deleteChunk, [id, chunkRows])) < chunkRows
      })
      if (isLast) break
    }
    await options.removeJournals(batch)
    return database.transaction(async statements => {
      await statements.run(deletePast, [id])
      return statements.run(deleteRun, [id])
    })
  }

  async function findIdle(statements: Statements, id: string): Promise<BatchRunRow | undefined> {
    const [row] = await statements.all<BatchRunRow>(selectBatchRun, [id])
    if (row !== undefined && isHeld(row, options)) throw batchRunning(row)
    return row
  }
}
