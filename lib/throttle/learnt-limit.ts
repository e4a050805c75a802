import { quotaWindowMs, type StatedLimit } from '../error/stated-limit.js'

/** When and in what state of ours a limit was stated. */
export interface Statement {
  readonly nowMs: number
  /** Start of the call whose reply stated the limit. */
  readonly startedMs: number
  /** Cost of the calls that started after that call. */
  readonly costSince: number
  /** Whether the server took the call. */
  readonly isTaken: boolean
}

/** A provider's limit, followed from reply to reply. Times are monotonic. */
export interface LearntLimit {
  readonly kind: StatedLimit['kind']
  readonly windowMs: () => number
  readonly observe: (stated: StatedLimit, statement: Statement) => void
  /**
   * Milliseconds until a call of this cost may start: 0 for at once, infinite for not before
   * another reply.
   */
  readonly waitMs: (cost: number, nowMs: number, callsInFlight: number) => number
  /** Counts a call that starts now. */
  readonly take: (cost: number, nowMs: number) => void
}

/** What resets may be rounded by. */
const roundingMs = 1_500
/** With this share left of a bucket, calls go at 92 % of the pace of its refill. */
const paceShare = 0.48
/** In shorter windows, the rounding of a reset hides all that the reset says. */
const shortWindowMs = 10_000

/**
 * Spends what is left of a provider's limit evenly over the time until all of it is left again.
 *
 * So a full bucket lets calls go as fast as they come. As the bucket empties, they slow down, and a
 * bucket with a steady refill (OpenAI, Anthropic) stays half full, at exactly the limit's pace. Of
 * a window that ends all at once, the rest lasts until the end. Neither is ever empty, so the
 * server has nothing to refuse, and the whole limit is used.
 *
 * A limit of an hour or more is not spread. Calls go until it is used up; then one call at a time
 * asks whether it is.
 */
export function createLearntLimit(first: StatedLimit, statement: Statement): LearntLimit {
  let limit = Number.POSITIVE_INFINITY
  let windowMs = first.windowMs
  let left = Number.POSITIVE_INFINITY
  /** The moment of `left`. */
  let asOfMs = statement.nowMs
  /** Whether the bucket fills steadily. Otherwise all comes back at once, at `endMs`. */
  let isRefilling = true
  let endMs = Number.NEGATIVE_INFINITY
  /** Whether a reset showed that the bucket does not fill steadily. */
  let isAllAtOnce = false
  let observedStartMs = Number.NEGATIVE_INFINITY
  let lastStartMs = statement.startedMs
  /** Whether the last call started though nothing was left, to ask whether that is so. */
  let isProbing = false
  /** Whether the server took such a call: then what it states is not what it does. */
  let isDisproved = false
  observe(first, statement)

  return {
    kind: first.kind,
    windowMs: () => windowMs,
    observe,
    waitMs(cost, nowMs, callsInFlight) {
      advance(nowMs)
      // A call that costs more than the whole limit goes when all of it is left.
      const needed = Math.min(cost, limit)
      if (windowMs >= quotaWindowMs) {
        const mustWait = left < needed && callsInFlight > 0 && !isDisproved
        return mustWait ? Number.POSITIVE_INFINITY : 0
      }
      if (left < needed) {
        return isRefilling ? ((needed - left) * windowMs) / limit : Math.max(0, endMs - nowMs)
      }
      if (left >= limit) return 0
      const untilFullMs = isRefilling ? ((limit - left) * windowMs) / limit : endMs - nowMs
      return Math.max(0, lastStartMs + (untilFullMs * needed) / left - nowMs)
    },
    take(cost, nowMs) {
      advance(nowMs)
      isProbing = left <= 0
      left -= cost
      lastStartMs = nowMs
    },
  }

  function observe(stated: StatedLimit, { nowMs, startedMs, costSince, isTaken }: Statement): void {
    // The server counted an older call earlier: it says less than what is known.
    if (startedMs < observedStartMs) return
    observedStartMs = startedMs
    windowMs = stated.windowMs
    const { remaining, resetMs } = stated
    if (stated.limit !== undefined) limit = stated.limit
    // Azure states only what is left. The most that was ever left stands for the limit.
    else if (remaining !== undefined && remaining > 0) {
      limit = limit === Number.POSITIVE_INFINITY ? remaining : Math.max(limit, remaining)
    }
    if (remaining === undefined) {
      left = Math.min(left, limit - costSince)
      return
    }
    isDisproved = remaining === 0 && isTaken && (isDisproved || isProbing)
    isAllAtOnce ||= resetMs !== undefined && !isSteady(remaining, resetMs)
    isRefilling = !isAllAtOnce && limit !== Number.POSITIVE_INFINITY && isResetUseful(resetMs)
    endMs = nowMs + (resetMs ?? windowMs * (1 - Math.min(1, remaining / limit)))
    const refill = isRefilling ? ((nowMs - startedMs) * limit) / windowMs : 0
    left = remaining - Math.max(0, costSince - refill)
    const ageMs = nowMs - startedMs
    // Of a window that is over, only the limit still counts: calls go at a little less than its
    // pace. A window that was half over then may be over by now.
    if (limit !== Number.POSITIVE_INFINITY && ageMs >= windowMs / 2) {
      left = ageMs >= windowMs ? limit * paceShare : Math.min(left, limit * paceShare)
    }
    asOfMs = nowMs
  }

  /** Whether the refill may be counted on. Without a reset, the next reply shows what came back. */
  function isResetUseful(resetMs: number | undefined): boolean {
    return resetMs !== undefined || windowMs < shortWindowMs
  }

  /** Whether the reset is that of a bucket with a steady refill: the time that its gap takes. */
  function isSteady(remaining: number, resetMs: number): boolean {
    if (windowMs < shortWindowMs || windowMs >= quotaWindowMs) return true
    if (limit === Number.POSITIVE_INFINITY) return true
    const steadyMs = windowMs * (1 - remaining / limit)
    return Math.abs(resetMs - steadyMs) <= windowMs * 0.1 + roundingMs
  }

  /** Counts what has come back by now. */
  function advance(nowMs: number): void {
    if (isRefilling) {
      if (left < limit) left = Math.min(limit, left + ((nowMs - asOfMs) * limit) / windowMs)
      asOfMs = nowMs
    } else if (nowMs >= endMs) {
      left = limit
      endMs = nowMs + windowMs
    }
  }
}
