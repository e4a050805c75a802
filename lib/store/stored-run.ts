import { existsSync } from 'node:fs'
import { BatchError } from '../error/batch-error.js'
import type { NewBatch, ReuseScope, StoredRun } from '../port/batch-store.js'
import type { BatchStatus } from '../port/stored-batch.js'
import { batchPulse } from './batches/batch-pulse.js'
import { answerClaims } from './batches/claim-answers.js'
import { endRun } from './batches/end-run.js'
import type { BatchRunRow } from './batches/stored-batch-row.js'
import type { Database } from './database/database.js'
import { databaseLost } from './database/database-trouble.js'
import type { EntryWriter } from './journal/entry-writer.js'
import { type JournalEntriesOptions, journalEntries } from './journal/journal-entries.js'
import { journalFile } from './journal/journal-file.js'
import { journalPath } from './journal/journal-path.js'
import { endLine, headerLine } from './journal/read-journal.js'
import { replayJournals } from './journal/replay-journals.js'
import { writeBehind } from './journal/write-behind.js'
import { answerReuse } from './reuse/answer-reuse.js'

export interface StoredRunOptions extends JournalEntriesOptions {
  readonly database: Database
  readonly writer: EntryWriter
  readonly batch: NewBatch
  /** The batch before this run. */
  readonly row: BatchRunRow
  readonly lease: string
  /** The run's number, from 1. */
  readonly run: number
  /** Unique end of the names of the run's temporary tables. */
  readonly table: string
  /** Absent if every row is asked. */
  readonly scope: ReuseScope | undefined
  /** Called at the end of the run: its lease is not needed any more. */
  readonly onEnd: () => void
  /** Called if another process holds the batch. */
  readonly onLost: () => void
}

/** The batch's present row. */
const selectOwn = 'SELECT 1 FROM batch_runs WHERE id = ? AND created_at IS ?'

/** Milliseconds that a hurried end waits for a locked database. */
const hurriedPatienceMs = 2000

/**
 * Makes a run that records outcomes. `leave` closes its files and keeps them for the next process.
 */
export function storedRun(options: StoredRunOptions): StoredRun & { readonly leave: () => void } {
  const { database, writer, batch, row, lease, run, table, scope } = options
  const { clock, log, onEnd, onLost } = options
  const { id, model } = batch
  const isLogged = log !== undefined
  const recording = { batchId: id, run, model, isLogged, lease }
  const { created_at } = row
  const header = headerLine({ batch: id, run, lease, created_at, model, log: isLogged })
  const pathOf = (half: 'a' | 'b') =>
    journalPath({ database: database.file, batchId: id, run, half })
  const paths = [pathOf('a'), pathOf('b')] as const
  const files = [
    journalFile({ path: paths[0], header }),
    journalFile({ path: paths[1], header }),
  ] as const
  const isSecret = !isLogged
  const journal = writeBehind({
    files,
    async write(group) {
      try {
        await heard(writer.write(recording, group))
        await checkInPlace()
      } catch (error) {
        reuse?.failed(error)
        throw error
      }
      reuse?.written(group.chunks.reduce((sum, { rows }) => sum + rows, 0))
    },
    clock,
    isSecret,
  })
  const entriesOf = journalEntries({ clock, log })
  const claims = answerClaims({ database, batchId: id, run, table: `unclaimed_rows_${table}` })
  const reuse =
    scope &&
    answerReuse({
      ...{ database, batchId: id, scope, table: `own_answers_${table}`, clock },
      journalRoom: () => journal.append([]),
    })
  const pulse = batchPulse(database, { id, lease, row }, clock)
  let isEnded = false

  return {
    append(outcomes, spend) {
      checkGoing()
      const room = journal.append(entriesOf(outcomes), spend)
      reuse?.appended(outcomes)
      return room
    },
    secure(spend) {
      checkGoing()
      journal.secure(spend)
    },
    async recall(prompts) {
      checkGoing()
      return run === 1 ? prompts.map(() => undefined) : claims.claim(prompts)
    },
    async reuse(prompts) {
      checkGoing()
      return reuse === undefined ? prompts.map(() => undefined) : reuse.reuse(prompts)
    },
    async pulse(said) {
      checkGoing()
      const request = await heard(pulse(said))
      // A run that ends before its first pulse does this at its end.
      await database.writeBack()
      await checkInPlace()
      return request
    },
    async end(end) {
      checkGoing()
      isEnded = true
      if (end.isHurried) database.hurry(hurriedPatienceMs)
      try {
        await journal.flush()
        const { spend } = end.pulse
        if (spend !== undefined) await heard(writer.writeSpend(recording, spend))
        await checkInPlace()
        for (const file of files) file.remove({ isSecret })
        // A process that lost the batch to this one may have appended late entries.
        const running = { ...row, status: 'running' } as const
        await replayJournals({ database: database.file, batch: running, lease, writer })
        const isForgetting = end.status === 'completed' && !isLogged
        await endRun(database, { run: { id, lease, row }, end, claims, isForgetting, clock })
      } catch (error) {
        if (isUnusable(error) && end.status !== 'completed') leaveEnd(end.status)
        throw error
      } finally {
        leave()
      }
    },
    leave,
  }

  /** So that the batch does not look as if its process was killed. */
  function leaveEnd(status: BatchStatus): void {
    try {
      files[0].append([Buffer.from(endLine(status))])
    } catch {
      // If the journal cannot be written either, the batch counts as failed.
    }
  }

  /** Appended entries stay in the journal. The journal may have been removed too. */
  async function checkInPlace(): Promise<void> {
    if (await database.isInPlace({ sql: selectOwn, parameters: [id, created_at] })) return
    journal.keep()
    const kept = paths.filter(existsSync)
    // Calls in flight may be answered after this: their answers begin the first journal.
    throw databaseLost(database.path, kept.length > 0 ? kept : [paths[0]])
  }

  /** A file that somebody overwrote may seem damaged, or may have another batch. */
  function heard<T>(work: Promise<T>): Promise<T> {
    return work.catch(async error => {
      await checkInPlace()
      if (BatchError.isInstance(error) && error.code === 'BATCH_LOST') onLost()
      throw error
    })
  }

  function leave(): void {
    isEnded = true
    journal.stop()
    for (const file of files) file.close()
    onEnd()
  }

  function checkGoing(): void {
    if (isEnded) throw new RangeError(`run ${run} of batch ${id} has ended`)
  }
}

function isUnusable(error: unknown): boolean {
  return BatchError.isInstance(error) && error.code === 'DATABASE_UNUSABLE'
}
