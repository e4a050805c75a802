import { BatchError } from '../error/batch-error.js'
import type { ModelPrice } from '../pricing/model-price.js'
import type { Answer } from '../row/answer.js'
import type { Failed, Outcome } from '../row/outcome.js'
import type { Prompt } from '../row/prompt.js'
import { stripThinking } from '../row/strip-thinking.js'
import type { AnswerForm } from './answer-form.js'
import type { AskedRow } from './asked-row.js'
import { faultOfAnswer } from './fault-of-answer.js'
import { nextAttempt } from './next-attempt.js'

export interface SettleAttemptOptions {
  /** Further attempts after a failed one. */
  readonly retries: number
  /** Milliseconds that a row may take from its first call on, waits included. */
  readonly deadlineMs: number
  /** Whether an answer cut by length is an answer. */
  readonly acceptTruncated: boolean
  /** Whether a leading `<think>…</think>` counts as reasoning, and not as text; not if absent. */
  readonly stripThinking?: boolean | undefined
  /** The form that answers must have, if any. */
  readonly form?: AnswerForm | undefined
  /** What answers cost, if they do not say so themselves. Costs are unknown if absent. */
  readonly price?: Pick<ModelPrice, 'costUsd'> | undefined
  readonly random: () => number
  /** Whether an earlier run of the batch has answers. */
  readonly hasAnswers?: boolean | undefined
}

/** What follows an attempt: the row's outcome, or milliseconds until the next attempt. */
export type AfterAttempt = Outcome | number

/** Decides what follows each attempt of a row. */
export interface AttemptSettling {
  readonly afterAnswer: (row: AskedRow, answer: Answer) => AfterAttempt
  /**
   * The error as it counts here. A refusal that may be for one row's text fails that row only, once
   * the model has answered: its key and its address are good.
   */
  readonly judge: (error: BatchError) => BatchError
  /** @param nowMs on the monotonic clock. */
  readonly afterFailure: (row: AskedRow, error: BatchError, nowMs: number) => AfterAttempt
}

export function settleAttempt(options: SettleAttemptOptions): AttemptSettling {
  const { retries, deadlineMs, acceptTruncated, form, price, random } = options
  let { hasAnswers = false } = options
  return {
    judge: error => (hasAnswers && error.mayBeOfRow ? ofRowAlone(error) : error),
    afterAnswer(row, given) {
      const answer = options.stripThinking ? stripThinking(given) : given
      hasAnswers = true
      const known = row.prompt.request?.isUnpriced ? undefined : price
      row.pay(answer.usage, answer.statedCostUsd ?? known?.costUsd(answer.usage))
      const { prompt, attempts, usage, costUsd } = row
      const cut = faultOfAnswer(answer, acceptTruncated)
      const fault = cut === undefined ? form?.judge(row.asked, answer) : { error: cut }
      if (fault === undefined) {
        return { kind: 'answered', row: prompt.row, prompt, answer, attempts, usage, costUsd }
      }
      const { error, next } = fault
      const failed: Failed = {
        kind: 'failed',
        row: prompt.row,
        prompt,
        error,
        attempts,
        answer,
        usage,
        costUsd,
      }
      if (next === undefined) return failed
      row.paid = failed
      return askNext(row, next)
    },
    afterFailure(row, failure, nowMs) {
      const isRejected = failure.code === 'REQUEST_REJECTED' && failure.reach === 'row'
      const instead = isRejected ? form?.afterRejection(row.asked) : undefined
      if (instead !== undefined) return askNext(row, instead)
      const { prompt, attempts, usage, costUsd, paid } = row
      const leftMs = deadlineMs - (nowMs - row.firstStartedMs)
      const error = nextAttempt(failure, { attempts, maxAttempts: retries + 1, leftMs, random })
      if (typeof error === 'number') return error
      // An earlier answer that was not good was paid.
      const earlier = paid && { answer: paid.answer, usage, costUsd }
      return { kind: 'failed', row: prompt.row, prompt, error, attempts, ...earlier }
    },
  }
}

function ofRowAlone(error: BatchError): BatchError {
  const { code, remedy, mayBeBilled, message } = error
  const reach = 'row'
  return new BatchError(message, {
    code,
    reach,
    remedy,
    mayBeBilled,
    mayBeOfRow: true,
    cause: error,
  })
}

/** The row asks something else in its next turn, which comes without a wait. */
function askNext(row: AskedRow, asked: Prompt): AfterAttempt {
  row.asked = asked
  return 0
}

/** The server may go on, and bill the call. */
export function callTimedOut(timeoutMs: number): BatchError {
  return new BatchError(`No answer within ${timeoutMs / 1000} s`, {
    code: 'CALL_TIMED_OUT',
    reach: 'attempt',
    remedy: 'Allow more time with --timeout SECONDS.',
    mayBeBilled: true,
  })
}
