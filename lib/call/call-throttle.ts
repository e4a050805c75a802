import type { BatchError } from '../error/batch-error.js'
import type { Clock } from '../port/clock.js'
import type { Answer } from '../row/answer.js'
import { createAdaptiveLimit } from '../throttle/adaptive-limit.js'
import { type BudgetMember, type CallBudget, createCallBudget } from './call-budget.js'
import type { CallPlace } from './call-place.js'

export interface CallThrottleOptions {
  /** The user's limit of calls in flight. */
  readonly concurrency: number
  /** Whether `concurrency` is only the most, and the number is found while calls run. */
  readonly isConcurrencyAuto?: boolean | undefined
  /** Calls in flight at once of all runs with the budget; no limit if absent. */
  readonly sharedConcurrency?: number | undefined
  /** Calls started per minute. */
  readonly rateLimit?: number | undefined
  /** Tokens per minute. */
  readonly tokenLimit?: number | undefined
  readonly clock: Clock
  /** Calls in flight now. A call that has just ended does not count. */
  readonly inFlight: () => number
  /** What all runs with this model and key pass; a budget of this run alone if absent. */
  readonly budget?: Pick<CallBudget, 'join'> | undefined
}

/** When the calls of a run may start, and how many at once, learnt from how calls end. */
export interface CallThrottle
  extends Pick<BudgetMember, 'enter' | 'leaveQueue' | 'hold' | 'pauseMs'> {
  /** How many calls may be in flight. */
  readonly limit: () => number
  readonly onAnswer: (answer: Answer, place: CallPlace) => void
  readonly onFailure: (error: BatchError, place: CallPlace) => void
  /** The call was ended on our side. Nobody knows what it cost. */
  readonly onBrokenOff: (place: CallPlace) => void
}

/**
 * Joins the budget, which all runs share, and the run's own adaptive limit.
 *
 * A wait that the server asks of one call holds only that call, unless the server states which
 * limit is used up. All calls wait if only refusals come back: at least three in a row, and as many
 * as calls may be in flight.
 */
export function callThrottle(options: CallThrottleOptions): CallThrottle {
  const { concurrency: highest, isConcurrencyAuto: isAuto, inFlight } = options
  const { sharedConcurrency: calls, rateLimit, tokenLimit, clock } = options
  const { budget = createCallBudget({ clock }) } = options
  const member = budget.join({ calls, requests: rateLimit, tokens: tokenLimit })
  const adaptiveLimit = createAdaptiveLimit({ highest, isAuto, inFlight })
  const { enter, leaveQueue, hold, pauseMs } = member
  return {
    enter,
    leaveQueue,
    hold,
    pauseMs,
    limit: adaptiveLimit.limit,
    onAnswer({ rateLimits: limits, usage }, place) {
      adaptiveLimit.onSuccess(place.startedMs, clock.monotonicMs())
      member.end(place, { usage, limits, isTaken: true })
    },
    onFailure(error, place) {
      const { code, reach, limits } = error
      const isRefused = code === 'RATE_LIMITED' || code === 'SERVER_OVERLOADED'
      if (isRefused) onRefusal(error, place.startedMs)
      // The server took the call and refused this prompt only.
      else if (reach === 'row') adaptiveLimit.onTaken()
      member.end(place, { limits, isTaken: !isRefused })
    },
    onBrokenOff: place => member.end(place, { isTaken: true }),
  }

  function onRefusal({ code, limits, retryAfterMs }: BatchError, startedMs: number): void {
    // Too fast, not too many at once: from now on the budget knows.
    if (limits?.some(({ remaining }) => remaining === 0)) return
    const nowMs = clock.monotonicMs()
    // A server that names a time counts calls in a time, and rarely calls at once.
    const isTooFast = code === 'RATE_LIMITED' && retryAfterMs !== undefined
    adaptiveLimit.onRefusal(startedMs, nowMs, isTooFast ? 'too-fast' : 'too-many')
    const isEverybody = adaptiveLimit.refusalsInRow() >= Math.max(3, adaptiveLimit.limit())
    if (isEverybody && retryAfterMs !== undefined) member.pauseUntil(nowMs + retryAfterMs)
  }
}
