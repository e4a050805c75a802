import type { StopSwitch } from '../call/stop-switch.js'
import type { BatchError } from '../error/batch-error.js'
import type { Clock } from '../port/clock.js'
import type { RowSink } from '../port/row-sink.js'

export interface LeaveStandingReaderOptions {
  readonly sink: Pick<RowSink, 'isTaken' | 'rowsWritten'>
  readonly stop: StopSwitch
  readonly clock: Clock
  /**
   * Whether no call is in flight: all that came is recorded then, and only the reader is waited
   * for.
   */
  readonly isIdle: () => boolean
  readonly abort: (reason: BatchError) => void
}

/** So long a run that is to stop waits for a reader that takes nothing. */
const patienceMs = 2_000

/**
 * Lets a run that was asked to stop end although the reader of its output stands still: what is
 * recorded is not lost, and who pressed Ctrl-C is not to wait for somebody else.
 *
 * @returns ends the watch.
 */
export function leaveStandingReader(options: LeaveStandingReaderOptions): () => void {
  const { sink, stop, clock, isIdle, abort } = options
  const ended = new AbortController()
  const onStop = (): void => void watch().catch(() => {}) // Its sleep ends with the run.
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
