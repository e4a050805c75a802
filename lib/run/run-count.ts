import type { BatchError } from '../error/batch-error.js'
import type { Outcome } from '../row/outcome.js'
import { addToTally, emptyTally, type Tally, tallied } from '../row/tally.js'
import type { RowsEnd } from '../stage/take-rows.js'
import { inputBroken } from './run-end.js'

/** Counts what a run has read and recorded. */
export interface RunCount {
  readonly rowsRead: () => number
  /** The recorded outcomes. */
  readonly tally: () => Tally
  /** Why no further row comes; undefined while rows may come. */
  readonly rowsEnd: () => RowsEnd | undefined
  readonly inputError: () => BatchError | undefined
  readonly onRead: (rows: readonly unknown[]) => void
  readonly onSourceError: (error: Error) => void
  readonly onRowsEnd: (end: RowsEnd) => void
  readonly onRecorded: (outcomes: readonly Outcome[]) => void
  /** Counts rows without an outcome as skipped, after the run was broken off. */
  readonly onBrokenOff: () => void
}

export function runCount(): RunCount {
  let rowsRead = 0
  let tally = emptyTally
  let rowsEnd: RowsEnd | undefined
  let inputError: BatchError | undefined
  return {
    rowsRead: () => rowsRead,
    tally: () => tally,
    rowsEnd: () => rowsEnd,
    inputError: () => inputError,
    onRead(rows) {
      rowsRead += rows.length
    },
    onSourceError(error) {
      inputError = inputBroken(error)
    },
    onRowsEnd(end) {
      rowsEnd = end
    },
    onRecorded(outcomes) {
      tally = addToTally(tally, outcomes)
    },
    onBrokenOff() {
      tally = { ...tally, skipped: tally.skipped + rowsRead - tallied(tally) }
    },
  }
}
