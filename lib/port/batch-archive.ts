import type { Columns } from '../row/row.js'
import type { ErrorCount } from '../row/tally.js'
import type { StopRequest, TakeOverOptions } from './batch-store.js'
import type { BatchStatus, StoredBatch } from './stored-batch.js'

/** A failed row with what is needed to ask it again. */
export interface StoredFailure {
  readonly rowIndex: number
  readonly columns: Columns
  readonly errorCode: string
  readonly errorMessage: string
  readonly attempts: number
}

/** Failed rows of one kind. */
export interface StoredErrorCount extends ErrorCount {
  /** Of the first such row, as the message. */
  readonly columns: Columns
}

/** Recorded batches, for any process: to look at, to stop, and to remove. */
export interface BatchArchive {
  /** Newest first. */
  readonly listBatches: (filter: {
    readonly status?: BatchStatus | undefined
    readonly limit?: number | undefined
    /** Whether counts of killed batches may be as last said by their processes, which is faster. */
    readonly isRough?: boolean | undefined
  }) => Promise<readonly StoredBatch[]>
  readonly findBatch: (id: string) => Promise<StoredBatch | undefined>
  /** Ids of all batches, newest first, for "did you mean". */
  readonly listIds: () => Promise<readonly string[]>
  /** Failed rows by kind, in the order of their first row. */
  readonly countErrors: (id: string) => Promise<readonly StoredErrorCount[]>
  /** Failed rows in input order, read page by page. */
  readonly readFailures: (id: string) => AsyncIterable<StoredFailure>
  /**
   * Asks the process of a running batch to stop. Marks a batch whose process is gone as cancelled.
   * Resolves with what was done: `asked`, `marked`, or `idle` for a batch that was not running.
   */
  readonly requestStop: (
    id: string,
    request: StopRequest,
    options?: TakeOverOptions,
  ) => Promise<'asked' | 'marked' | 'idle'>
  /**
   * Removes batches and their rows; llm's log stays. Resolves with their number. Rejects with
   * BATCH_RUNNING.
   */
  readonly removeBatches: (ids: readonly string[]) => Promise<number>
}
