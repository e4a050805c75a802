export interface AdaptiveLimitOptions {
  /** The user's limit of calls in flight: the first and the highest value. */
  readonly highest: number
}

/** How many calls may be in flight, learnt from the server's refusals. */
export interface AdaptiveLimit {
  /** A whole number from 1 to `highest`. */
  readonly limit: () => number
  readonly onSuccess: () => void
  /** A call failed for a reason of its own, so the server takes calls. */
  readonly onTaken: () => void
  /** @param startedAtMs start of the refused call. */
  readonly onRefusal: (startedAtMs: number, nowMs: number) => void
  /** Refusals since the server last took a call. */
  readonly refusalsInRow: () => number
}

/** Factor of the limit after a refusal. */
const keptShare = 0.7
/** What each success adds. A round of successes adds a quarter. */
const addedCalls = 0.25

/**
 * Falls fast if the server refuses most calls, and stays if the server refuses a few at random.
 *
 * Calls that were in flight at the last cut say nothing new, so a burst of refusals costs one cut.
 * (TCP's rule, half after a refusal and one more a round, settles near the square root of 2 ÷ the
 * share of refusals: 6 calls of 50 at one refusal in twenty. That is too few.)
 */
export function createAdaptiveLimit({ highest }: AdaptiveLimitOptions): AdaptiveLimit {
  let allowed = highest
  let lastCutMs = Number.NEGATIVE_INFINITY
  let refusals = 0

  return {
    limit: () => Math.max(1, Math.floor(allowed)),
    onSuccess() {
      refusals = 0
      if (allowed < highest) allowed = Math.min(highest, allowed + addedCalls)
    },
    onTaken() {
      refusals = 0
    },
    onRefusal(startedAtMs, nowMs) {
      refusals += 1
      if (startedAtMs < lastCutMs) return
      allowed = Math.max(1, allowed * keptShare)
      lastCutMs = nowMs
    },
    refusalsInRow: () => refusals,
  }
}
