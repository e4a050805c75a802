import type { BatchError } from '../error/batch-error.js'
import type { Usage } from '../row/answer.js'
import { parseJson } from '../row/exact-json.js'
import type { Outcome } from '../row/outcome.js'
import type { ColumnValue } from '../row/row.js'
import { findAnswerJson } from '../schema/find-answer-json.js'

/** The outcome of one prompt, for callers of the library. */
export interface Response {
  /** The answer. @throws {BatchError} if there is none; look at `error` first. */
  readonly text: () => string
  /**
   * The value of an answer that is JSON, as with a `schema`. Integers beyond 2^53 are bigints.
   *
   * @throws {BatchError} if there is no answer; {SyntaxError} if the answer is not JSON.
   */
  readonly json: () => ColumnValue
  readonly error: BatchError | undefined
  /** Tokens of all its answers. */
  readonly usage: Usage | undefined
  /** US dollars of all its calls; undefined if the cost is not known. */
  readonly costUsd: number | undefined
  readonly attempts: number
  readonly outcome: Outcome
}

export function responseOf(outcome: Outcome): Response {
  const isAnswered = outcome.kind === 'answered'
  const error = outcome.kind === 'failed' ? outcome.error : undefined
  return {
    text,
    json() {
      const given = text()
      return parseJson(findAnswerJson(given) ?? given)
    },
    error,
    usage: outcome.kind === 'skipped' ? undefined : (outcome.usage ?? outcome.answer?.usage),
    costUsd: outcome.kind === 'skipped' ? undefined : outcome.costUsd,
    attempts: outcome.kind === 'skipped' ? 0 : outcome.attempts,
    outcome,
  }

  function text(): string {
    if (isAnswered) return outcome.answer.text
    throw error ?? new RangeError('The row was not asked: the run had stopped.')
  }
}
