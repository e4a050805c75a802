import type { Writable } from 'node:stream'
import type { Outcome } from '../row/outcome.js'

export type OutputFormat = 'csv' | 'tsv' | 'json' | 'jsonl' | 'text'

/**
 * What flows to a sink in place of an outcome, one for each, skipped ones too.
 *
 * A file takes rendered rows: an outcome is rendered as soon as it is safe, and whatever waits for
 * its turn in input order waits as the bytes that are written in the end. A reader of the library
 * takes the outcomes themselves.
 */
export interface RecordForm<Record> {
  make(outcome: Outcome): Record
  /** Index of its row. */
  indexOf(record: Record): number
  /** Characters of its text, at least about. */
  lengthOf(record: Record): number
  /** A text that `fromText` makes an equal record of, for one that waits on disk. */
  toText(record: Record): string
  fromText(index: number, text: string): Record
}

/**
 * Where outcomes are written, opened and proved writable before the first call.
 *
 * `records` takes groups (arrays) of what `form` makes; `final` leaves a valid document (a JSON
 * array closed) on the disk. When the pipeline fails, or nothing was written, `close` does that
 * instead: it must be called once the pipeline is over, whatever the end, and may be called twice.
 */
export interface RowSink<Record = unknown> {
  readonly format: OutputFormat
  /** Absolute path, or absent for standard output. */
  readonly path: string | undefined
  readonly form: RecordForm<Record>
  readonly records: Writable
  /** Rows written so far. */
  readonly rowsWritten: () => number
  /**
   * Answers, made into records so far, that a spreadsheet would run as formulas; absent where it
   * runs none.
   */
  readonly formulas?: (() => number) | undefined
  /**
   * Once closed, of one that replaces an old output: whether it did. Absent where what is written
   * is there at once.
   */
  readonly isInPlace?: () => boolean
  /**
   * Once closed: whether no output is left, because none was made, or it was removed or replaced
   * meanwhile.
   */
  readonly isGone?: () => boolean
  /** Whether the reader of a stream has taken all that was written. */
  readonly isTaken?: () => boolean
  /**
   * Closes the document valid with what was written. Where nothing was written and not every row is
   * in it, no output is left that this run made, and an old one stays as it was. Later calls do
   * nothing but hurry.
   */
  readonly close: (options?: CloseSinkOptions) => Promise<void>
}

export interface CloseSinkOptions {
  /**
   * Whether what this run made is not wanted at all: an old output stays as it is, even if it is
   * torn.
   */
  readonly discard?: boolean
  /**
   * Whether to wait no longer for a reader that takes nothing: what it has not taken is handed over
   * and left to it.
   */
  readonly isHurried?: boolean
  /**
   * Whether every row is in it: only then is a document of no rows written, and the old output
   * replaced by a new one.
   */
  readonly isWhole?: boolean
}
