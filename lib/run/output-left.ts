import type { RowSink } from '../port/row-sink.js'

/**
 * What an output holds at the end of a run: `all` recorded rows, a `part` of them, what it held
 * before (`as-before`: a new output replaces the old one only if it is whole), or `none`: the
 * output does not exist.
 */
export type OutputLeft = 'all' | 'part' | 'as-before' | 'none'

export interface OutputLeftOptions {
  /** Answers and failures that the run has to write. */
  readonly rowsOfRun: number
  /** Whether earlier runs recorded answers that this run has not reached. */
  readonly isMoreRecorded: boolean
}

/** What an output holds after its sink is closed. */
export function outputLeft(
  sink: Pick<RowSink, 'isGone' | 'isInPlace' | 'isTaken' | 'rowsWritten'>,
  { rowsOfRun, isMoreRecorded }: OutputLeftOptions,
): OutputLeft {
  if (sink.isGone?.()) return 'none'
  if (sink.isInPlace?.() === false) return 'as-before'
  const isWhole = sink.rowsWritten() >= rowsOfRun && sink.isTaken?.() !== false
  return isWhole && !isMoreRecorded ? 'all' : 'part'
}
