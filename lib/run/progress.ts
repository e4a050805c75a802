import type { Bottleneck } from '../call/bottleneck.js'
import type { Retrying } from '../call/call-holds.js'
import type { CappedSpend } from '../call/spend-cap.js'
import type { BatchError } from '../error/batch-error.js'
import type { BatchStatus } from '../port/stored-batch.js'
import type { ModelPrice } from '../pricing/model-price.js'
import type { Tally } from '../row/tally.js'
import type { OutputLeft } from './output-left.js'

/** The present state of a run. Cheap to read, so a terminal may poll it. */
export interface BatchProgress {
  readonly rowsRead: number
  /** Known at the end of the input; for small files from the start. */
  readonly rowsTotal: number | undefined
  readonly bytesRead: number
  readonly bytesTotal: number | undefined
  readonly tally: Tally
  readonly callsInFlight: number
  readonly rowsWritten: number
  readonly elapsedMs: number
  /** Whether the run is stopping: calls in flight finish, and no other call starts. */
  readonly isStopping: boolean
  readonly bottleneck: Bottleneck | undefined
  /** The last error and the next attempt, while rows are being tried again. */
  readonly retrying?: Retrying | undefined
  /** The least milliseconds until the end of the run, because rows wait for their next attempts. */
  readonly leastLeftMs?: number
}

/**
 * All rows of the input: known, or estimated from the mean length of the rows read so far.
 * Undefined for a pipe, and after all bytes are read but not parsed.
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
  /** What the model costs, in words; `tally` has the cost of the run. */
  readonly price: Pick<ModelPrice, 'kind' | 'basis'>
  readonly durationMs: number
  readonly outputPath: string | undefined
  /** How many of the recorded rows the output holds. */
  readonly output: OutputLeft
  /** The cap of the batch, and its spend over all runs; absent without a cap. */
  readonly capped?: CappedSpend | undefined
  /** Answers that a spreadsheet would run as formulas. */
  readonly formulas: number
  /** What a person should know of how the input was read and the model was asked. */
  readonly notes: readonly string[]
  /** Why the run ended early; absent if every row had its turn. */
  readonly stopReason: BatchError | undefined
}
