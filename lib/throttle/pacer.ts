import type { RateLimitBucket, RateLimits } from '../row/answer.js'

export interface PacerOptions {
  /** Calls started per minute, evenly spaced; no limit of ours if absent. */
  readonly callsPerMinute?: number | undefined
}

/** Says when the next call may start. The pacer never sleeps; the caller waits. */
export interface Pacer {
  /**
   * Takes the next place in the pace.
   *
   * @param nowMs on a monotonic clock.
   * @returns milliseconds until the call may start, 0 for at once.
   */
  readonly reserve: (nowMs: number) => number
  /** No call starts before this moment, also those that reserve later. */
  readonly pauseUntil: (timeMs: number) => void
  /** Learns from a provider's limits, and from the tokens that the call cost. */
  readonly observe: (limits: RateLimits, callTokens: number, nowMs: number) => void
  /** What keeps the next call from starting now. Undefined if nothing does. */
  readonly hold: (nowMs: number) => PaceHold | undefined
}

export interface PaceHold {
  /** Our own limit, or the server: by a pause, or by limits below ours. */
  readonly by: 'rate-limit' | 'server'
  /** Milliseconds of the pause that are left. */
  readonly pauseMs?: number
}

/**
 * Below this share of a bucket, calls go at the bucket's refill rate; above it, at our own pace.
 */
const scarceShare = 0.2

/**
 * Spaces calls evenly: a place every `60 / callsPerMinute` seconds. Unused places are not saved up.
 *
 * If a provider's bucket is nearly empty, calls go at limit / window: the reset in the headers is
 * when the bucket is full, not when the next call fits. An empty bucket costs one refill.
 */
export function createPacer({ callsPerMinute }: PacerOptions): Pacer {
  const ownIntervalMs = callsPerMinute === undefined ? 0 : 60_000 / callsPerMinute
  let learntIntervalMs = 0
  let nextMs = Number.NEGATIVE_INFINITY
  let pauseEndMs = Number.NEGATIVE_INFINITY
  let averageTokens = 0

  return {
    reserve(nowMs) {
      const startMs = Math.max(nowMs, nextMs)
      nextMs = startMs + Math.max(ownIntervalMs, learntIntervalMs)
      return startMs - nowMs
    },
    pauseUntil,
    observe({ requests, tokens }, callTokens, nowMs) {
      averageTokens = averageTokens === 0 ? callTokens : averageTokens * 0.9 + callTokens * 0.1
      learntIntervalMs = Math.max(
        refillMs(requests, 1) ?? 0,
        refillMs(tokens, Math.max(1, averageTokens)) ?? 0,
      )
      if (requests?.remaining === 0 || tokens?.remaining === 0) {
        pauseUntil(nowMs + learntIntervalMs)
      }
    },
    hold(nowMs) {
      if (pauseEndMs > nowMs) return { by: 'server', pauseMs: pauseEndMs - nowMs }
      if (nextMs <= nowMs) return undefined
      return { by: learntIntervalMs > ownIntervalMs ? 'server' : 'rate-limit' }
    },
  }

  function pauseUntil(timeMs: number): void {
    pauseEndMs = Math.max(pauseEndMs, timeMs)
    nextMs = Math.max(nextMs, timeMs)
  }
}

/**
 * Milliseconds in which a scarce bucket gains what one call takes. Undefined if the bucket is not
 * scarce.
 */
function refillMs(bucket: RateLimitBucket | undefined, callCost: number): number | undefined {
  if (bucket?.remaining === undefined) return undefined
  const { limit, remaining, windowMs, resetMs } = bucket
  if (limit === undefined || limit <= 0) return remaining === 0 ? resetMs : undefined
  if (remaining > limit * scarceShare) return undefined
  // A bucket fills from empty to full in one window.
  return Math.min(windowMs, (windowMs * callCost) / limit)
}
