import type { Clock } from '../../port/clock.js'
import type { BatchReport } from '../../report/batch-report.js'

export interface WatchReportsOptions {
  readonly look: () => Promise<BatchReport>
  /** @param isLast whether the batch has ended. */
  readonly show: (report: BatchReport, isLast: boolean) => Promise<void>
  /** The source of Ctrl-C. */
  readonly signals: NodeJS.EventEmitter
  readonly clock: Clock
}

const lookEveryMs = 1000
const leavingSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Shows a batch each second until it ends or the watcher leaves. Resolves with whether it ended.
 * The batch is not affected.
 */
export async function watchReports(options: WatchReportsOptions): Promise<boolean> {
  const { look, show, signals, clock } = options
  const leaving = new AbortController()
  const leave = () => leaving.abort()
  for (const name of leavingSignals) signals.on(name, leave)
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
    for (const name of leavingSignals) signals.off(name, leave)
  }
}
