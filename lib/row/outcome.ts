import type { BatchError } from '../error/batch-error.js'
import type { Answer, Usage } from './answer.js'
import type { Prompt } from './prompt.js'
import type { Row } from './row.js'
import type { ToolRound } from './tool-round.js'

/**
 * Where an answer comes from that was not asked for this row: from an equal prompt of the batch, or
 * from the cache, which are the recorded answers of all other batches.
 */
export type ReuseKind = 'equal' | 'cached'

/** A row with a whole answer. */
export interface Answered {
  readonly kind: 'answered'
  readonly row: Row
  readonly prompt: Prompt
  readonly answer: Answer
  /** Calls for this row; 1 if the first succeeded. */
  readonly attempts: number
  /** The rounds of tools before the answer, in their order; absent if there are none. */
  readonly rounds?: readonly ToolRound[] | undefined
  /** Tokens of all its answers, if the model answered more than once; else `answer` has them. */
  readonly usage?: Usage | undefined
  /** US dollars of all its attempts; absent if the price is unknown. */
  readonly costUsd?: number | undefined
  /** Whether an earlier run of the batch recorded the answer, so that this run did not ask. */
  readonly isRecalled?: boolean | undefined
  /** Absent if the model was asked for this row. */
  readonly reused?: ReuseKind | undefined
}

/** A row without a usable answer. */
export interface Failed {
  readonly kind: 'failed'
  readonly row: Row
  readonly error: BatchError
  /** Calls for this row; 0 if the row failed before the first call. */
  readonly attempts: number
  /** The rounds of tools that came before the failure; absent if there are none. */
  readonly rounds?: readonly ToolRound[] | undefined
  /** Tokens of all its answers, if the model answered more than once; else `answer` has them. */
  readonly usage?: Usage | undefined
  /** US dollars of all its attempts; absent if the price is unknown. */
  readonly costUsd?: number | undefined
  /** Absent if the row could not be read or rendered. */
  readonly prompt?: Prompt | undefined
  /** An answer that does not count: cut by length, empty, or filtered. */
  readonly answer?: Answer | undefined
  /** `equal` if an equal prompt was asked, and failed. */
  readonly reused?: 'equal' | undefined
}

/**
 * A row that was read but not asked, because the run was stopping. The row is counted, and not
 * written.
 */
export interface Skipped {
  readonly kind: 'skipped'
  readonly row: Row
  /** Tokens of its answers, if it was in a chain of tools that was broken off. */
  readonly usage?: Usage | undefined
  /** US dollars of these answers. */
  readonly costUsd?: number | undefined
}

/** What became of a row. Always a value. */
export type Outcome = Answered | Failed | Skipped

/** What a source gives, in groups: a row, or the failed outcome of a record that is not a row. */
export type SourceRecord = Row | Failed

/** What `invoke-model` takes: a prompt, or an outcome that passes through untouched. */
export type PromptOrOutcome = Prompt | Outcome
