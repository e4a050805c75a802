import { type BatchError, runError } from '../error/batch-error.js'
import type { Outcome } from '../row/outcome.js'
import type { BatchProgress } from '../run/progress.js'

/** How a program takes part in a run. */
export interface RunListeners {
  /**
   * Stops the run in order when it aborts: no new call starts, and calls in flight finish and are
   * recorded. A signal that has aborted already stops the run before the first call.
   */
  readonly signal?: AbortSignal | undefined
  /**
   * Hears of the state of the run twice a second, and at its end. An error that it throws stops the
   * run; at the end, the promise rejects with it.
   */
  readonly onProgress?: ((progress: BatchProgress) => void) | undefined
  /** Hears of each outcome, once it is written. An error that it throws stops the run. */
  readonly onOutcome?: ((outcome: Outcome) => void) | undefined
}

/** Calls `stop` when the signal aborts. @returns a function that ends that. */
export function stopOnAbort(
  signal: AbortSignal | undefined,
  stop: (reason: BatchError) => void,
): () => void {
  if (signal === undefined) return () => {}
  const onAbort = (): void => stop(stoppedBy(signal))
  if (signal.aborted) onAbort()
  else signal.addEventListener('abort', onAbort, { once: true })
  return () => signal.removeEventListener('abort', onAbort)
}

function stoppedBy({ reason }: AbortSignal): BatchError {
  const what = reason instanceof Error ? reason.message : String(reason)
  return runError('RUN_INTERRUPTED', `Stopped by the signal: ${what}`, undefined, reason)
}
