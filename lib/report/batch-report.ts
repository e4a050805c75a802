import { costCapText, leastWaitMs } from '../call/bottleneck.js'
import type { StoredErrorCount } from '../port/batch-archive.js'
import type { StoredBatch } from '../port/stored-batch.js'
import { proposeMaxCost } from './propose-max-cost.js'
import { resumeCommand } from './resume-command.js'

/** What another terminal can know of a batch. */
export interface BatchReport {
  readonly batch: StoredBatch
  /** Milliseconds since the batch started, until now or until its last sign of life. */
  readonly durationMs: number
  /**
   * Milliseconds left at the rate of the last minute, and at least as long as the present wait.
   * Absent if unknown.
   */
  readonly leftMs: number | undefined
  readonly errors: readonly StoredErrorCount[]
  /** Absent if there is nothing to resume. */
  readonly resumeCommand: string | undefined
}

export interface BatchReportOptions {
  readonly batch: StoredBatch
  readonly errors: readonly StoredErrorCount[]
  readonly nowMs: number
  /** Path that `--database` named; absent for llm's own database. */
  readonly database?: string | undefined
  readonly workingDirectory: string
  /** The name that the program was called by; `llm` if absent. */
  readonly program?: string | undefined
}

export function batchReport(options: BatchReportOptions): BatchReport {
  const { batch, errors, nowMs } = options
  return {
    batch,
    durationMs: durationMs(batch, nowMs),
    leftMs: leftMs(batch),
    errors,
    resumeCommand: commandToGoOn(options),
  }
}

/** Rows whose outcome is known. */
export function endedRows({ completedPrompts, failedPrompts }: StoredBatch): number {
  return completedPrompts + failedPrompts
}

/**
 * Milliseconds from the batch's start until its last sign of life, pauses between runs included.
 */
export function durationMs(batch: StoredBatch, nowMs: number): number {
  const endMs = batch.status === 'running' ? nowMs : batch.updatedAtMs
  return Math.max(0, endMs - batch.createdAtMs)
}

function leftMs(batch: StoredBatch): number | undefined {
  const { status, totalPrompts, ratePerMinute, bottleneck } = batch
  if (status !== 'running' || totalPrompts === undefined || !ratePerMinute) return undefined
  const rowsLeft = Math.max(0, totalPrompts - endedRows(batch))
  return rowsLeft === 0 ? 0 : Math.max((rowsLeft / ratePerMinute) * 60_000, leastWaitMs(bottleneck))
}

function commandToGoOn(options: BatchReportOptions): string | undefined {
  const { batch, database, workingDirectory, program } = options
  if (batch.status === 'completed' || batch.status === 'running') return undefined
  const { id: batchId, inputFile: inputPath } = batch
  const maxCostUsd = batch.bottleneck === costCapText ? higherCap(batch) : undefined
  return resumeCommand({ batchId, inputPath, database, maxCostUsd, workingDirectory, program })
}

/** US dollars that the batch may cost; undefined without a cap. */
export function maxCostOf({ config }: Pick<StoredBatch, 'config'>): number | undefined {
  const { maxCostUsd } = config
  return typeof maxCostUsd === 'number' ? maxCostUsd : undefined
}

function higherCap(batch: StoredBatch): number | undefined {
  const maxCostUsd = maxCostOf(batch)
  const { costUsd = 0, unsettledUsd = 0, totalPrompts: rowsTotal } = batch
  const spent = { spentUsd: costUsd + unsettledUsd, rowsDone: endedRows(batch), rowsTotal }
  return maxCostUsd && proposeMaxCost({ maxCostUsd, ...spent })
}
