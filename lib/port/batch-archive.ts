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
  /** Of the first of them, whose message it is as well. */
  readonly columns: Columns
}

/** Batches as any process may look at them, and the little it may do to those of others. */
export interface BatchArchive {
  /** Newest first. */
  readonly listBatches: (filter: {
    readonly status?: BatchStatus | undefined
    readonly limit?: number | undefined
    /** Whether rows of killed batches may be as their processes last said, which is quicker. */
    readonly isRough?: boolean | undefined
  }) => Promise<readonly StoredBatch[]>
  readonly findBatch: (id: string) => Promise<StoredBatch | undefined>
  /** Ids of all batches, newest first, for "did you mean". */
  readonly listIds: () => Promise<readonly string[]>
  /** Failed rows by kind, in the order in which they first came. */
  readonly countErrors: (id: string) => Promise<readonly StoredErrorCount[]>
  /** Failed rows in input order, read page by page. */
  readonly readFailures: (id: string) => AsyncIterable<StoredFailure>
  /**
   * Asks the process of a running batch to stop, or marks one whose process is gone as cancelled at
   * once. Gives what it was: `asked`, `marked`, or `idle` when it was not running.
   */
  readonly requestStop: (
    id: string,
    request: StopRequest,
    options?: TakeOverOptions,
  ) => Promise<'asked' | 'marked' | 'idle'>
  /**
   * Forgets batches and their rows; llm's log stays. Gives how many there were. Refuses running
   * ones (BATCH_RUNNING).
   */
  readonly removeBatches: (ids: readonly string[]) => Promise<number>
}
