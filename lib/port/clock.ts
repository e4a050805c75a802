/**
 * Time and chance, the only way to either; the real one is `api/system-clock.ts`, specs have a
 * fake.
 */
export interface Clock {
  /** Milliseconds since 1970; may step. For dates. */
  readonly nowMs: () => number
  /** Milliseconds, with fractions, from an unsaid beginning; never steps back. For durations. */
  readonly monotonicMs: () => number
  /** At least 0, less than 1. */
  readonly random: () => number
  /**
   * Calls back once the events at hand are dealt with: what ends in one turn of the event loop can
   * go on together.
   */
  readonly afterTurn: (act: () => void) => void
  /**
   * Resolves after `ms`, at once when that is 0 or less; rejects with the signal's reason when it
   * aborts first.
   */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>
}
