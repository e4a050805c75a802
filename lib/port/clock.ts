/**
 * Time and chance. Everything below uses this interface; the real clock is `host/system-clock.ts`.
 */
export interface Clock {
  /** Milliseconds since 1970, for dates. May step back. */
  readonly nowMs: () => number
  /** Milliseconds with fractions since any moment, for durations. Never steps back. */
  readonly monotonicMs: () => number
  /** A number from 0 up to, not including, 1. */
  readonly random: () => number
  /**
   * Calls back after the present events, so that what ends in one turn of the event loop goes on
   * together.
   */
  readonly afterTurn: (act: () => void) => void
  /**
   * Resolves after `ms` milliseconds, at once for 0 or less. Rejects with the signal's reason if
   * the signal aborts first.
   */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>
}
