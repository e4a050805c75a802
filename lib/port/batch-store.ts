import type { Outcome } from '../row/outcome.js'
import type { Prompt } from '../row/prompt.js'
import type { Tally } from '../row/tally.js'
import type { BatchStatus, StoredBatch } from './stored-batch.js'

/** One batch as it is begun: the columns of `batch_runs` that the user knows. */
export interface BatchRun {
  readonly id: string
  /** Absolute path, or `-`. */
  readonly inputFile: string
  /** Absolute path; absent for standard output. */
  readonly outputFile: string | undefined
  readonly model: string
  /** All that is needed to run it again, as JSON; never a key. */
  readonly config: string
}

/** What a running batch says of itself once a second. */
export interface BatchPulse {
  /** Rows in all: known, or expected from the bytes read so far; absent where neither can be told. */
  readonly totalRows: number | undefined
  readonly tally: Tally
  /** What limits it now, in a word or two for people; absent when nothing does. */
  readonly holdUp?: string | undefined
}

/** What another terminal asks of a running batch: to let calls in flight finish so long, or to end at once. */
export type StopRequest =
  | { readonly kind: 'finish'; readonly graceMs: number }
  | { readonly kind: 'abort' }

/** An answer that an earlier run of the batch recorded. */
export interface RecordedAnswer {
  readonly text: string
  readonly attempts: number
}

/** A failure that an earlier run of the batch recorded. */
export interface RecordedFailure {
  readonly code: string
  readonly message: string
  readonly attempts: number
}

/**
 * Keeps batches, the outcome of each of their rows, and (unless logging is off) llm's log of each answer.
 *
 * Every method is safe while other processes use the same file: it waits for them, up to `busyTimeoutMs` at a time,
 * and tries again. Rejects with BatchError DATABASE_UNUSABLE, reach run, and loses nothing that was recorded.
 */
export interface BatchStore {
  /** Where it is kept: an absolute path. */
  readonly path: string
  /** Begins a batch and takes its lease. Rejects with BATCH_ID_TAKEN; BATCH_RUNNING while another writes to its output. */
  readonly beginRun: (run: BatchRun) => Promise<void>
  /** Leaves a batch as it was before `beginRun` or `resumeRun`; only while no row of that run is recorded. */
  readonly withdrawRun: (runId: string) => Promise<void>
  /**
   * Takes the lease of a batch that was begun before, and makes it running. Of two processes that try in the same
   * moment one gets it. Rejects with BATCH_RUNNING while a living process holds it or another batch writes to its
   * output, BATCH_UNKNOWN.
   */
  readonly resumeRun: (run: BatchRun) => Promise<StoredBatch>
  /** Batches that have written to an output, given by its path, and are not running. */
  readonly idleWriters: (outputFile: string) => Promise<readonly StoredBatch[]>
  /** Records a group in one transaction; when it resolves, the group survives kill -9. Skipped and recalled outcomes are not recorded. */
  readonly record: (runId: string, outcomes: readonly Outcome[]) => Promise<void>
  /**
   * For each prompt, in the order given, an answer recorded by an earlier run for an equal prompt (by hash), if one is
   * left: of several the one that stood first, so that equal prompts keep their answers in their order. Each recorded
   * answer is given once a run, and belongs to the new row index from then on. To be called in input order, each row
   * once a run.
   */
  readonly recall: (
    runId: string,
    prompts: readonly Prompt[],
  ) => Promise<readonly (RecordedAnswer | undefined)[]>
  /**
   * The same for failures of equal prompts at the same rows, which then stand as this run's: for writing the output
   * of a finished batch again. To be called after `recall` for the same prompts.
   */
  readonly recallFailures: (
    runId: string,
    prompts: readonly Prompt[],
  ) => Promise<readonly (RecordedFailure | undefined)[]>
  /** Refreshes counts and heartbeat; says what was asked of the run from elsewhere. */
  readonly pulse: (runId: string, pulse: BatchPulse) => Promise<StopRequest | undefined>
  /**
   * Gives the lease back. With `completed`, what earlier runs recorded for rows that are no longer in the input is
   * forgotten (but for a run of another input, of standard input, or in which no prompt was looked up), and so are all answers when
   * logging is off: they are then in the output alone.
   */
  readonly endRun: (runId: string, status: BatchStatus, pulse: BatchPulse) => Promise<void>
  readonly close: () => Promise<void>
}
