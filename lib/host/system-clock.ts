import { setTimeout } from 'node:timers/promises'
import type { Clock } from '../port/clock.js'

/** Longest wait that a timer of Node takes, in milliseconds; a longer one fires at once. */
const longestTimerMs = 2 ** 31 - 1

/** The time of this machine, and the one place that reads it. */
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
        // Node wraps the reason in an AbortError of its own; whoever aborted is to find what they said.
        throw signal?.aborted ? signal.reason : error
      }
    }
  },
})
