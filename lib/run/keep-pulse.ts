import { BatchError, runError } from '../error/batch-error.js'
import type { StopRequest } from '../port/batch-store.js'
import type { Clock } from '../port/clock.js'

export interface KeepPulseOptions {
  /** Records how far the run is. Returns what another terminal asks of the run. */
  readonly pulse: () => Promise<StopRequest | undefined>
  readonly clock: Clock
  readonly stop: (reason: BatchError) => void
  readonly abort: (reason: BatchError) => void
}

/** So a cancelled run stops reading within a second. */
const pulseMs = 500

/**
 * Keeps a run's row in the database fresh, and obeys another terminal's request in that row.
 *
 * @returns a function that ends the pulse.
 */
export function keepPulse({ pulse, clock, stop, abort }: KeepPulseOptions): () => void {
  const ended = new AbortController()
  let isAsked = false
  beat().catch(() => {}) // rejects when the run ends
  return () => ended.abort()

  async function beat(): Promise<void> {
    for (;;) {
      await clock.sleep(pulseMs, ended.signal)
      const request = await pulse().catch(onFailed)
      if (request?.kind === 'abort') abort(runCancelled())
      else if (request?.kind === 'finish' && !isAsked) void finishWithin(request.graceMs)
    }
  }

  /**
   * Other errors need no answer here: recording uses the same database, and its error ends the run.
   */
  function onFailed(error: unknown): undefined {
    if (!BatchError.isInstance(error)) return
    if (error.code === 'BATCH_LOST') abort(error)
    // Calls in flight may finish: their answers go to the journal.
    if (error.code === 'DATABASE_LOST') stop(error)
  }

  async function finishWithin(graceMs: number): Promise<void> {
    isAsked = true
    stop(runCancelled())
    try {
      await clock.sleep(graceMs, ended.signal)
    } catch {
      return // All calls had ended.
    }
    abort(runCancelled())
  }
}

function runCancelled(): BatchError {
  return runError('RUN_CANCELLED', 'The batch was cancelled from another terminal')
}
