import type { Clock } from '../port/clock.js'
import type { SharedKind, SharedTime, TimeSpan } from '../port/shared-time.js'
import type { EvenPace } from '../throttle/even-pace.js'
import { createSharedPace } from '../throttle/shared-pace.js'

export interface PaceOverSharedTimeOptions {
  /** The limit per minute now; undefined for none. */
  readonly perMinute: () => number | undefined
  readonly callsWaiting: () => number
  readonly kind: SharedKind
  readonly time: Pick<SharedTime, 'take'>
  readonly clock: Clock
  /** Called when there is time, or when it may be asked for again. */
  readonly onTime: () => void
}

/** After a failure of the database, time is asked for again so much later. */
const nextTryMs = 1_000

/** A shared pace, joined to the shared time line. */
export function paceOverSharedTime(options: PaceOverSharedTimeOptions): EvenPace {
  const { kind, perMinute, callsWaiting, time, clock, onTime } = options
  const pace = createSharedPace({
    perMinute,
    callsWaiting,
    // Calls of different costs would seldom fit into what is left of a piece.
    isInOnePiece: kind === 'requests',
    ask: ms => void takeTime(ms),
  })
  return pace

  async function takeTime(ms: number): Promise<void> {
    try {
      pace.onSpan(onMonotonicClock(await time.take(kind, ms)))
    } catch {
      // The run itself notices and reports a database that cannot be used.
      await clock.sleep(nextTryMs)
      pace.onSpan(undefined)
    }
    onTime()
  }

  /** The wall clock may step back later. */
  function onMonotonicClock({ startMs, endMs }: TimeSpan): TimeSpan {
    const aheadMs = clock.monotonicMs() - clock.nowMs()
    return { startMs: startMs + aheadMs, endMs: endMs + aheadMs }
  }
}
