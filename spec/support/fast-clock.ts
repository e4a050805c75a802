import { systemClock } from '../../lib/host/system-clock.js'
import type { Clock } from '../../lib/port/clock.js'

/** The real clock, but time passes so many times as fast: waits of minutes are over in a moment. */
export function fastClock(times = 100): Clock {
  const startMs = systemClock.monotonicMs()
  const passedMs = (): number => (systemClock.monotonicMs() - startMs) * times
  const startedAtMs = systemClock.nowMs()
  return {
    nowMs: () => startedAtMs + passedMs(),
    monotonicMs: passedMs,
    random: systemClock.random,
    afterTurn: systemClock.afterTurn,
    sleep: (ms, signal) => systemClock.sleep(ms / times, signal),
  }
}
