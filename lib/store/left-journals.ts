import { closeSync, openSync, unlinkSync } from 'node:fs'
import { BatchError } from '../error/batch-error.js'
import { putBackLease, takeLease } from './batches/batch-lease.js'
import {
  dropLease,
  type HolderAliveOptions,
  keepLease,
  leaseNamed,
} from './batches/holder-alive.js'
import { refreshCounts, withRecordedCounts } from './batches/recorded-counts.js'
import { type BatchRunRow, selectBatchRun } from './batches/stored-batch-row.js'
import type { Database } from './database/database.js'
import { entryWriter } from './journal/entry-writer.js'
import { cutTo } from './journal/journal-file.js'
import { listJournals } from './journal/journal-path.js'
import { readJournals, replayJournals } from './journal/replay-journals.js'

export interface LeftJournalsOptions extends HolderAliveOptions {
  /** Only read. */
  readonly database: Database
  /** The same file, opened to be written for so long as it takes, and with so much patience for a lock. */
  readonly withWritable: <T>(
    act: (database: Database) => Promise<T>,
    patienceMs: number,
  ) => Promise<T>
  readonly randomBytes: (count: number) => Uint8Array
}

/** Who only looks does not wait long for a lock. */
const lookPatienceMs = 2000

/**
 * Counts what is recorded of a batch that nobody holds. What its killed runs left in journals is written to the
 * database first; where that is not possible, it is counted in the journals.
 *
 * @returns the batch with these counts; as the file has it, if it ended and left nothing.
 * @throws {BatchError} JOURNAL_INVALID.
 */
export async function countLeft(
  row: BatchRunRow,
  options: LeftJournalsOptions,
): Promise<BatchRunRow> {
  const { database } = options
  const isLeft = (await readJournals(database.file, row)).length > 0
  if (isLeft) {
    try {
      return await takeIn(row, options)
    } catch (error) {
      const code = BatchError.isInstance(error) ? error.code : undefined
      // Somebody else went on with the batch just now: it says itself how far it is.
      if (code === 'BATCH_RUNNING' || code === 'BATCH_LOST') return reread(row, database)
      if (code !== 'DATABASE_UNUSABLE') throw error
    }
  }
  if (!isLeft && row.status !== 'running') return row
  return withJournalled(await withRecordedCounts(database, row), database)
}

async function reread(row: BatchRunRow, database: Database): Promise<BatchRunRow> {
  const [now] = await database.all<BatchRunRow>(selectBatchRun, [row.id])
  return now ?? row
}

/** Under the batch's lease, which is put back as it was. */
function takeIn(
  { id }: BatchRunRow,
  { withWritable, randomBytes, database, ...alive }: LeftJournalsOptions,
): Promise<BatchRunRow> {
  return withWritable(async writable => {
    const lease = leaseNamed(Buffer.from(randomBytes(12)).toString('hex'), alive)
    const taken = await takeLease(writable, id, { ...alive, lease })
    keepLease(lease)
    try {
      const writer = entryWriter(writable, alive.clock)
      await replayJournals({ database: database.file, batch: taken.row, lease, writer })
      return await refreshCounts(writable, taken.row)
    } finally {
      await putBackLease(writable, taken).finally(() => dropLease(lease))
    }
  }, lookPatienceMs)
}

/** Adds what stands in journals alone: outcomes of rows that the database does not have from the same run. */
async function withJournalled(row: BatchRunRow, database: Database): Promise<BatchRunRow> {
  const statuses = new Map<number, string>()
  for (const { journal } of await readJournals(database.file, row)) {
    for (const entry of journal?.entries ?? []) {
      const [index, , status] = JSON.parse(entry) as readonly [number, string, string]
      statuses.set(index, status)
    }
  }
  if (statuses.size === 0) return row
  const known = await database.all<{ readonly row_index: number; readonly status: string }>(
    `SELECT DISTINCT row_index, status FROM batch_rows
     WHERE batch_id = ? AND row_index IN (SELECT value FROM json_each(?))`,
    [row.id, JSON.stringify([...statuses.keys()])],
  )
  const knownStatuses = new Map(known.map(({ row_index, status }) => [row_index, status]))
  let { completed_prompts, failed_prompts } = row
  for (const [index, status] of statuses) {
    const before = knownStatuses.get(index)
    if (before === 'failed') failed_prompts -= 1
    else if (before === 'answered') completed_prompts -= 1
    if (status === 'failed') failed_prompts += 1
    else completed_prompts += 1
  }
  return { ...row, completed_prompts, failed_prompts }
}

/** Removes the journals of a batch that is removed, so that their bytes are gone as well. */
export async function removeJournals(database: string, batchId: string): Promise<void> {
  for (const path of (await listJournals(database)).get(batchId) ?? []) {
    const descriptor = openSync(path, 'r+')
    try {
      cutTo(descriptor, 0, true)
      unlinkSync(path)
    } finally {
      closeSync(descriptor)
    }
  }
}
