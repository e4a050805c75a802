import type { CallPathOptions } from '../call/call-path.js'
import type { BatchError } from '../error/batch-error.js'
import type { HeldBatch } from '../port/batch-store.js'
import type { Clock } from '../port/clock.js'
import type { ModelClient } from '../port/model-client.js'
import type { RowSink } from '../port/row-sink.js'
import type { RowSource } from '../port/row-source.js'
import type { Prompt } from '../row/prompt.js'
import type { Row } from '../row/row.js'
import type { BatchProgress, BatchSummary } from './progress.js'

/** All that touches the outside, ready to be used. Whoever made them closes them, the sink excepted. */
export interface BatchParts {
  readonly source: RowSource
  readonly sink: RowSink
  /** Its lease is taken before its output is opened. */
  readonly held: HeldBatch
  readonly client: ModelClient
  readonly clock: Clock
}

/** All that was decided before the first call. */
export interface RunPlan extends Omit<CallPathOptions, 'clock' | 'stop'> {
  readonly render: (row: Row) => Prompt
  /** Rows that this run takes; all when absent. */
  readonly limit?: number | undefined
  /** Rows in all, when that is known before they are read; asked anew each time. */
  readonly rowsCounted?: (() => number | undefined) | undefined
  readonly order: 'input' | 'completion'
  readonly stopOnError: boolean
  /** Whether answers of earlier runs are left out of the output. */
  readonly onlyNew: boolean
  readonly failFast: boolean
}

/** A run that has begun, or is about to. */
export interface RunningBatch {
  /**
   * Runs it; to be called once. Rejects when nothing was asked because not one row could be read, and for a bug:
   * whatever else ends it early is in the summary.
   */
  readonly run: () => Promise<BatchSummary>
  /** No new call starts; those in flight finish and are recorded, and the output is closed valid. */
  readonly stop: (reason: BatchError) => void
  /** Ends calls in flight as well; they are neither answered nor recorded. */
  readonly abort: (reason: BatchError) => void
  readonly progress: () => BatchProgress
}
