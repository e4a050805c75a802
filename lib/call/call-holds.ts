import type { Clock } from '../port/clock.js'
import type { AskedRow } from './asked-row.js'
import type { Bottleneck } from './bottleneck.js'
import type { CallThrottle } from './call-throttle.js'
import type { Slots } from './slots.js'
import type { CallSpend } from './spend-cap.js'

export interface CallHoldsOptions {
  /** The user's limit of calls in flight. */
  readonly concurrency: number
  /** Whether the number of calls in flight is found while they run. */
  readonly isConcurrencyAuto?: boolean | undefined
  /** The provider of the model, as a message may show it. */
  readonly provider: string
  readonly clock: Clock
  readonly throttle: Pick<CallThrottle, 'hold' | 'pauseMs' | 'limit'>
  readonly slots: Pick<Slots, 'taken'>
  readonly cap: Pick<CallSpend, 'isBinding'>
  /** Rows that wait between two attempts. */
  readonly waiting: ReadonlySet<Pick<AskedRow, 'dueMs'>>
  /** The last error after which a row waits. */
  readonly lastError: () => string
}

/** Rows are being tried again. */
export interface Retrying {
  /** What the last failed attempt came to. */
  readonly error: string
  /** Milliseconds until the next attempt. */
  readonly ms: number
}

/** Why no further call starts. */
export interface CallHolds {
  /** What holds calls back now. Undefined if another row would be called at once. */
  readonly bottleneck: () => Bottleneck | undefined
  /** The wait for a row's next attempt: the bottleneck if no other row can be read. */
  readonly attemptWait: () => Bottleneck | undefined
  /** The last error of a row that waits for its next attempt; undefined if no row does. */
  readonly retrying: () => Retrying | undefined
  /** Milliseconds until the last waiting row can be called. The run cannot end sooner. */
  readonly leastLeftMs: () => number
}

export function callHolds(options: CallHoldsOptions): CallHolds {
  const { concurrency, isConcurrencyAuto = false, provider } = options
  const { clock, throttle, slots, cap, waiting, lastError } = options
  return {
    bottleneck() {
      const hold = throttle.hold()
      if (hold !== undefined) {
        if (hold.what === undefined) return { kind: 'wait', ms: hold.ms }
        const { isProviders, ...limit } = hold
        return { kind: 'limit', ...limit, ...(isProviders && { provider }) }
      }
      if (cap.isBinding()) return { kind: 'cost-cap' }
      const limit = throttle.limit()
      if (slots.taken() < limit) return undefined
      if (isConcurrencyAuto) return { kind: 'concurrency', found: limit }
      return limit < concurrency ? { kind: 'server', limit } : { kind: 'concurrency' }
    },
    attemptWait() {
      return waiting.size === 0 ? undefined : { kind: 'wait', ms: nextMs() }
    },
    retrying: () => (waiting.size === 0 ? undefined : { error: lastError(), ms: nextMs() }),
    leastLeftMs: () => Math.max(throttle.pauseMs(), untilMs(Math.max(...dueTimes()))),
  }

  /** Until the next attempt of a row that waits. */
  function nextMs(): number {
    return Math.max(throttle.pauseMs(), untilMs(Math.min(...dueTimes())))
  }

  function dueTimes(): number[] {
    return Array.from(waiting, ({ dueMs }) => dueMs)
  }

  function untilMs(timeMs: number): number {
    return Math.max(0, timeMs - clock.monotonicMs())
  }
}
