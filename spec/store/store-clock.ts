import { systemClock } from '../../lib/host/system-clock.js'
import { type FakeClock, fakeClock } from '../support/fake-clock.js'

/** The longest wait before a statement that found the database locked runs again. */
const lockWaitMs = 50

/**
 * A fake clock for what opens a database. Only a wait for SQLite's lock is this short. It really
 * passes, because nobody moves the clock when a busy machine makes a lock last.
 */
export function storeClock(startMs?: number): FakeClock {
  const clock = fakeClock(startMs)
  const { sleep } = clock
  // The clock itself, not a copy: a spec sets `chance`.
  return Object.assign(clock, {
    sleep: (ms: number, signal?: AbortSignal) =>
      ms <= lockWaitMs ? systemClock.sleep(ms, signal) : sleep(ms, signal),
  })
}
