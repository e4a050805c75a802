import type { Clock } from '../port/clock.js'
import type { AskedRow } from './asked-row.js'
import type { Bottleneck } from './bottleneck.js'
import type { CallThrottle } from './call-throttle.js'
import type { Slots } from './slots.js'

export interface CallHoldsOptions {
  /** Calls in flight that the user allows. */
  readonly concurrency: number
  readonly clock: Clock
  readonly throttle: Pick<CallThrottle, 'hold' | 'limit'>
  readonly slots: Pick<Slots, 'taken'>
  /** Rows between two attempts. */
  readonly waiting: ReadonlySet<Pick<AskedRow, 'dueMs'>>
}

/** Why calls do not begin. */
export interface CallHolds {
  /**
   * What holds calls back now; undefined when nothing on this way does, and another row would be
   * called at once.
   */
  readonly bottleneck: () => Bottleneck | undefined
  /**
   * The wait until a row that was called has its next attempt, which holds the run when no other
   * row can be read.
   */
  readonly attemptWait: () => Bottleneck | undefined
  /** Milliseconds until the last of the rows that wait can be called: no run is over sooner. */
  readonly leastLeftMs: () => number
}

/** A wait longer than this is told in seconds; shorter ones are the ordinary spacing of calls. */
const longWaitMs = 5_000

export function callHolds(options: CallHoldsOptions): CallHolds {
  const { concurrency, clock, throttle, slots, waiting } = options
  return {
    bottleneck() {
      const pace = throttle.hold()
      const limit = throttle.limit()
      if (pauseMs() > longWaitMs) return { kind: 'wait', ms: pauseMs() }
      // The place after the last call holds nobody when all rows wait for something else.
      if (pace !== undefined && (slots.taken() > 0 || waiting.size === 0)) return { kind: pace.by }
      if (limit < concurrency && slots.taken() >= limit) return { kind: 'server', limit }
      return slots.taken() >= concurrency ? { kind: 'concurrency' } : undefined
    },
    attemptWait() {
      if (waiting.size === 0) return undefined
      return { kind: 'wait', ms: Math.max(pauseMs(), untilMs(Math.min(...dueTimes()))) }
    },
    leastLeftMs: () => Math.max(pauseMs(), untilMs(Math.max(...dueTimes()))),
  }

  function dueTimes(): number[] {
    return Array.from(waiting, ({ dueMs }) => dueMs)
  }

  function untilMs(timeMs: number): number {
    return Math.max(0, timeMs - clock.monotonicMs())
  }

  function pauseMs(): number {
    return throttle.hold()?.pauseMs ?? 0
  }
}
