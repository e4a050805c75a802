import { closeSync, fstatSync, rmSync, statSync } from 'node:fs'
import { BatchError } from '../../error/batch-error.js'
import type { BatchStatus } from '../../port/stored-batch.js'
import { groupsOf } from './entry-chunk.js'
import type { EntryWriter } from './entry-writer.js'
import { cutTo } from './journal-file.js'
import { journalInvalid } from './journal-invalid.js'
import { listJournals } from './journal-path.js'
import { type ReadJournal, readJournal } from './read-journal.js'
import { openIfThere } from './read-lines.js'

/** A batch of whose runs journals may be left. */
export interface JournalledBatch {
  readonly id: string
  readonly created_at: string
}

/**
 * Reads what killed runs of a batch left beside the database, the oldest first.
 *
 * @throws {BatchError} JOURNAL_INVALID, also for a journal of a batch that has the same id in another database.
 */
export async function readJournals(
  database: string,
  { id, created_at }: JournalledBatch,
): Promise<readonly LeftJournal[]> {
  const journals: LeftJournal[] = []
  for (const path of (await listJournals(database)).get(id) ?? []) {
    const left = await readIfThere(path)
    // Another process has taken it in since it was listed.
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

/** A journal as it was when it was read; without its content where not even its header is whole. */
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
  /** That the batch has: of this process, or, for one that only looks, of the process that is gone. */
  readonly lease: string | null
  readonly writer: EntryWriter
}

/**
 * Writes to the database what killed runs of a batch left in their journals, and removes these. A batch that is
 * completed keeps no answer that is not logged: such a journal is only removed.
 *
 * @returns how many journals there were.
 * @throws {BatchError} JOURNAL_INVALID, before anything is written; BATCH_LOST.
 */
export async function replayJournals(options: ReplayJournalsOptions): Promise<number> {
  const { database, batch, lease, writer } = options
  let count = 0
  for (;;) {
    const left = await readJournals(database, batch)
    if (left.length === 0) return count
    for (const one of left) {
      const { journal } = one
      if (journal !== undefined && isKept(journal)) await writeAll(journal)
      await writer.checkLease({ batchId: batch.id, lease })
      // One that has grown since is of a process that is not dead: it is read once more.
      if (removeJournal(one)) count += 1
    }
  }

  function isKept({ header }: ReadJournal): boolean {
    return header.log || batch.status !== 'completed'
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

/** @returns whether it is gone; another process may have taken it in, and removed it, at the same time. */
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
