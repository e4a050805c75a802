export interface AdaptiveLimitOptions {
  /** Calls in flight that the user allows: the highest it goes, and where it begins. */
  readonly highest: number
}

/** How many calls may be in flight, learnt from what the server takes. */
export interface AdaptiveLimit {
  /** Between 1 and `highest`, a whole number. */
  readonly limit: () => number
  readonly onSuccess: () => void
  /** A call failed for a reason of its own, so the server does take calls. */
  readonly onTaken: () => void
  /** @param startedAtMs when the refused call began. */
  readonly onRefusal: (startedAtMs: number, nowMs: number) => void
  /** Refusals since a call was last taken. */
  readonly refusalsInRow: () => number
}

/** What is left of the limit after a refusal. */
const keptShare = 0.7
/** What each success adds: a round of them, a quarter. */
const addedCalls = 0.25

/**
 * Falls fast when the server refuses most calls, and stands when it refuses a few at random.
 *
 * Calls that were already in flight when the limit was last cut say nothing new, so a burst of
 * refusals costs one cut. (Halving at a refusal and adding one a round, as TCP does, settles near
 * the square root of 2 ÷ the share of refusals: 6 calls of 50 when one in twenty is refused, which
 * no provider asks for.)
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
