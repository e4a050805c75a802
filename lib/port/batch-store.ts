import type { Outcome } from '../row/outcome.js'
import type { Prompt } from '../row/prompt.js'
import type { Tally } from '../row/tally.js'
import type { BatchStatus, StoredBatch } from './stored-batch.js'

/** One batch as it is begun: the columns of `batch_runs` that the user knows. */
export interface NewBatch {
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
  readonly bottleneck?: string | undefined
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

export interface TakeOverOptions {
  /** Whether whoever holds the batch is taken for dead, because the user knows better than can be told from here. */
  readonly takeOver?: boolean | undefined
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
  /** Records a new batch and takes its lease. Rejects with BATCH_ID_TAKEN; BATCH_RUNNING while another writes to its output. */
  readonly begin: (batch: NewBatch) => Promise<HeldBatch>
  /**
   * Takes the lease of a recorded batch, then replays the journals that its killed runs left. Of two processes that
   * try in the same moment one gets it. Rejects with BATCH_RUNNING while a living process holds it, unless the batch is
   * to be taken over, or another batch writes to its output, BATCH_UNKNOWN, JOURNAL_INVALID.
   */
  readonly resume: (batch: NewBatch, options?: TakeOverOptions) => Promise<HeldBatch>
  /** Batches that have written to an output, given by its path, and are not running. */
  readonly idleWriters: (outputFile: string) => Promise<readonly StoredBatch[]>
  readonly close: () => Promise<void>
}

/** A batch whose lease this process has, and of which nothing is asked yet: it is started or withdrawn, once. */
export interface HeldBatch {
  readonly id: string
  /** The batch as it was before, its killed runs' journals replayed; absent for a new one. */
  readonly before: StoredBatch | undefined
  /** Starts a run, under a number that no other run of the batch has or ever had. */
  readonly start: () => Promise<StoredRun>
  /**
   * Asked before anything outside is touched that another process would touch, if it went on with the batch: undefined
   * as long as there is no doubt, as there is after this process stood still for a while. Rejects with BATCH_LOST, or
   * DATABASE_UNUSABLE when that cannot be told.
   */
  readonly confirm: () => Promise<void> | undefined
  /** Leaves the batch as it was before; a new one is forgotten. */
  readonly withdraw: () => Promise<void>
}

/** A run of a batch, until it is ended. */
export interface StoredRun {
  /**
   * Appends outcomes to the run's journal, in the same turn of the event loop: once it returns, they survive kill -9.
   * Skipped and recalled outcomes are left out. The database has them a little later.
   *
   * @returns when the journal is at its bound, a promise that resolves once it has room: until then nothing new is to
   * be asked, though what was asked may still be appended. It rejects when the database cannot be written.
   * @throws {BatchError} DATABASE_UNUSABLE when the journal cannot be written; nothing of the group is in it then.
   * BATCH_LOST, also by the promise, once another process holds the batch. What is appended then is kept: its answers
   * have no place in the batch, and a later run can recall them.
   */
  readonly append: (outcomes: readonly Outcome[]) => Promise<void> | undefined
  /**
   * For each prompt, in the order given, an answer recorded by an earlier run for an equal prompt (by hash), if one is
   * left: of several the one that stood first, so that equal prompts keep their answers in their order. Each recorded
   * answer is given once a run, and belongs to the new row index from then on. To be called in input order, each row
   * once.
   *
   * Where answers are long, gives those for the first of the prompts alone, one at least; the others are then to be
   * asked for again.
   */
  readonly recall: (prompts: readonly Prompt[]) => Promise<readonly (RecordedAnswer | undefined)[]>
  /** Refreshes counts and heartbeat; says what was asked of the run from elsewhere. Rejects with BATCH_LOST as well. */
  readonly pulse: (pulse: BatchPulse) => Promise<StopRequest | undefined>
  /**
   * Writes what the journal still holds, gives the lease back and removes the journal. Nothing can be appended then.
   *
   * What a whole run found no row for keeps no place in the batch and is not counted any more, but its answers can be
   * recalled by a later run. Where logging is off, a batch that is `completed` forgets its answers.
   */
  readonly end: (end: RunEnd) => Promise<void>
}

export interface RunEnd {
  readonly status: BatchStatus
  /** The last counts. */
  readonly pulse: BatchPulse
  /** Whether every row of the input had its turn. */
  readonly isWhole: boolean
  /** Whether to wait for a database that others hold no longer than a moment: the journal then stays, for whoever comes next. */
  readonly isHurried?: boolean
}
