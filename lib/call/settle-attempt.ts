import { BatchError } from '../error/batch-error.js'
import type { ModelPrice } from '../pricing/model-price.js'
import type { Answer } from '../row/answer.js'
import type { Outcome } from '../row/outcome.js'
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
  /** What answers cost, if they do not say so themselves. Costs are unknown if absent. */
  readonly price?: Pick<ModelPrice, 'costUsd'> | undefined
  readonly random: () => number
}

/** What follows an attempt: the row's outcome, or milliseconds until the next attempt. */
export type AfterAttempt = Outcome | number

/** Decides what follows each attempt of a row. */
export interface AttemptSettling {
  readonly afterAnswer: (row: AskedRow, answer: Answer) => AfterAttempt
  /** @param nowMs on the monotonic clock. */
  readonly afterFailure: (row: AskedRow, error: BatchError, nowMs: number) => AfterAttempt
}

export function settleAttempt(options: SettleAttemptOptions): AttemptSettling {
  const { retries, deadlineMs, acceptTruncated, price, random } = options
  return {
    afterAnswer(row, answer) {
      row.pay(answer.statedCostUsd ?? price?.costUsd(answer.usage))
      const { prompt, attempts, costUsd } = row
      const error = faultOfAnswer(answer, acceptTruncated)
      return error === undefined
        ? { kind: 'answered', row: prompt.row, prompt, answer, attempts, costUsd }
        : { kind: 'failed', row: prompt.row, prompt, error, attempts, answer, costUsd }
    },
    afterFailure(row, failure, nowMs) {
      const { prompt, attempts, costUsd } = row
      const leftMs = deadlineMs - (nowMs - row.firstStartedMs)
      const error = nextAttempt(failure, { attempts, maxAttempts: retries + 1, leftMs, random })
      if (typeof error === 'number') return error
      return { kind: 'failed', row: prompt.row, prompt, error, attempts, costUsd }
    },
  }
}

export function callTimedOut(timeoutMs: number): BatchError {
  return new BatchError(`No answer within ${timeoutMs / 1000} s`, {
    code: 'CALL_TIMED_OUT',
    reach: 'attempt',
    remedy: 'Allow more time with --timeout SECONDS.',
  })
}
