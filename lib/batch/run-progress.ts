import type { BatchPulse } from '../port/batch-store.js'
import type { Tally } from '../row/tally.js'
import type { CallPath } from './call-path.js'
import { type HoldUp, holdUpWords } from './hold-up.js'
import { type BatchProgress, expectedRows } from './progress.js'
import type { BatchParts, RunPlan } from './run-plan.js'

/** How far a run is. */
export interface RunState {
  readonly rowsRead: number
  readonly isInputOver: boolean
  /** Whether something ended the rows before their end. */
  readonly isStopped: boolean
  readonly tally: Tally
}

export interface RunProgressOptions {
  readonly plan: RunPlan
  readonly parts: Pick<BatchParts, 'source' | 'sink' | 'clock'>
  readonly calls: CallPath
  /** Rows that may be between the input and the record. */
  readonly windowRows: number
  readonly state: () => RunState
}

/** What a run says of itself while it goes on: to the terminal that it was started from, and to all others. */
export interface RunProgress {
  readonly progress: () => BatchProgress
  readonly pulse: () => BatchPulse
  /** Whether the rows that the run was to take are taken, and are not all that the batch has. */
  readonly isCut: () => boolean
}

/** Its time begins when this is called. */
export function runProgress(options: RunProgressOptions): RunProgress {
  const { plan, parts, calls, windowRows, state } = options
  const { source, sink, clock } = parts
  const startedMs = clock.monotonicMs()
  return { progress, pulse, isCut }

  function progress(): BatchProgress {
    const { rowsRead, tally } = state()
    return {
      rowsRead,
      rowsTotal: rowsTotal(),
      bytesRead: source.bytesRead(),
      bytesTotal: source.bytesTotal,
      tally,
      callsInFlight: calls.callsInFlight(),
      rowsWritten: sink.rowsWritten(),
      elapsedMs: clock.monotonicMs() - startedMs,
      holdUp: holdUp(),
      leastLeftMs: calls.leastLeftMs(),
    }
  }

  function pulse(): BatchPulse {
    const { tally } = state()
    return { totalRows: batchTotal(), tally, holdUp: holdUpWords(holdUp()) }
  }

  function isCut(): boolean {
    const { rowsRead } = state()
    return plan.isLimitOfRun && rowsRead === plan.limit && plan.rowsCounted?.() !== rowsRead
  }

  /** Rows of the run. */
  function rowsTotal(): number | undefined {
    const { rowsRead, isInputOver, isStopped } = state()
    if (isInputOver && !isStopped) return rowsRead
    const counted = plan.rowsCounted?.()
    return counted === undefined ? undefined : Math.min(counted, plan.limit ?? counted)
  }

  /** Rows of the batch, of which the run may take a part. */
  function batchTotal(): number | undefined {
    const { isInputOver, isStopped } = state()
    const isOver = isInputOver && !isStopped && !isCut()
    return plan.isLimitOfRun && !isOver ? plan.rowsCounted?.() : expectedRows(progress())
  }

  function holdUp(): HoldUp | undefined {
    if (sink.outcomes.writableNeedDrain) return { kind: 'output' }
    const canRead = !state().isInputOver && calls.rowsHeld() < windowRows
    return calls.holdUp() ?? (canRead ? { kind: 'input' } : calls.attemptWait())
  }
}
