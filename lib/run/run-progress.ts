import { type Bottleneck, bottleneckText } from '../call/bottleneck.js'
import type { CallPath } from '../call/call-path.js'
import type { SpendCap } from '../call/spend-cap.js'
import type { StopSwitch } from '../call/stop-switch.js'
import type { BatchPulse } from '../port/batch-store.js'
import type { EqualPrompts } from '../stage/equal-prompts.js'
import type { Window } from '../stage/window.js'
import type { BatchParts, Plan } from './plan.js'
import { type BatchProgress, expectedRows } from './progress.js'
import type { RunCount } from './run-count.js'

/** The state of a run, for its own terminal and for others. */
export interface RunProgress {
  readonly progress: () => BatchProgress
  readonly pulse: () => BatchPulse
}

/** Measures the run's time from this call on. */
export function runProgress(
  plan: Pick<Plan, 'limit'>,
  parts: Pick<BatchParts, 'source' | 'sink' | 'clock' | 'rowsCounted'>,
  flow: {
    readonly calls: CallPath
    readonly cap?: Pick<SpendCap, 'spend'> | undefined
    readonly window: Window
    /** The rows that wait for equal prompts; absent if none can. */
    readonly equals?: Pick<EqualPrompts, 'hasRoom'> | undefined
    readonly count: RunCount
    readonly stop: StopSwitch
  },
): RunProgress {
  const { source, sink, clock, rowsCounted } = parts
  const { calls, cap, window, equals, count, stop } = flow
  const startedMs = clock.monotonicMs()
  return { progress, pulse }

  function progress(): BatchProgress {
    return {
      rowsRead: count.rowsRead(),
      rowsTotal: rowsTotal(),
      bytesRead: source.bytesRead(),
      bytesTotal: source.bytesTotal,
      tally: count.tally(),
      callsInFlight: calls.callsInFlight(),
      rowsWritten: sink.rowsWritten(),
      elapsedMs: clock.monotonicMs() - startedMs,
      isStopping: stop.signal.aborted,
      bottleneck: bottleneck(),
      retrying: calls.retrying(),
      leastLeftMs: calls.leastLeftMs(),
    }
  }

  function pulse(): BatchPulse {
    return {
      totalRows: batchTotal(),
      tally: count.tally(),
      bottleneck: bottleneckText(bottleneck()),
      spend: cap?.spend(),
    }
  }

  /** Rows of the run. */
  function rowsTotal(): number | undefined {
    const end = count.rowsEnd()
    if (end === 'source-ended' || end === 'limit-reached') return count.rowsRead()
    const counted = rowsCounted?.()
    return counted === undefined ? undefined : Math.min(counted, plan.limit ?? counted)
  }

  /** Rows of the batch. The run may take a part of them. */
  function batchTotal(): number | undefined {
    if (count.rowsEnd() === 'source-ended') return count.rowsRead()
    return rowsCounted?.() ?? (plan.limit === undefined ? expectedRows(progress()) : undefined)
  }

  function bottleneck(): Bottleneck | undefined {
    if (sink.rows.writableNeedDrain) return { kind: 'output' }
    const hasRoom = window.hasRoom() && equals?.hasRoom() !== false
    const canRead = count.rowsEnd() === undefined && hasRoom
    return calls.bottleneck() ?? (canRead ? { kind: 'input' } : calls.attemptWait())
  }
}
