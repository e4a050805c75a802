import type { BatchError } from '../error/batch-error.js'

/**
 * Ends a run in order: no new call starts, those in flight finish and are recorded, the output is
 * closed valid. (To end it at once, abort the pipeline instead.)
 */
export interface StopSwitch {
  /** Aborts when a stop is asked for; waits end with it, calls do not. */
  readonly signal: AbortSignal
  /** Why; the first one asked for stands. */
  readonly reason: () => BatchError | undefined
  readonly request: (reason: BatchError) => void
}

export function createStopSwitch(): StopSwitch {
  const aborter = new AbortController()
  let asked: BatchError | undefined
  return {
    signal: aborter.signal,
    reason: () => asked,
    request(reason) {
      asked ??= reason
      aborter.abort(asked)
    },
  }
}
