import { type BatchError, runError } from '../../error/batch-error.js'
import type { NewBatch } from '../../port/batch-store.js'
import type { StoredBatch } from '../../port/stored-batch.js'
import type { Database, Statements } from '../database/database.js'
import type { HolderAliveOptions } from './holder-alive.js'
import { outputIdentity } from './output-identity.js'
import { type BatchRunRow, isHeld, selectBatchRuns, storedBatch } from './stored-batch-row.js'

const selectWithOutput = `${selectBatchRuns} WHERE output_file IS NOT NULL`
const selectWriters = `${selectWithOutput} AND id <> ?1 AND status = 'running'`

/** Batches that wrote to an output, under any name, and are not running. */
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

/**
 * Two batches that write to one file would mix their rows.
 *
 * @throws {BatchError} BATCH_RUNNING while another batch writes to the output.
 */
export async function checkOutputIdle(
  statements: Statements,
  { id, outputFile }: NewBatch,
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

/** The batches whose output is the same file, under any name. */
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
  return runError(
    'BATCH_RUNNING',
    `Batch ${id} is running and writes to ${output_file}.`,
    `Name another file with --output, or end it with \`llm batch cancel ${id}\`.`,
  )
}
