import type { Bottleneck } from '../call/bottleneck.js'
import type { BatchError } from '../error/batch-error.js'
import type { BatchStatus } from '../port/stored-batch.js'
import type { Tally } from '../row/tally.js'
import type { OutputLeft } from './output-left.js'

/** A run as it stands; cheap to ask for, so a terminal may poll it. */
export interface BatchProgress {
  readonly rowsRead: number
  /** Known once the input has ended; of small files from the start. */
  readonly rowsTotal: number | undefined
  readonly bytesRead: number
  readonly bytesTotal: number | undefined
  readonly tally: Tally
  readonly callsInFlight: number
  readonly rowsWritten: number
  readonly elapsedMs: number
  /** Whether it was asked to stop: calls in flight finish, and no other begins. */
  readonly isStopping: boolean
  readonly bottleneck: Bottleneck | undefined
  /**
   * Milliseconds that the run takes yet at the least, for rows wait so long for their next
   * attempts.
   */
  readonly leastLeftMs?: number
}

/**
 * The rows there are; as long as nobody knows, those still to read are taken to be as long as those
 * that were read. Undefined for a pipe, and where all bytes are read and not yet taken apart: then
 * they say nothing.
 */
export function expectedRows(
  progress: Pick<BatchProgress, 'rowsTotal' | 'rowsRead' | 'bytesRead' | 'bytesTotal'>,
): number | undefined {
  const { rowsTotal, rowsRead, bytesRead, bytesTotal } = progress
  if (rowsTotal !== undefined) return rowsTotal
  if (bytesTotal === undefined || rowsRead === 0 || bytesRead >= bytesTotal) return undefined
  return Math.round(rowsRead * (bytesTotal / bytesRead))
}

/** How a run ended. Rows read = answered + failed + skipped. */
export interface BatchSummary {
  readonly batchId: string
  readonly status: BatchStatus
  readonly rowsRead: number
  readonly tally: Tally
  readonly durationMs: number
  readonly outputPath: string | undefined
  /** How much of what is recorded the output holds. */
  readonly output: OutputLeft
  /** Answers in a table that a spreadsheet would run as formulas. */
  readonly formulas: number
  /** Why it ended early; absent when every row that was to be taken had its turn. */
  readonly stopReason: BatchError | undefined
}
