import type { AnswerFormOptions } from '../call/answer-form.js'
import type { CallBudget } from '../call/call-budget.js'
import type { CostLimit } from '../call/spend-cap.js'
import type { BatchError } from '../error/batch-error.js'
import type { AttachmentStore } from '../port/attachment-store.js'
import type { HeldBatch } from '../port/batch-store.js'
import type { Clock } from '../port/clock.js'
import type { ModelClient } from '../port/model-client.js'
import type { OutputFormat, RowSink } from '../port/row-sink.js'
import type { InputFormat, RowSource } from '../port/row-source.js'
import type { StoredBatch } from '../port/stored-batch.js'
import type { ToolRunner } from '../port/tool.js'
import type { ModelPrice } from '../pricing/model-price.js'
import type { Attachment } from '../row/attachment.js'
import type { Prompt } from '../row/prompt.js'
import type { Row } from '../row/row.js'
import type { ToolSpec } from '../row/tool-call.js'
import type { BatchProgress, BatchSummary } from './progress.js'

/** All that is decided before the first call, for the run and for people to read; frozen. */
export interface Plan {
  readonly batchId: string
  /** Absolute path, or `-`; for several inputs, their `inputName`. */
  readonly inputPath: string
  /** Absolute paths of what is read, or `-`. */
  readonly inputFiles: readonly string[]
  readonly inputFormat: InputFormat
  /** Name of the sheet that is read of a workbook. */
  readonly inputSheet?: string | undefined
  readonly columns: readonly string[]
  /** Absolute path; absent for standard output. */
  readonly outputPath: string | undefined
  readonly outputFormat: OutputFormat
  readonly databasePath: string
  readonly isLogged: boolean
  readonly modelId: string
  readonly provider: string
  readonly price: ModelPrice
  /** The form that answers must have; absent for plain text. */
  readonly form: AnswerFormOptions | undefined
  /** Absent if the batch has no cap, or its model costs nothing. */
  readonly costLimit?: CostLimit | undefined
  /** What goes with prompts besides texts; absent if nothing does. */
  readonly attachments?: PlanAttachments | undefined
  /** The tools that the model may call; absent if there are none. */
  readonly tools?: PlanTools | undefined
  /** Throws a BatchError of reach `row` for a row that cannot be asked or written. */
  readonly render: (row: Row) => Prompt
  /** Calls in flight at once, at most. */
  readonly concurrency: number
  /** Whether the number of calls in flight is found while the batch runs. */
  readonly isConcurrencyAuto: boolean
  /** Calls in flight at once of all runs of this process with the model and key. */
  readonly sharedConcurrency: number | undefined
  /** Calls started per minute; no limit when absent. */
  readonly rateLimit: number | undefined
  /** Input and output tokens per minute; no limit when absent. */
  readonly tokenLimit: number | undefined
  /** Whether other processes of this machine share the limits. */
  readonly shareLimits: boolean
  /** Further attempts after a failed one. */
  readonly retries: number
  /** Milliseconds of one attempt. */
  readonly timeoutMs: number
  /** Milliseconds of one row from its first call on, waits included. */
  readonly deadlineMs: number
  /** Whether an answer cut by length is an answer. */
  readonly acceptTruncated: boolean
  /** Whether a leading `<think>…</think>` counts as reasoning, and not as text. */
  readonly stripThinking: boolean
  /** Rows that this run takes; all when absent. */
  readonly limit: number | undefined
  readonly order: 'input' | 'completion'
  /** Whether answers of earlier runs are left out of the output. */
  readonly onlyNew: boolean
  /** Whether equal prompts are asked once. */
  readonly isDeduping: boolean
  /**
   * The greatest age in milliseconds of answers of other batches that are used without a call;
   * Infinity for all, absent for none.
   */
  readonly cacheAgeMs: number | undefined
  /** Whether the first failed row stops the run. */
  readonly stopOnError: boolean
  /** Whether a run whose first rows all fail alike is stopped. */
  readonly failFast: boolean
  /** Things worth saying that do not stop the run. */
  readonly warnings: readonly string[]
}

/** Files and URLs that go with prompts. */
export interface PlanAttachments {
  /** Those of every prompt. */
  readonly shared: readonly Attachment[]
  /** The column with those of each row, if any. */
  readonly column: string | undefined
  /**
   * Adds the attachments of a prompt's row; absent without a column. Rejects with a BatchError of
   * reach `row`.
   */
  readonly attach: ((prompt: Prompt) => Promise<Prompt>) | undefined
  readonly load: AttachmentStore['load']
}

/** The tools of a run. */
export interface PlanTools {
  readonly specs: readonly ToolSpec[]
  readonly runner: ToolRunner
  /** The most calls of the model in the chain of a row that uses tools; 0: no limit. */
  readonly chainLimit: number
}

/**
 * All that touches the outside, ready to be used. Whoever made the parts closes them, the sink
 * excepted.
 */
export interface BatchParts {
  readonly source: RowSource
  readonly sink: RowSink
  /** Its lease is taken before its output is opened. */
  readonly held: HeldBatch
  readonly client: ModelClient
  readonly clock: Clock
  /** What all runs of this process with the model and key pass; the run's own if absent. */
  readonly budget?: Pick<CallBudget, 'join'> | undefined
  /** Rows of the whole input, as soon as they are counted. */
  readonly rowsCounted?: (() => number | undefined) | undefined
}

/** A run that has begun, or is about to. */
export interface RunningBatch {
  /**
   * Runs the batch; to be called once. Rejects when not one row could be read, and for a bug:
   * whatever else ends the run early is in the summary.
   */
  readonly run: () => Promise<BatchSummary>
  /**
   * No new call starts; those in flight finish and are recorded, and the output is closed valid.
   */
  readonly stop: (reason: BatchError) => void
  /** Ends calls in flight as well; they are neither answered nor recorded. */
  readonly abort: (reason: BatchError) => void
  readonly progress: () => BatchProgress
}

/** A batch that is planned and open; nothing is asked yet. */
export interface Batch extends RunningBatch {
  readonly plan: Plan
  /** The recorded batch that the run continues, as it was before; absent for a new one. */
  readonly before: StoredBatch | undefined
  /**
   * Lets go of files, sockets and the database; an output to which nothing was written is removed.
   */
  readonly close: () => Promise<void>
}
