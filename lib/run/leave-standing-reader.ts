import type { StopSwitch } from '../call/stop-switch.js'
import type { BatchError } from '../error/batch-error.js'
import type { Clock } from '../port/clock.js'
import type { RowSink } from '../port/row-sink.js'

export interface LeaveStandingReaderOptions {
  readonly sink: Pick<RowSink, 'isTaken' | 'rowsWritten'>
  readonly stop: StopSwitch
  readonly clock: Clock
  /** Whether no call is in flight, so that only the reader is waited for. */
  readonly isIdle: () => boolean
  readonly abort: (reason: BatchError) => void
}

/** How long a stopping run waits for a reader that takes nothing. */
const patienceMs = 2_000

/**
 * Ends a stopping run although the reader of its output takes nothing. Nothing is lost, because all
 * answers are recorded.
 *
 * @returns a function that ends the watch.
 */
export function leaveStandingReader(options: LeaveStandingReaderOptions): () => void {
  const { sink, stop, clock, isIdle, abort } = options
  const ended = new AbortController()
  const onStop = (): void => void watch().catch(() => {}) // Rejects when the run ends.
  if (stop.signal.aborted) onStop()
  else stop.signal.addEventListener('abort', onStop, { once: true })
  return () => {
    stop.signal.removeEventListener('abort', onStop)
    ended.abort()
  }

  async function watch(): Promise<void> {
    for (let written = -1; ; written = sink.rowsWritten()) {
      await clock.sleep(patienceMs, ended.signal)
      const isStanding = sink.isTaken?.() === false && sink.rowsWritten() === written
      if (isStanding && isIdle()) abort(stop.reason() as BatchError)
    }
  }
}
