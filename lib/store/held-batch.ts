import type { HeldBatch, NewBatch } from '../port/batch-store.js'
import { type BatchLease, beginRun, putBackLease } from './batches/batch-lease.js'
import { dropLease, type HolderAliveOptions, keepLease } from './batches/holder-alive.js'
import { leaseWatch } from './batches/lease-watch.js'
import { refreshCounts } from './batches/recorded-counts.js'
import { type BatchRunRow, storedBatch } from './batches/stored-batch-row.js'
import type { Database } from './database/database.js'
import type { EntryWriter } from './journal/entry-writer.js'
import { journalInvalid } from './journal/journal-invalid.js'
import { listJournals } from './journal/journal-path.js'
import { replayJournals } from './journal/replay-journals.js'
import { type StoredRunOptions, storedRun } from './stored-run.js'

export interface HeldBatchOptions
  extends HolderAliveOptions,
    Pick<StoredRunOptions, 'table' | 'log'> {
  readonly database: Database
  readonly writer: EntryWriter
  readonly batch: NewBatch
  readonly lease: BatchLease
  /** Takes a function that closes the run's files and timers if the run does not end. */
  readonly onHold: (leave: () => void) => void
}

/**
 * A batch whose lease was just taken, with what its killed runs left in journals written to the
 * database.
 *
 * @throws {BatchError} JOURNAL_INVALID; the lease is given back then.
 */
export async function heldBatch(options: HeldBatchOptions): Promise<HeldBatch> {
  const { database, writer, batch, lease: taken, table, log, onHold, ...alive } = options
  const { id, lease } = taken
  const { clock } = alive
  keepLease(lease)
  const watch = leaseWatch({ check: () => writer.checkLease({ batchId: id, lease }), clock })
  onHold(watch.end)
  let isUsed = false
  const row = await takeIn().catch(async error => {
    await withdraw().catch(() => undefined)
    throw error
  })

  return {
    id,
    before: taken.isNew ? undefined : storedBatch(row, { ...alive, takeOver: true }),
    async start(scope) {
      use()
      try {
        const run = await beginRun(database, taken)
        const onEnd = letGo
        const onLost = watch.doubt
        const own = { database, writer, batch, row, lease, run, table, scope }
        const parts = { ...own, clock, log, onEnd, onLost }
        const { leave, ...started } = storedRun(parts)
        onHold(leave)
        return started
      } catch (error) {
        // Nothing was begun, so that the batch is as it was. Who has the lease since, keeps it.
        await putBack().catch(() => undefined)
        throw error
      }
    },
    confirm: watch.confirm,
    withdraw,
  }

  async function takeIn(): Promise<BatchRunRow> {
    if (taken.isNew) {
      const [path] = (await listJournals(database.file)).get(id) ?? []
      if (path !== undefined) throw journalInvalid(path, 'it is of a batch of another database')
      return taken.row
    }
    const replayed = await replayJournals({
      database: database.file,
      batch: taken.row,
      lease,
      writer,
    })
    const isCounted = replayed === 0 && taken.row.status !== 'running'
    return isCounted ? taken.row : refreshCounts(database, taken.row, lease)
  }

  async function withdraw(): Promise<void> {
    use()
    await putBack()
  }

  async function putBack(): Promise<void> {
    try {
      await putBackLease(database, taken)
    } finally {
      letGo()
    }
  }

  function letGo(): void {
    watch.end()
    dropLease(lease)
  }

  function use(): void {
    if (isUsed) throw new RangeError(`batch ${id} was started or withdrawn already`)
    isUsed = true
  }
}
