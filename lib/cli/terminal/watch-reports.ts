import type { Clock } from '../../port/clock.js'
import type { BatchReport } from '../../report/batch-report.js'
import { onStopSignal } from './stop-on-signals.js'

const lookEveryMs = 1000

/**
 * Shows a batch each second until it ends or the watcher leaves by a signal. Resolves with whether
 * it ended. The batch is not affected.
 *
 * @param show gets `isLast` if the batch has ended.
 */
export async function watchReports(
  look: () => Promise<BatchReport>,
  show: (report: BatchReport, isLast: boolean) => Promise<void>,
  { signals, clock }: { readonly signals: NodeJS.EventEmitter; readonly clock: Clock },
): Promise<boolean> {
  const leaving = new AbortController()
  const release = onStopSignal(signals, () => leaving.abort())
  try {
    for (;;) {
      const report = await look()
      const hasEnded = report.batch.status !== 'running'
      if (leaving.signal.aborted) return false
      await show(report, hasEnded)
      if (hasEnded) return true
      await clock.sleep(lookEveryMs, leaving.signal)
    }
  } catch (error) {
    if (leaving.signal.aborted) return false
    throw error
  } finally {
    release()
  }
}
