import { randomBytes } from 'node:crypto'
import type { BatchStore, HeldBatch, NewBatch } from '../port/batch-store.js'
import { type BatchLease, takeLease, takeNewBatch } from './batches/batch-lease.js'
import { type HolderAliveOptions, leaseNamed } from './batches/holder-alive.js'
import { migrateBatchTables } from './batches/migrate-batch-tables.js'
import { idleWriters } from './batches/output-writers.js'
import type { Database } from './database/database.js'
import { type OpenDatabaseOptions, openDatabase } from './database/open-database.js'
import { heldBatch } from './held-batch.js'
import { entryWriter } from './journal/entry-writer.js'
import type { LogParts } from './journal/journal-entries.js'
import { loadMessageHash } from './llm-log/message-hash.js'
import { monotonicIds } from './llm-log/monotonic-id.js'

export interface OpenBatchStoreOptions
  extends Omit<OpenDatabaseOptions, 'isReadOnly'>,
    HolderAliveOptions {
  /**
   * Whether answers go to llm's log too. If not, llm's tables are not touched, and answers are kept
   * only until their batch completes.
   */
  readonly log: boolean
  /** Random bytes, for ids. */
  readonly randomBytes?: ((count: number) => Uint8Array) | undefined
}

/**
 * Opens the SQLite file of batches, their rows and, unless `log` is false, llm's log. Creates the
 * file if it does not exist. Outcomes go to a journal beside the file first, and a little later to
 * the tables.
 *
 * @throws {BatchError} DATABASE_UNUSABLE or DEPENDENCY_MISSING, as `openDatabase`; then nothing
 * stays open.
 * @example
 *     const store = await openBatchStore({ path: 'logs.db', clock: systemClock })
 *     const batch = { id: 'mine', inputFile: '-', model: 'echo', config: {} }
 *     const held = await store.begin(batch)
 *     const run = await held.start()
 *     const calls = callPath(await getModel('echo'))
 *     const window = createWindow({ rows: 65 })
 *     await pipeline(
 *       readRows('reviews.csv'),
 *       mapPrompts({ render: renderRow('Classify: {review_text}') }),
 *       invokeModel({ calls, window }),
 *       recordOutcomes({ append: run.append, release: calls.release, window }),
 *       writeRows('out.jsonl'),
 *     )
 *     await store.close()
 */
export async function openBatchStore(options: OpenBatchStoreOptions): Promise<BatchStore> {
  const database = await openDatabase(options)
  try {
    await migrateBatchTables(database, options.clock)
    // So that deleted and overwritten rows leave no bytes in the file.
    if (!options.log) await database.all('PRAGMA secure_delete = ON')
    return await batchStore(database, options)
  } catch (error) {
    await database.close()
    throw error
  }
}

async function batchStore(database: Database, options: OpenBatchStoreOptions): Promise<BatchStore> {
  const { clock, randomBytes: chance = randomBytes } = options
  const writer = entryWriter(database, clock)
  const log = options.log ? await openLog() : undefined
  /** Functions that close each run's files and timers. */
  const leaves: (() => void)[] = []
  let heldCount = 0

  return {
    path: database.path,
    async begin(batch) {
      return hold(batch, await takeNewBatch(database, batch, { ...options, lease: newLease() }))
    },
    async resume(batch, { takeOver } = {}) {
      const lease = { ...options, lease: newLease(), takeOver }
      return hold(batch, await takeLease(database, batch, lease))
    },
    idleWriters: outputFile => idleWriters(database, outputFile, options),
    async close() {
      for (const leave of leaves) leave()
      await database.close()
    },
  }

  async function openLog(): Promise<LogParts> {
    const { isMessageStore } = await writer.prepareLog()
    const nextId = monotonicIds({ clock, randomBytes: chance })
    return { hash: await loadMessageHash(), nextId, isMessageStore }
  }

  function newLease(): string {
    return leaseNamed(Buffer.from(chance(12)).toString('hex'), options)
  }

  function hold(batch: NewBatch, lease: BatchLease): Promise<HeldBatch> {
    heldCount += 1
    const table = String(heldCount)
    const { processId, identifyProcess } = options
    const onHold = (leave: () => void) => void leaves.push(leave)
    const alive = { clock, processId, identifyProcess }
    return heldBatch({ ...alive, database, writer, batch, lease, table, log, onHold })
  }
}
