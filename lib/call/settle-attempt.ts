import { BatchError, rowError } from '../error/batch-error.js'
import type { ModelPrice } from '../pricing/model-price.js'
import type { Answer } from '../row/answer.js'
import type { Outcome } from '../row/outcome.js'
import type { Prompt } from '../row/prompt.js'
import { stripThinking } from '../row/strip-thinking.js'
import type { AnswerForm } from './answer-form.js'
import type { AskedRow } from './asked-row.js'
import { nextAttempt } from './between-calls/next-attempt.js'
import { faultOfAnswer } from './fault-of-answer.js'

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
  /** Whether the tools that answers call are run; not if absent. */
  readonly hasTools?: boolean | undefined
  /** The most calls of the model in a chain of tools; no limit if 0 or absent. */
  readonly chainLimit?: number | undefined
  /** What answers cost, if they do not say so themselves. Costs are unknown if absent. */
  readonly price?: Pick<ModelPrice, 'costUsd'> | undefined
  readonly random: () => number
  /** Whether an earlier run of the batch has answers. */
  readonly hasAnswers?: boolean | undefined
}

/** What follows an attempt: the row's outcome, or milliseconds until the next attempt. */
export type AfterAttempt = Outcome | number

/** The calls of the answer are run, and the model is asked again. */
export type AfterAnswer = AfterAttempt | 'run-tools'

/** Decides what follows each attempt of a row. */
export interface AttemptSettling {
  readonly afterAnswer: (row: AskedRow, answer: Answer) => AfterAnswer
  /**
   * The error as it counts here. A refusal that may be for one row's text fails that row only, once
   * the model has answered: its key and its address are good.
   */
  readonly judge: (error: BatchError) => BatchError
  /** @param nowMs on the monotonic clock. */
  readonly afterFailure: (row: AskedRow, error: BatchError, nowMs: number) => AfterAttempt
}

export function settleAttempt(options: SettleAttemptOptions): AttemptSettling {
  const { retries, deadlineMs, acceptTruncated, form, hasTools, chainLimit, price } = options
  let { hasAnswers = false } = options
  return {
    judge: error => (hasAnswers && error.mayBeOfRow ? ofRowAlone(error) : error),
    afterAnswer(row, given) {
      const answer = options.stripThinking ? stripThinking(given) : given
      hasAnswers = true
      const known = row.prompt.request?.isUnpriced ? undefined : price
      row.pay(answer.usage, answer.statedCostUsd ?? known?.costUsd(answer.usage))
      if (hasTools && isCalling(answer)) {
        const calling = (row.rounds?.length ?? 0) + 1
        if (calling !== chainLimit) return 'run-tools'
        return row.failure(chainLimitReached(chainLimit), answer)
      }
      const { prompt, attempts, rounds, usage, costUsd } = row
      const cut = faultOfAnswer(answer, acceptTruncated)
      const fault = cut === undefined ? form?.judge(row.asked, answer) : { error: cut }
      if (fault === undefined) {
        const { row: of } = prompt
        return { kind: 'answered', row: of, prompt, answer, attempts, rounds, usage, costUsd }
      }
      const { error, next } = fault
      if (next === undefined) return row.failure(error, answer)
      row.paid = { error, answer }
      return askNext(row, next)
    },
    afterFailure(row, failure, nowMs) {
      const isRejected = failure.code === 'REQUEST_REJECTED' && failure.reach === 'row'
      const instead = isRejected ? form?.afterRejection(row.asked) : undefined
      if (instead !== undefined) return askNext(row, instead)
      const attempts = row.attempts - row.earlierAttempts
      const leftMs = deadlineMs - (nowMs - row.firstStartedMs)
      const { random } = options
      const next = nextAttempt(failure, { attempts, maxAttempts: retries + 1, leftMs, random })
      // An earlier answer that was not good was paid.
      return typeof next === 'number' ? next : row.failure(next, row.paid?.answer)
    },
  }
}

/** An answer that was cut or filtered may have half of its calls. */
function isCalling({ toolCalls, finishReason }: Answer): boolean {
  if (toolCalls === undefined || toolCalls.length === 0) return false
  return !['length', 'content-filter', 'error'].includes(finishReason)
}

function chainLimitReached(limit: number): BatchError {
  return rowError(
    'CHAIN_LIMIT_REACHED',
    `Each of the ${limit} answers that --chain-limit allows calls tools`,
    'Raise --chain-limit (0: no limit), or say in the prompt when to stop calling tools.',
  )
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
