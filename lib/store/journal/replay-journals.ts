import { closeSync, fstatSync, rmSync, statSync } from 'node:fs'
import { BatchError } from '../../error/batch-error.js'
import type { Spend } from '../../port/batch-store.js'
import type { BatchStatus } from '../../port/stored-batch.js'
import { groupsOf } from './entry-chunk.js'
import type { EntryWriter } from './entry-writer.js'
import { cutTo } from './journal-file.js'
import { journalInvalid } from './journal-invalid.js'
import { listJournals } from './journal-path.js'
import { type ReadJournal, readJournal } from './read-journal.js'
import { openIfThere } from './read-lines.js'

/** A batch that may have journals of killed runs. */
export interface JournalledBatch {
  readonly id: string
  readonly created_at: string
}

/**
 * Reads the journals of a batch's killed runs, the oldest first.
 *
 * @throws {BatchError} JOURNAL_INVALID, also for a journal of a batch with the same id in another
 * database.
 */
export async function readJournals(
  database: string,
  { id, created_at }: JournalledBatch,
): Promise<readonly LeftJournal[]> {
  const journals: LeftJournal[] = []
  for (const path of (await listJournals(database)).get(id) ?? []) {
    const left = await readIfThere(path)
    // Another process has replayed the journal since it was listed.
    if (left === undefined) continue
    const { journal } = left
    const isOfBatch = journal === undefined || journal.header.created_at === created_at
    if (!isOfBatch || (journal?.header.batch ?? id) !== id) {
      throw journalInvalid(path, 'it is of a batch of another database')
    }
    journals.push(left)
  }
  return journals.sort((a, b) => a.changedMs - b.changedMs)
}

async function readIfThere(path: string): Promise<LeftJournal | undefined> {
  try {
    const { mtimeMs: changedMs, size: bytes } = statSync(path)
    return { path, journal: await readJournal(path), changedMs, bytes }
  } catch (error) {
    if (BatchError.isInstance(error)) throw error
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return undefined
    throw journalInvalid(path, message)
  }
}

/** A journal as it was when it was read; without content if its header is torn. */
export interface LeftJournal {
  readonly path: string
  readonly journal: ReadJournal | undefined
  readonly changedMs: number
  readonly bytes: number
}

export interface ReplayJournalsOptions {
  /** Path of the database. */
  readonly database: string
  readonly batch: JournalledBatch & { readonly status: BatchStatus }
  /** The batch's lease: of this process, or of the dead process if this one only looks. */
  readonly lease: string | null
  readonly writer: EntryWriter
}

/**
 * Writes the journals of a batch's killed runs to the database, and removes the files. A completed
 * batch keeps no answers without logging: then the journal is only removed.
 *
 * @returns the number of journals.
 * @throws {BatchError} JOURNAL_INVALID, before anything is written; BATCH_LOST.
 */
export async function replayJournals(options: ReplayJournalsOptions): Promise<number> {
  const { database, batch, lease, writer } = options
  let count = 0
  for (;;) {
    const left = await readJournals(database, batch)
    if (left.length === 0) return count
    await writeSpend(left)
    for (const one of left) {
      const { journal } = one
      if (journal !== undefined && isKept(journal)) await writeAll(journal)
      await writer.checkLease({ batchId: batch.id, lease })
      // A journal that has grown since belongs to a living process, and is read again.
      if (removeJournal(one)) count += 1
    }
  }

  function isKept({ header }: ReadJournal): boolean {
    return header.log || batch.status !== 'completed'
  }

  /** Before a journal is removed: two journals of a run have the spends of different moments. */
  async function writeSpend(left: readonly LeftJournal[]): Promise<void> {
    for (const [run, spend] of lastSpends(left)) {
      await writer.writeSpend({ batchId: batch.id, run, lease }, spend)
    }
  }

  async function writeAll({ header, chunks, shared }: ReadJournal): Promise<void> {
    const run = {
      batchId: batch.id,
      run: header.run,
      model: header.model,
      isLogged: header.log,
      lease,
    }
    for (const group of groupsOf(chunks)) await writer.write(run, { chunks: group, shared })
  }
}

/**
 * The last spend of each run. While a run goes on, what is settled grows; and what is unsettled
 * shrinks only when something is settled.
 */
export function lastSpends(left: readonly LeftJournal[]): ReadonlyMap<number, Spend> {
  const last = new Map<number, Spend>()
  for (const { journal } of left) {
    if (journal?.spend === undefined) continue
    const { run } = journal.header
    const known = last.get(run)
    if (known === undefined || isLater(journal.spend, known)) last.set(run, journal.spend)
  }
  return last
}

function isLater(one: Spend, other: Spend): boolean {
  const settledUsd = one.settledUsd - other.settledUsd
  return settledUsd > 0 || (settledUsd === 0 && one.unsettledUsd > other.unsettledUsd)
}

/**
 * @returns whether the file is gone. Another process may have replayed and removed it at the same
 * time.
 */
function removeJournal({ path, journal, bytes }: LeftJournal): boolean {
  const descriptor = openIfThere(path, 'r+')
  if (descriptor === undefined) return true
  try {
    if (fstatSync(descriptor).size !== bytes) return false
    if (journal?.header.log === false) cutTo(descriptor, 0, true)
    rmSync(path, { force: true })
    return true
  } finally {
    closeSync(descriptor)
  }
}
