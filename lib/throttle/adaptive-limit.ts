import { createRefusalLimit, type RefusalReason } from './refusal-limit.js'
import { createThroughputLimit } from './throughput-limit.js'

export interface AdaptiveLimitOptions {
  /** The most calls in flight: the user's number, or what the process may open. */
  readonly highest: number
  /** Whether throughput is a reason too, as `auto` means. Else only refusals are. */
  readonly isAuto?: boolean | undefined
  /** Calls in flight now. A call that has just ended does not count. */
  readonly inFlight: () => number
}

/** How many calls may be in flight, learnt from how calls end. Has no timers. */
export interface AdaptiveLimit {
  /** A whole number from 1 to `highest`. */
  readonly limit: () => number
  /** @param startedMs start of the answered call, on the monotonic clock. */
  readonly onSuccess: (startedMs: number, nowMs: number) => void
  /** A call failed for a reason of its own, so the server takes calls. */
  readonly onTaken: () => void
  /** @param startedMs start of the refused call, on the monotonic clock. */
  readonly onRefusal: (startedMs: number, nowMs: number, reason?: RefusalReason) => void
  /** Refusals since the server last took a call. */
  readonly refusalsInRow: () => number
}

/** Calls in flight at first, with `auto`. */
export const firstOfAuto = 4

/** The lower of two limits: what the server takes, and what it needs to give all it can. */
export function createAdaptiveLimit(options: AdaptiveLimitOptions): AdaptiveLimit {
  const { highest, isAuto = false, inFlight } = options
  const taken = createRefusalLimit({ highest, inFlight })
  const first = Math.min(firstOfAuto, highest)
  const needed = isAuto ? createThroughputLimit({ first, highest }) : undefined
  let refusals = 0

  return {
    limit,
    onSuccess(startedMs, nowMs) {
      refusals = 0
      taken.onAnswer(startedMs, nowMs)
      needed?.onAnswer({ startedMs, nowMs, inFlight: inFlight() + 1 }, limit())
    },
    onTaken() {
      refusals = 0
    },
    onRefusal(startedMs, nowMs, reason = 'too-many') {
      refusals += 1
      taken.onRefusal(startedMs, nowMs, reason)
    },
    refusalsInRow: () => refusals,
  }

  function limit(): number {
    return Math.min(taken.limit(), needed?.limit() ?? highest)
  }
}
