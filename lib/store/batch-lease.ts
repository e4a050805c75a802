import { hostname } from 'node:os'
import { BatchError } from '../error/batch-error.js'
import type { BatchRun } from '../port/batch-store.js'
import type { Database, Statements } from '../port/database.js'
import type { StoredBatch } from '../port/stored-batch.js'
import type { HolderAliveOptions } from './holder-alive.js'
import { logDate } from './log-date.js'
import { outputIdentity } from './output-identity.js'
import { withRecordedCounts } from './recorded-counts.js'
import { type BatchRunRow, isHeld, selectBatchRuns, storedBatch } from './stored-batch-row.js'

/** A batch that this store runs. */
export interface HeldRun {
  readonly id: string
  readonly inputFile: string
  readonly model: string
  /** Which run of the batch it is, from 1. */
  readonly run: number
  /** A name that no other run has: while it stands in the file, the batch is ours. */
  readonly lease: string
  /** What the runs before recorded. */
  readonly earlier: RowCounts
  /** What the file said of the batch before it was resumed; absent for one that was begun here. */
  readonly before?: BatchRunRow
}

type RowCounts = Pick<
  BatchRunRow,
  'completed_prompts' | 'failed_prompts' | 'total_prompts' | 'input_tokens' | 'output_tokens'
>

const nothingYet: RowCounts = {
  completed_prompts: 0,
  failed_prompts: 0,
  total_prompts: null,
  input_tokens: 0,
  output_tokens: 0,
}

export interface TakeLeaseOptions extends HolderAliveOptions {
  readonly lease: string
}

const insertRun = `
  INSERT OR IGNORE INTO batch_runs (
    id, created_at, input_file, output_file, model, completed_prompts, failed_prompts, status,
    config, skipped_prompts, input_tokens, output_tokens, run, updated_at, host, process_id, lease)
  VALUES (?1, ?6, ?2, ?3, ?4, 0, 0, 'running', ?5, 0, 0, 0, 1, ?6, ?7, ?8, ?9)`
const selectWriters = `
  ${selectBatchRuns} WHERE output_file IS NOT NULL AND id <> ?1 AND status = 'running'`
const selectWithOutput = `${selectBatchRuns} WHERE output_file IS NOT NULL`
const takeOver = `
  UPDATE batch_runs SET input_file = ?2, output_file = ?3, model = ?4, config = ?5,
    status = 'running', run = run + 1, updated_at = ?6, host = ?7, process_id = ?8, lease = ?9,
    rate = NULL, hold_up = NULL, stop_requested = NULL
  WHERE id = ?1`

const deleteRun = 'DELETE FROM batch_runs WHERE id = ?1 AND lease = ?2'
/** All of a batch that a run writes, so that it can be put back. */
const columnsOfRun = [
  'input_file',
  'output_file',
  'model',
  'config',
  'status',
  'run',
  'updated_at',
  'host',
  'process_id',
  'lease',
  'stop_requested',
  'rate',
  'hold_up',
  'total_prompts',
  'completed_prompts',
  'failed_prompts',
  'skipped_prompts',
  'input_tokens',
  'output_tokens',
] as const
const putBack = `
  UPDATE batch_runs SET (${columnsOfRun}) = (${columnsOfRun.map(() => '?')})
  WHERE id = ? AND lease = ?`

/** @throws {BatchError} BATCH_ID_TAKEN; BATCH_RUNNING while another batch writes to the same output. */
export async function beginBatch(
  database: Database,
  run: BatchRun,
  options: TakeLeaseOptions,
): Promise<HeldRun> {
  await database.transaction(async statements => {
    const created = await statements.run(insertRun, runCells(run, options))
    if (created === 0) throw batchIdTaken(run.id)
    await checkOutputIdle(statements, run, options)
  })
  const { lease } = options
  const { id, inputFile, model } = run
  return { id, inputFile, model, run: 1, lease, earlier: nothingYet }
}

/**
 * Takes the lease of a batch that was begun before: looked at and taken in one transaction, so that of two
 * processes one gets it.
 *
 * @returns the batch as it was before, and the run that it is now.
 * @throws {BatchError} BATCH_UNKNOWN; BATCH_RUNNING while a living process holds it, or its output.
 */
export function resumeBatch(
  database: Database,
  run: BatchRun,
  options: TakeLeaseOptions,
): Promise<{ readonly before: StoredBatch; readonly held: HeldRun }> {
  return database.transaction(async statements => {
    const [known] = await statements.all<BatchRunRow>(`${selectBatchRuns} WHERE id = ?`, [run.id])
    if (known === undefined) throw batchUnknown(run.id)
    if (isHeld(known, options)) throw batchRunning(known)
    const row = await withRecordedCounts(statements, known)
    await checkOutputIdle(statements, run, options)
    await statements.run(takeOver, runCells(run, options))
    const held = {
      id: run.id,
      inputFile: run.inputFile,
      model: run.model,
      run: row.run + 1,
      lease: options.lease,
      earlier: row,
      before: known,
    }
    return { before: storedBatch(row, options), held }
  })
}

/** Leaves the file as if a run had never been, of which nothing is recorded. */
export async function withdrawBatch(database: Database, held: HeldRun): Promise<void> {
  const { id, lease, before } = held
  if (before === undefined) await database.run(deleteRun, [id, lease])
  else await database.run(putBack, [...columnsOfRun.map(column => before[column]), id, lease])
}

/** Batches that have written to an output, by whatever name, and are not running. */
export async function idleWriters(
  database: Database,
  outputFile: string,
  options: HolderAliveOptions,
): Promise<readonly StoredBatch[]> {
  const rows = await database.all<BatchRunRow>(selectWithOutput)
  const identity = await outputIdentity(outputFile)
  const idle: StoredBatch[] = []
  for await (const row of writersTo(outputFile, identity, rows)) {
    if (!isHeld(row, options)) idle.push(storedBatch(row, options))
  }
  return idle
}

/** Two that write to one file, by whatever names, would mix their rows. */
async function checkOutputIdle(
  statements: Statements,
  { id, outputFile }: BatchRun,
  options: HolderAliveOptions,
): Promise<void> {
  if (outputFile === undefined) return
  const identity = await outputIdentity(outputFile)
  if (identity === undefined) return
  const rows = await statements.all<BatchRunRow>(selectWriters, [id])
  for await (const row of writersTo(outputFile, identity, rows)) {
    if (isHeld(row, options)) throw outputBusy(row)
  }
}

/** Those of the batches that have the output, by this name or another. */
async function* writersTo(
  outputFile: string,
  identity: string | undefined,
  rows: readonly BatchRunRow[],
): AsyncGenerator<BatchRunRow> {
  for (const row of rows) {
    const path = row.output_file
    if (path === outputFile) yield row
    else if (path !== null && identity !== undefined && (await outputIdentity(path)) === identity)
      yield row
  }
}

function outputBusy({ id, output_file }: BatchRunRow): BatchError {
  return new BatchError(`Batch ${id} is running and writes to ${output_file}.`, {
    code: 'BATCH_RUNNING',
    reach: 'run',
    remedy: `Name another file with --output, or end it with \`llm batch cancel ${id}\`.`,
  })
}

export function batchRunning({ id, host, process_id }: BatchRunRow): BatchError {
  const holder = process_id === null ? 'another process' : `process ${process_id}`
  return new BatchError(`Batch ${id} is running: ${holder} on ${host} holds it.`, {
    code: 'BATCH_RUNNING',
    reach: 'run',
    remedy: `Watch it with \`llm batch status ${id}\`, or end it with \`llm batch cancel ${id}\`.`,
  })
}

function runCells(run: BatchRun, { clock, processId, lease }: TakeLeaseOptions) {
  const { id, inputFile, outputFile, model, config } = run
  const now = logDate(clock.nowMs())
  const output = outputFile ?? null
  return [id, inputFile, output, model, config, now, hostname(), processId ?? null, lease]
}

function batchIdTaken(id: string): BatchError {
  return new BatchError(`A batch with the id ${id} is recorded already.`, {
    code: 'BATCH_ID_TAKEN',
    reach: 'run',
    remedy: 'Choose another id, or go on with that batch with --resume.',
  })
}

function batchUnknown(id: string): BatchError {
  return new BatchError(`No batch with the id ${id} is recorded.`, {
    code: 'BATCH_UNKNOWN',
    reach: 'run',
    remedy: 'See the batches there are with `llm batch list`.',
  })
}
