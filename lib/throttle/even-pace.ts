/** Spaces calls by their cost. A pace never sleeps: the caller waits. Times are monotonic. */
export interface EvenPace {
  /** Milliseconds until the next call may start, 0 for at once. */
  readonly waitMs: (nowMs: number, cost: number) => number
  /**
   * Counts a call that starts now.
   *
   * @param lateMs how long ago the call could have started, if its timer came late.
   */
  readonly take: (cost: number, nowMs: number, lateMs?: number) => void
  /** Counts a call's further cost, or, if negative, gives back what the call did not cost. */
  readonly correct: (cost: number) => void
}

/**
 * Lateness that is made up for. Timers come a few milliseconds late; without this, each delay would
 * be lost for good.
 */
const mostLateMs = 20

/**
 * A limit of ours per minute, without a burst: the next call starts once the last has been paid for
 * at the limit's pace. Unused time is not saved up. (GCRA with a tolerance of zero.)
 *
 * In any window, the calls that start cost at most what the limit gives in that time and in
 * `mostLateMs`, and one call more. A call that costs more than the limit of a minute starts in its
 * turn too, and the calls after it wait until it is paid for.
 *
 * @param perMinute the limit now; undefined for none.
 */
export function createEvenPace(perMinute: () => number | undefined): EvenPace {
  /** When all calls so far are paid for. */
  let paidMs = Number.NEGATIVE_INFINITY

  return {
    waitMs: nowMs => (perMinute() === undefined ? 0 : Math.max(0, paidMs - nowMs)),
    take(cost, nowMs, lateMs = 0) {
      paidMs = Math.max(paidMs, nowMs - Math.min(mostLateMs, lateMs)) + timeOf(cost)
    },
    correct(cost) {
      paidMs += timeOf(cost)
    },
  }

  /** Milliseconds in which the limit gives so much. */
  function timeOf(cost: number): number {
    const limit = perMinute()
    return limit === undefined ? 0 : (cost * 60_000) / limit
  }
}
