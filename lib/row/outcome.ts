import type { BatchError } from '../error/batch-error.js'
import type { Answer } from './answer.js'
import type { Prompt } from './prompt.js'
import type { Row } from './row.js'

/** A row with an answer that is whole. */
export interface Answered {
  readonly kind: 'answered'
  readonly row: Row
  readonly prompt: Prompt
  readonly answer: Answer
  /** Calls made for it, 1 when the first succeeded. */
  readonly attempts: number
  /** Whether the answer was recorded by an earlier run of the batch, so that nothing was asked. */
  readonly isRecalled?: boolean | undefined
}

/** A row without a usable answer. */
export interface Failed {
  readonly kind: 'failed'
  readonly row: Row
  readonly error: BatchError
  /** Calls made for it; 0 when it failed before the first. */
  readonly attempts: number
  /** Absent when the row could not be read or rendered. */
  readonly prompt?: Prompt | undefined
  /** An answer that came but does not count: cut by length, empty, or filtered. */
  readonly answer?: Answer | undefined
}

/** A row that was read but not asked, because the run was stopping. Counted, never written. */
export interface Skipped {
  readonly kind: 'skipped'
  readonly row: Row
}

/** What became of a row. Always a value. */
export type Outcome = Answered | Failed | Skipped

/** What a source gives in groups: a row, or the failed outcome of a record that is no row. */
export type SourceRecord = Row | Failed

/** What `invoke-model` takes: a prompt, or an outcome that passes through untouched. */
export type PromptRecord = Prompt | Outcome
