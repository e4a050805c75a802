import { costCapText } from '../call/bottleneck.js'
import { BatchError, runError } from '../error/batch-error.js'
import type { BatchStatus } from '../port/stored-batch.js'
import type { Tally } from '../row/tally.js'

export function inputBroken(error: Error): BatchError {
  if (BatchError.isInstance(error)) return error
  return runError(
    'INPUT_UNREADABLE',
    `Cannot read the rest of the input: ${error.message}`,
    undefined,
    error,
  )
}

export interface StatusAfterOptions {
  readonly stopReason: BatchError | undefined
  /** Whether every row of the input had its turn. */
  readonly isWhole: boolean
  readonly failedRows: number
}

/** `completed` means that every row of the input is answered. */
export function statusAfter({ stopReason, isWhole, failedRows }: StatusAfterOptions): BatchStatus {
  switch (stopReason?.code) {
    case undefined:
      if (!isWhole) return 'paused'
      return failedRows === 0 ? 'completed' : 'failed'
    case 'RUN_INTERRUPTED':
    case 'OUTPUT_CLOSED':
    case 'COST_CAP_REACHED':
      return 'paused'
    case 'RUN_CANCELLED':
      return 'cancelled'
    default:
      return 'failed'
  }
}

/** What the batch waits for, in a few words, if more than a resume is needed to go on. */
export function heldBy(reason: BatchError | undefined): string | undefined {
  return reason?.code === 'COST_CAP_REACHED' ? costCapText : undefined
}

/** Whether a person asked for the end of the run, here or with `llm batch cancel`. */
export function isAskedEnd(reason: BatchError | undefined): boolean {
  return reason?.code === 'RUN_INTERRUPTED' || reason?.code === 'RUN_CANCELLED'
}

export function rowsNotConserved(
  rowsRead: number,
  { answered, failed, skipped }: Tally,
): BatchError {
  const counted = `${answered} answered + ${failed} failed + ${skipped} skipped`
  return runError(
    'ROWS_NOT_CONSERVED',
    `${rowsRead} rows were read, but ${counted} are accounted for`,
    'This is a defect of llm batch. Please report it with this message, the command and the output of `llm batch status`. All recorded answers are in the database.',
  )
}
