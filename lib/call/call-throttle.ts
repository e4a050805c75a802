import type { BatchError } from '../error/batch-error.js'
import type { Clock } from '../port/clock.js'
import type { Answer } from '../row/answer.js'
import { createAdaptiveLimit } from '../throttle/adaptive-limit.js'
import { createPacer, type PaceHold } from '../throttle/pacer.js'

export interface CallThrottleOptions {
  /** The user's limit of calls in flight. */
  readonly concurrency: number
  /** Calls started per minute. */
  readonly rateLimit?: number | undefined
  readonly clock: Clock
}

/** When calls may start, and how many at once, learnt from how calls end. */
export interface CallThrottle {
  /** Takes the next place in the pace. Returns milliseconds until then, 0 for at once. */
  readonly reserve: () => number
  /** How many calls may be in flight. */
  readonly limit: () => number
  readonly onAnswer: (answer: Answer) => void
  /** @param startedMs start of the call, on the monotonic clock. */
  readonly onFailure: (error: BatchError, startedMs: number) => void
  readonly hold: () => PaceHold | undefined
  /** End of a pause that the server asked for, on the monotonic clock; 0 if there is none. */
  readonly pauseEndMs: () => number
}

/**
 * Joins the pace and the adaptive limit.
 *
 * A wait that the server asks of one call holds only that call. All calls wait if only refusals
 * come back: at least three in a row, and as many as calls may be in flight.
 */
export function callThrottle({ concurrency, rateLimit, clock }: CallThrottleOptions): CallThrottle {
  const pacer = createPacer({ callsPerMinute: rateLimit })
  const adaptiveLimit = createAdaptiveLimit({ highest: concurrency })
  return {
    reserve: () => pacer.reserve(clock.monotonicMs()),
    limit: adaptiveLimit.limit,
    onAnswer({ rateLimits, usage }) {
      adaptiveLimit.onSuccess()
      if (rateLimits === undefined) return
      const { inputTokens = 0, outputTokens = 0 } = usage
      pacer.observe(rateLimits, inputTokens + outputTokens, clock.monotonicMs())
    },
    onFailure(error, startedMs) {
      if (error.code === 'RATE_LIMITED' || error.code === 'SERVER_OVERLOADED') {
        onRefusal(error, startedMs)
      } else if (error.reach === 'row') {
        // The server took the call and refused this prompt only.
        adaptiveLimit.onTaken()
      }
    },
    hold: () => pacer.hold(clock.monotonicMs()),
    pauseEndMs() {
      const nowMs = clock.monotonicMs()
      const leftMs = pacer.hold(nowMs)?.pauseMs
      return leftMs === undefined ? 0 : nowMs + leftMs
    },
  }

  function onRefusal({ retryAfterMs }: BatchError, startedMs: number): void {
    const nowMs = clock.monotonicMs()
    adaptiveLimit.onRefusal(startedMs, nowMs)
    const isEverybody = adaptiveLimit.refusalsInRow() >= Math.max(3, adaptiveLimit.limit())
    if (isEverybody && retryAfterMs !== undefined) pacer.pauseUntil(nowMs + retryAfterMs)
  }
}
