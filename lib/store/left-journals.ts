import { closeSync, openSync, unlinkSync } from 'node:fs'
import { BatchError } from '../error/batch-error.js'
import type { HolderAliveOptions } from './batches/holder-alive.js'
import { refreshCounts, withRecordedCounts } from './batches/recorded-counts.js'
import { type BatchRunRow, selectBatchRun } from './batches/stored-batch-row.js'
import { plusUsage, type UsageColumns, usageOfRow } from './batches/usage-columns.js'
import type { Database } from './database/database.js'
import { entriesJson } from './journal/entry-chunk.js'
import { type RowCells, rowCellsOf } from './journal/entry-columns.js'
import { entryWriter } from './journal/entry-writer.js'
import { cutTo } from './journal/journal-file.js'
import {
  type JournalledBatch,
  type LeftJournal,
  lastSpends,
  readJournals,
  replayJournals,
} from './journal/replay-journals.js'

export interface LeftJournalsOptions extends HolderAliveOptions {
  /** For reading. */
  readonly database: Database
  /**
   * Opens the same file for writing, runs `body`, and closes it. Waits at most `patienceMs` for a
   * lock.
   */
  readonly withWritable: <T>(
    act: (database: Database) => Promise<T>,
    patienceMs: number,
  ) => Promise<T>
}

/** A command that only looks does not wait long for a lock. */
const lookPatienceMs = 2000

const markEnded = `
  UPDATE batch_runs SET status = ? WHERE id = ? AND lease IS ? AND status = 'running'`

/**
 * Counts the recorded rows of a batch that nobody holds. First the journals of its killed runs are
 * written to the database. If that is not possible, the rows in the journals are counted.
 *
 * @returns the batch with these counts, or unchanged if it ended and left no journal.
 * @throws {BatchError} JOURNAL_INVALID.
 */
export async function countLeft(
  found: BatchRunRow,
  options: LeftJournalsOptions,
): Promise<BatchRunRow> {
  const { database } = options
  const left = await readJournals(database.file, found)
  const isLeft = left.length > 0
  const row = withEnd(found, left)
  if (isLeft) {
    try {
      return await takeIn(row, options)
    } catch (error) {
      const code = BatchError.isInstance(error) ? error.code : undefined
      // Another process has just resumed the batch, and records its own counts.
      if (code === 'BATCH_RUNNING' || code === 'BATCH_LOST') return reread(row, database)
      if (code !== 'DATABASE_UNUSABLE') throw error
    }
  }
  if (!isLeft && row.status !== 'running') return row
  return withJournalled(await withRecordedCounts(database, row), database)
}

/** The batch with the end of its last run, if only the journal has that end. */
function withEnd(row: BatchRunRow, left: readonly LeftJournal[]): BatchRunRow {
  if (row.status !== 'running') return row
  const last = left.find(({ journal }) => journal?.end && journal.header.lease === row.lease)
  return { ...row, status: last?.journal?.end ?? row.status }
}

async function reread(row: BatchRunRow, database: Database): Promise<BatchRunRow> {
  const [now] = await database.all<BatchRunRow>(selectBatchRun, [row.id])
  return now ?? row
}

/**
 * Uses the batch's own lease: a process that takes the batch meanwhile replays the journals itself.
 */
function takeIn(
  row: BatchRunRow,
  { withWritable, database, clock }: LeftJournalsOptions,
): Promise<BatchRunRow> {
  return withWritable(async writable => {
    const { lease } = row
    const writer = entryWriter(writable, clock)
    // Before the journal with the end is removed.
    await writable.run(markEnded, [row.status, row.id, lease])
    await replayJournals({ database: database.file, batch: row, lease, writer })
    return refreshCounts(writable, row, lease)
  }, lookPatienceMs)
}

interface KnownRow {
  readonly row_index: number
  readonly run: number
  readonly status: string
}

/** Adds outcomes that are only in journals: those that the database lacks. */
async function withJournalled(row: BatchRunRow, database: Database): Promise<BatchRunRow> {
  const left = new Map<number, RowCells>()
  const journals = await readJournals(database.file, row)
  for (const { journal } of journals) {
    // A late answer of an earlier run has no place in the batch.
    if (journal === undefined || journal.header.run < row.run) continue
    for (const chunk of journal.chunks) {
      for (const cells of JSON.parse(entriesJson([chunk]).toString()) as readonly unknown[][]) {
        const entry = rowCellsOf(cells)
        left.set(entry.row_index, entry)
      }
    }
  }
  if (left.size === 0) return withLastSpend(row, journals)
  const known = await database.all<KnownRow>(
    `SELECT row_index, run, status FROM batch_rows
     WHERE batch_id = ? AND row_index IN (SELECT value FROM json_each(?)) ORDER BY run`,
    [row.id, JSON.stringify([...left.keys()])],
  )
  const latest = new Map(known.map(one => [one.row_index, one]))
  let { completed_prompts, failed_prompts, deduped_prompts, cached_prompts } = row
  let usage: UsageColumns = row
  for (const [index, entry] of left) {
    const before = latest.get(index)
    if (before !== undefined && before.run >= row.run) continue
    if (before?.status === 'failed') failed_prompts -= 1
    else if (before?.status === 'answered') completed_prompts -= 1
    if (entry.status === 'failed') failed_prompts += 1
    else completed_prompts += 1
    if (entry.status === 'answered' && entry.reuse === 'equal') deduped_prompts += 1
    if (entry.status === 'answered' && entry.reuse === 'cached') cached_prompts += 1
    usage = plusUsage(usage, usageOfRow(entry))
  }
  const rows = { completed_prompts, failed_prompts, deduped_prompts, cached_prompts }
  return withLastSpend({ ...row, ...usage, ...rows }, journals)
}

function withLastSpend(row: BatchRunRow, journals: readonly LeftJournal[]): BatchRunRow {
  const spend = lastSpends(journals).get(row.run)
  if (spend === undefined) return row
  const cost_usd = Math.max(row.cost_usd ?? 0, spend.settledUsd)
  return { ...row, cost_usd, unsettled_usd: spend.unsettledUsd }
}

/** Removes the journals of a removed batch. */
export async function removeJournals(database: string, batch: JournalledBatch): Promise<void> {
  for (const { path } of await readJournals(database, batch)) {
    const descriptor = openSync(path, 'r+')
    try {
      cutTo(descriptor, 0, true)
      unlinkSync(path)
    } finally {
      closeSync(descriptor)
    }
  }
}
