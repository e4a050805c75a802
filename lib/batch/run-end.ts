import { BatchError } from '../error/batch-error.js'
import type { BatchStatus } from '../port/stored-batch.js'
import type { Tally } from '../row/tally.js'

export function inputBroken(error: Error): BatchError {
  if (BatchError.isInstance(error)) return error
  return new BatchError(`Cannot read the input on: ${error.message}`, {
    code: 'INPUT_UNREADABLE',
    reach: 'run',
    cause: error,
  })
}

export interface StatusAfterOptions {
  readonly stopReason: BatchError | undefined
  /** Whether a limit of the run kept it from rows of the batch. */
  readonly isCut: boolean
}

/** A run that somebody may wish to go on with is paused; one that ended by its own fault has failed. */
export function statusAfter({ stopReason, isCut }: StatusAfterOptions): BatchStatus {
  switch (stopReason?.code) {
    case undefined:
      return isCut ? 'paused' : 'completed'
    case 'RUN_INTERRUPTED':
    case 'OUTPUT_CLOSED':
      return 'paused'
    case 'RUN_CANCELLED':
      return 'cancelled'
    default:
      return 'failed'
  }
}

export function rowsNotConserved(
  rowsRead: number,
  { answered, failed, skipped }: Tally,
): BatchError {
  const counted = `${answered} answered + ${failed} failed + ${skipped} skipped`
  return new BatchError(`${rowsRead} rows were read, but ${counted} are accounted for`, {
    code: 'ROWS_NOT_CONSERVED',
    reach: 'run',
    remedy:
      'This is a defect of llm batch: please report it. What was recorded is in the database.',
  })
}
