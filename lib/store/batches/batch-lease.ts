import { hostname } from 'node:os'
import { type BatchError, runError } from '../../error/batch-error.js'
import type { NewBatch, TakeOverOptions } from '../../port/batch-store.js'
import type { Database } from '../database/database.js'
import { logDate } from '../database/log-date.js'
import { batchLost } from './batch-lost.js'
import type { HolderAliveOptions } from './holder-alive.js'
import { checkOutputIdle } from './output-writers.js'
import { type BatchRunRow, isHeld, selectBatchRun } from './stored-batch-row.js'
import { usageColumns } from './usage-columns.js'

/**
 * A batch that this process holds: while the lease is in the database, no other process may write
 * to the batch.
 */
export interface BatchLease {
  readonly id: string
  /** A name that no other lease has. */
  readonly lease: string
  /** The batch's row before the lease; for a new batch, its row now. */
  readonly row: BatchRunRow
  readonly isNew: boolean
}

export interface TakeLeaseOptions extends HolderAliveOptions, TakeOverOptions {
  readonly lease: string
}

const insertBatch = `
  INSERT OR IGNORE INTO batch_runs (
    id, created_at, input_file, output_file, model, completed_prompts, failed_prompts, status,
    config, skipped_prompts, ${usageColumns}, run, updated_at, host, process_id, lease)
  VALUES (?1, ?6, ?2, ?3, ?4, 0, 0, 'running', ?5, 0, ${usageColumns.map(() => 0)}, 0, ?6, ?7, ?8, ?9)`
const deleteBatch = 'DELETE FROM batch_runs WHERE id = ? AND lease = ?'
const leaseColumns = [
  'status',
  'updated_at',
  'host',
  'process_id',
  'lease',
  'stop_requested',
  'rate',
  'hold_up',
  'input_file',
  'output_file',
  'model',
  'config',
] as const
const takeLeaseSql = `
  UPDATE batch_runs SET (${leaseColumns}) = ('running', ?2, ?3, ?4, ?5, NULL, NULL, NULL, ?6, ?7, ?8, ?9)
  WHERE id = ?1`
const putLeaseBack = `
  UPDATE batch_runs SET (${leaseColumns}) = (${leaseColumns.map(() => '?')})
  WHERE id = ? AND lease = ?`
const startRun = `
  UPDATE batch_runs SET run = run + 1
  WHERE id = ?1 AND lease = ?2 RETURNING run`

/**
 * Records a new batch, before its first run.
 *
 * @throws {BatchError} BATCH_ID_TAKEN; BATCH_RUNNING while another batch writes to the same output.
 */
export function takeNewBatch(
  database: Database,
  batch: NewBatch,
  options: TakeLeaseOptions,
): Promise<BatchLease> {
  const { id, inputFile, outputFile, model } = batch
  const config = JSON.stringify(batch.config)
  const { clock, processId, lease } = options
  return database.transaction(async statements => {
    const now = logDate(clock.nowMs())
    const cells = [id, inputFile, outputFile ?? null, model, config, now]
    const holder = [hostname(), processId ?? null, lease]
    const created = await statements.run(insertBatch, [...cells, ...holder])
    if (created === 0) throw batchIdTaken(id)
    await checkOutputIdle(statements, batch, options)
    const [row] = await statements.all<BatchRunRow>(selectBatchRun, [id])
    if (row === undefined) throw batchUnknown(id)
    return { id, lease, row, isNew: true }
  })
}

/**
 * Takes the lease of a recorded batch, in one transaction, so that only one of two processes gets
 * it. The same transaction records what the run will do: after a kill, the next process finds the
 * files beside the output, and no other batch starts to write there.
 *
 * @throws {BatchError} BATCH_UNKNOWN; BATCH_RUNNING while a living process holds the batch (unless
 * `takeOver` is set), or another batch writes to the same output.
 */
export function takeLease(
  database: Database,
  batch: NewBatch,
  options: TakeLeaseOptions,
): Promise<BatchLease> {
  const { id, inputFile, outputFile, model } = batch
  const config = JSON.stringify(batch.config)
  const { clock, processId, lease } = options
  return database.transaction(async statements => {
    const [row] = await statements.all<BatchRunRow>(selectBatchRun, [id])
    if (row === undefined) throw batchUnknown(id)
    if (isHeld(row, options)) throw batchRunning(row)
    const now = logDate(clock.nowMs())
    await checkOutputIdle(statements, batch, options)
    const holder = [hostname(), processId ?? null, lease]
    const cells = [inputFile, outputFile ?? null, model, config]
    await statements.run(takeLeaseSql, [id, now, ...holder, ...cells])
    return { id, lease, row, isNew: false }
  })
}

/** Leaves the batch as it was before the lease. A new batch is removed. */
export async function putBackLease(
  database: Database,
  { id, lease, row, isNew }: BatchLease,
): Promise<void> {
  if (isNew) await database.run(deleteBatch, [id, lease])
  else await database.run(putLeaseBack, [...leaseColumns.map(column => row[column]), id, lease])
}

/**
 * Starts a run of a held batch.
 *
 * @returns the run's number, from 1; no other run of the batch has it.
 * @throws {BatchError} BATCH_LOST.
 */
export function beginRun(
  database: Database,
  { id, lease }: Pick<BatchLease, 'id' | 'lease'>,
): Promise<number> {
  return database.transaction(async statements => {
    const [begun] = await statements.all<{ run: number }>(startRun, [id, lease])
    if (begun === undefined) throw batchLost(id)
    return begun.run
  })
}

export function batchRunning({ id, host, process_id }: BatchRunRow): BatchError {
  const holder = process_id === null ? 'another process' : `process ${process_id}`
  return runError(
    'BATCH_RUNNING',
    `Batch ${id} is running: ${holder} on ${host} holds it.`,
    `Watch it with \`llm batch status ${id}\`, or end it with \`llm batch cancel ${id}\`. If you know that its process is gone, add --take-over to --resume or to \`llm batch cancel\`.`,
  )
}

function batchIdTaken(id: string): BatchError {
  return runError(
    'BATCH_ID_TAKEN',
    `A batch with the id ${id} is already recorded.`,
    'Choose another id, or resume that batch with --resume.',
  )
}

function batchUnknown(id: string): BatchError {
  return runError(
    'BATCH_UNKNOWN',
    `No batch with the id ${id} is recorded.`,
    'See all batches with `llm batch list`.',
  )
}
