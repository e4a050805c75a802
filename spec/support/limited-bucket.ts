/** How a server counts: a bucket that fills steadily, or a window that ends all at once. */
export type Counting = 'steady' | 'window'

export interface LimitedBucketOptions {
  readonly counting: Counting
  readonly limit: number
  readonly windowMs: number
  readonly startMs: number
}

/** What is left after a call, and when all is left again. */
export interface BucketState {
  readonly isTaken: boolean
  readonly remaining: number
  readonly resetMs: number
}

/** A provider's limit as a server keeps it. Refuses what is too much, and counts nothing for that. */
export interface LimitedBucket {
  readonly limit: number
  readonly has: (cost: number, nowMs: number) => boolean
  readonly take: (cost: number, nowMs: number) => BucketState
  readonly state: (nowMs: number) => BucketState
}

export function limitedBucket(options: LimitedBucketOptions): LimitedBucket {
  const { counting, limit, windowMs, startMs } = options
  let left = limit
  let asOfMs = startMs

  return {
    limit,
    has(cost, nowMs) {
      advance(nowMs)
      return left >= Math.min(cost, limit)
    },
    take(cost, nowMs) {
      advance(nowMs)
      const isTaken = left >= Math.min(cost, limit)
      if (isTaken) left -= cost
      return stateOf(isTaken, nowMs)
    },
    state(nowMs) {
      advance(nowMs)
      return stateOf(true, nowMs)
    },
  }

  function stateOf(isTaken: boolean, nowMs: number): BucketState {
    const resetMs =
      counting === 'steady' ? ((limit - left) * windowMs) / limit : asOfMs + windowMs - nowMs
    return { isTaken, remaining: Math.max(0, Math.floor(left)), resetMs }
  }

  function advance(nowMs: number): void {
    if (counting === 'steady') {
      left = Math.min(limit, left + ((nowMs - asOfMs) * limit) / windowMs)
      asOfMs = nowMs
    } else {
      while (nowMs >= asOfMs + windowMs) {
        asOfMs += windowMs
        left = limit
      }
    }
  }
}
