import type { Usage } from '../row/answer.js'
import type { Outcome, ReuseKind } from '../row/outcome.js'
import type { Prompt } from '../row/prompt.js'
import type { Tally } from '../row/tally.js'
import type { BatchStatus, RecordedConfig, StoredBatch } from './stored-batch.js'

/** A batch as a run records it. */
export interface NewBatch {
  readonly id: string
  /** Absolute path, or `-`. */
  readonly inputFile: string
  /** Absolute path; absent for standard output. */
  readonly outputFile: string | undefined
  readonly model: string
  readonly config: RecordedConfig
}

/** What a batch has cost, and what it may have cost besides, over all its runs, in US dollars. */
export interface Spend {
  /** What was billed for answers. */
  readonly settledUsd: number
  /** The most that calls without an answer may have been billed: in flight, or lost. */
  readonly unsettledUsd: number
}

/** The state of a running batch, recorded twice a second. */
export interface BatchPulse {
  /** Rows in all: known, or estimated from the bytes read so far; absent if unknown. */
  readonly totalRows: number | undefined
  readonly tally: Tally
  /** What slows the run down now, in a few words; absent if nothing does. */
  readonly bottleneck?: string | undefined
  /** The spend of a batch with a cap. What is unsettled at the end of the run stays unsettled. */
  readonly spend?: Spend | undefined
}

/**
 * What another terminal asks of a running batch: to finish the calls in flight within a time, or to
 * end at once.
 */
export type StopRequest =
  | { readonly kind: 'finish'; readonly graceMs: number }
  | { readonly kind: 'abort' }

/** An answer that an earlier run of the batch recorded. */
export interface RecordedAnswer {
  readonly text: string
  /** Whether the answer was cut by its length limit, and accepted; absent if not. */
  readonly isCut?: boolean | undefined
  readonly attempts: number
  readonly usage: Pick<
    Usage,
    'inputTokens' | 'cachedInputTokens' | 'outputTokens' | 'reasoningTokens'
  >
  /** Absent if the cost is not known. */
  readonly costUsd: number | undefined
  readonly durationMs: number
}

/** A recorded answer that a row takes, without a call of its own. */
export interface ReusedAnswer {
  readonly text: string
  readonly from: ReuseKind
}

/** Which recorded answers a run may use for rows that have none. */
export interface ReuseScope {
  /** Answers of this batch to equal prompts. */
  readonly isDeduping: boolean
  /**
   * Answers that other batches recorded in llm's log before this run: those of this age in
   * milliseconds, or younger. Infinity takes all; absent takes none.
   */
  readonly cacheAgeMs?: number | undefined
}

export interface TakeOverOptions {
  /** Whether the process that holds the batch counts as dead, because the user says so. */
  readonly takeOver?: boolean | undefined
}

/**
 * Records batches, the outcome of each row, and (unless logging is off) each answer in llm's log.
 *
 * Every method is safe while other processes use the same file: it waits for them, up to
 * `busyTimeoutMs` at a time, and tries again. Rejects with BatchError DATABASE_UNUSABLE, reach run.
 * Nothing recorded is lost then.
 */
export interface BatchStore {
  /** Absolute path of the database. */
  readonly path: string
  /**
   * Records a new batch and takes its lease. Rejects with BATCH_ID_TAKEN, or with BATCH_RUNNING
   * while another batch writes to the same output.
   */
  readonly begin: (batch: NewBatch) => Promise<HeldBatch>
  /**
   * Takes the lease of a recorded batch, then replays the journals of its killed runs. Of two
   * processes that try at the same moment, one gets the lease. Rejects with BATCH_RUNNING while a
   * living process holds the batch (unless `takeOver` is set) or another batch writes to the same
   * output; with BATCH_UNKNOWN; with JOURNAL_INVALID.
   */
  readonly resume: (batch: NewBatch, options?: TakeOverOptions) => Promise<HeldBatch>
  /** Batches that wrote to the output at a path, and are not running. */
  readonly idleWriters: (outputFile: string) => Promise<readonly StoredBatch[]>
  readonly close: () => Promise<void>
}

/** A batch whose lease this process holds, before its run. Start or withdraw it, once. */
export interface HeldBatch {
  readonly id: string
  /** The batch as it was before, with the journals of its killed runs; absent for a new batch. */
  readonly before: StoredBatch | undefined
  /** Starts a run, with a number that no other run of the batch has. */
  readonly start: (scope?: ReuseScope) => Promise<StoredRun>
  /**
   * Call this before touching a file that another process would touch, if that process resumed the
   * batch. Returns undefined while this process certainly holds the lease. After the process stood
   * still, returns a promise that rejects with BATCH_LOST if the lease is lost, or with
   * DATABASE_UNUSABLE if that is not known.
   */
  readonly confirm: () => Promise<void> | undefined
  /** Leaves the batch as it was before. A new batch is removed. */
  readonly withdraw: () => Promise<void>
}

/** A run of a batch, until its end. */
export interface StoredRun {
  /**
   * Appends outcomes to the run's journal in the same turn of the event loop: after the return,
   * they survive kill -9. Skipped and recalled outcomes are left out. The database gets the
   * outcomes a little later.
   *
   * @returns a promise if the journal is full, which resolves when there is room. Until then ask
   * nothing new; outcomes of calls in flight may still be appended. The promise rejects if the
   * database cannot be written.
   * @throws {BatchError} DATABASE_UNUSABLE if the journal cannot be written; then nothing of the
   * group is in the journal. BATCH_LOST, also by the promise, if another process holds the batch.
   * Answers that are appended then get no place in the batch, and a later run can recall them.
   *
   * @param spend of a batch with a cap: made safe in the same write. After a kill, the next process
   * finds this spend, with all that may be unsettled.
   */
  readonly append: (outcomes: readonly Outcome[], spend?: Spend) => Promise<void> | undefined
  /**
   * Makes a spend safe in the same turn, as `append` does.
   *
   * @throws {BatchError} DATABASE_UNUSABLE if the journal cannot be written.
   */
  readonly secure: (spend: Spend) => void
  /**
   * For each prompt, in the given order, returns an answer that an earlier run recorded for an
   * equal prompt (by hash), if one is left. Of several answers, the first by row counts, so that
   * equal prompts keep the order of their answers. Each recorded answer is given once a run, and
   * then belongs to the new row index. Call this in input order, once a row.
   *
   * If answers are long, the result covers only the first prompts, at least one. Call again for the
   * others.
   */
  readonly recall: (prompts: readonly Prompt[]) => Promise<readonly (RecordedAnswer | undefined)[]>
  /**
   * For each prompt, in the given order, returns an answer within the run's scope that is recorded
   * for an equal prompt (by hash). An answer can be given any number of times. What `append` took
   * before the call counts as recorded.
   *
   * Waits while the journal is full. If answers are long, the result covers only the first prompts,
   * at least one. May reject as the promise of `append` does.
   */
  readonly reuse: (prompts: readonly Prompt[]) => Promise<readonly (ReusedAnswer | undefined)[]>
  /**
   * Records counts and a heartbeat. Resolves with what another terminal asks of the run. May reject
   * with BATCH_LOST.
   */
  readonly pulse: (pulse: BatchPulse) => Promise<StopRequest | undefined>
  /**
   * Writes the rest of the journal to the database, gives the lease back, and removes the journal.
   * Nothing can be appended afterwards.
   *
   * After a whole run, recorded rows that are not in the input lose their place and are not
   * counted; a later run can still recall their answers. Without logging, a completed batch forgets
   * its answers.
   */
  readonly end: (end: RunEnd) => Promise<void>
}

export interface RunEnd {
  readonly status: BatchStatus
  /** The last counts. */
  readonly pulse: BatchPulse
  /** What the batch waits for, in a few words, if more than a resume is needed to go on. */
  readonly heldBy?: string | undefined
  /** Whether every row of the input had its turn. */
  readonly isWhole: boolean
  /**
   * Whether to wait only a moment for a locked database. Then the journal stays, and the next
   * process replays it.
   */
  readonly isHurried?: boolean
}
