import type { Writable } from 'node:stream'

export type OutputFormat = 'csv' | 'tsv' | 'json' | 'jsonl' | 'text'

/**
 * Where outcomes are written, opened and proved writable before the first call.
 *
 * `outcomes` takes answered and failed Outcomes in object mode and ignores skipped ones; `final` leaves a valid
 * document (a JSON array closed) on the disk. When the pipeline fails, `close` does that instead: it must be called
 * once the pipeline is over, whatever the end, and may be called twice.
 */
export interface RowSink {
  readonly format: OutputFormat
  /** Absolute path, or absent for standard output. */
  readonly path: string | undefined
  readonly outcomes: Writable
  /** Calls back at most once, when it is seen that nobody is left to read what is written, before a write fails. */
  readonly onLost?: (listener: (error: Error) => void) => void
  /** Rows written so far. */
  readonly rowsWritten: () => number
  /** Once closed, of one that replaces an old output: whether it did. Absent where what is written is there at once. */
  readonly isInPlace?: () => boolean
  /** Once closed: whether no output is left, because none was made, or it was removed or replaced meanwhile. */
  readonly isGone?: () => boolean
  /** Whether the reader of a stream has taken all that was written. */
  readonly isTaken?: () => boolean
  /** Closes the document valid with what was written. Later calls do nothing. */
  readonly close: (options?: CloseSinkOptions) => Promise<void>
}

export interface CloseSinkOptions {
  /** Deletes an output that this run made, when nothing was written to it. */
  readonly discard?: boolean
  /** Whether to wait no longer for a reader that takes nothing: what it has not taken is handed over and left to it. */
  readonly isHurried?: boolean
  /** Whether every row is in it: only then does an output written anew take the place of the old one. */
  readonly isWhole?: boolean
}
