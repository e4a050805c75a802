import type { Clock } from '../port/clock.js'
import type { TimeSpan } from '../port/shared-time.js'
import type { EvenPace } from '../throttle/even-pace.js'
import { createSharedPace } from '../throttle/shared-pace.js'

export interface PaceOverSharedTimeOptions {
  /** The limit per minute now; undefined for none. */
  readonly perMinute: () => number | undefined
  readonly callsWaiting: () => number
  /** Takes time from the shared time line. */
  readonly take: (ms: number) => Promise<TimeSpan>
  readonly clock: Clock
  /** Called when there is time, or when it may be asked for again. */
  readonly onTime: () => void
}

/** After a failure of the database, time is asked for again so much later. */
const nextTryMs = 1_000

/** A shared pace, joined to the shared time line. */
export function paceOverSharedTime(options: PaceOverSharedTimeOptions): EvenPace {
  const { perMinute, callsWaiting, take, clock, onTime } = options
  const pace = createSharedPace({
    perMinute,
    callsWaiting,
    ask: ms => void takeTime(ms),
  })
  return pace

  async function takeTime(ms: number): Promise<void> {
    try {
      pace.onSpan(onMonotonicClock(await take(ms)))
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
