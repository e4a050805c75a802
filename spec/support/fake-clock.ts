import type { Clock } from '../../lib/port/clock.js'

interface Sleeper {
  readonly wakesAtMs: number
  readonly wake: () => void
}

/** A clock that moves only when told; `random` gives what `chance` says. */
export interface FakeClock extends Clock {
  chance: number
  readonly sleepers: () => number
  /** Milliseconds until the next of them wakes; infinite without any. */
  readonly nextMs: () => number
  /** Moves on by `ms`, waking those whose time comes, in order, with room for what they start. */
  readonly advance: (ms: number) => Promise<void>
}

export function fakeClock(startMs = Date.UTC(2026, 10, 23)): FakeClock {
  let timeMs = startMs
  let sleeping: Sleeper[] = []
  const clock: FakeClock = {
    chance: 0.5,
    nowMs: () => timeMs,
    monotonicMs: () => timeMs - startMs,
    random: () => clock.chance,
    afterTurn: act => void setImmediate(act),
    sleepers: () => sleeping.length,
    nextMs: () => Math.min(...sleeping.map(({ wakesAtMs }) => wakesAtMs)) - timeMs,
    sleep(ms, signal) {
      return new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason)
        if (ms <= 0) return resolve()
        const sleeper: Sleeper = { wakesAtMs: timeMs + ms, wake }
        sleeping.push(sleeper)
        signal?.addEventListener('abort', abort)

        function wake(): void {
          signal?.removeEventListener('abort', abort)
          resolve()
        }

        function abort(): void {
          sleeping = sleeping.filter(other => other !== sleeper)
          reject(signal?.reason)
        }
      })
    },
    async advance(ms) {
      const target = timeMs + ms
      await settle()
      for (;;) {
        const next = sleeping
          .filter(sleeper => sleeper.wakesAtMs <= target)
          .sort((a, b) => a.wakesAtMs - b.wakesAtMs)[0]
        if (next === undefined) break
        sleeping = sleeping.filter(sleeper => sleeper !== next)
        timeMs = Math.max(timeMs, next.wakesAtMs)
        next.wake()
        await settle()
      }
      timeMs = target
      await settle()
    },
  }
  return clock
}

/** Lets everything that is already due run, timers of 0 included. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise(resolve => setImmediate(resolve))
}
