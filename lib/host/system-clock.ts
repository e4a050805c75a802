import { setTimeout } from 'node:timers/promises'
import type { Clock } from '../port/clock.js'

/** Longest wait of a Node timer, in milliseconds. A longer timer fires at once. */
const longestTimerMs = 2 ** 31 - 1

/**
 * The clock of this machine. Only this file reads it.
 *
 * @example
 *     await systemClock.sleep(10)
 */
export const systemClock: Clock = Object.freeze({
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  random: () => Math.random(),
  afterTurn: (act: () => void) => void setImmediate(act),
  async sleep(ms: number, signal?: AbortSignal) {
    signal?.throwIfAborted()
    for (let leftMs = ms; leftMs > 0; leftMs -= longestTimerMs) {
      try {
        await setTimeout(Math.min(leftMs, longestTimerMs), undefined, signal && { signal })
      } catch (error) {
        // Node wraps the reason in an AbortError. The caller needs the reason itself.
        throw signal?.aborted ? signal.reason : error
      }
    }
  },
})

/** Calls `act` again and again, for as long as something else keeps the process alive. */
export function whileKeptAlive(act: () => void): void {
  setInterval(act, 50).unref()
}
