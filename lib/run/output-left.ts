import type { RowSink } from '../port/row-sink.js'

/**
 * How much of what is recorded an output holds at the end of a run: `all` of it, a `part`, or
 * nothing new, since it is `as-before` (one that is written anew is shown when it is whole), or
 * there is `none` (it was removed meanwhile).
 */
export type OutputLeft = 'all' | 'part' | 'as-before' | 'none'

export interface OutputLeftOptions {
  /** Answers and failures that the run was to write. */
  readonly rowsOfRun: number
  /** Whether earlier runs recorded answers that this one has not come to. */
  readonly isMoreRecorded: boolean
}

/** What an output holds, once its sink is closed. */
export function outputLeft(
  sink: Pick<RowSink, 'isGone' | 'isInPlace' | 'isTaken' | 'rowsWritten'>,
  { rowsOfRun, isMoreRecorded }: OutputLeftOptions,
): OutputLeft {
  if (sink.isGone?.()) return 'none'
  if (sink.isInPlace?.() === false) return 'as-before'
  const isWhole = sink.rowsWritten() >= rowsOfRun && sink.isTaken?.() !== false
  return isWhole && !isMoreRecorded ? 'all' : 'part'
}
