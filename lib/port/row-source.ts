import type { Readable } from 'node:stream'

export type InputFormat = 'text' | 'csv' | 'tsv' | 'json' | 'jsonl' | 'xlsx'

/**
 * An input whose beginning has been read and found good.
 *
 * `rows` gives groups in object mode: arrays of the `SourceRecord`s that came in one read, at least
 * one and at most 128, in input order, with indices 0, 1, 2, …; a bad record is a failed outcome
 * with code RECORD_INVALID and its line. It errors with a BatchError of reach `run`, and its
 * position, when the input cannot be read on. Destroying it lets go of the file; where rows are
 * lost to an error, all records before the bad place have been given first.
 */
export interface RowSource {
  readonly format: InputFormat
  /** Absolute path, or `-`. */
  readonly path: string
  readonly rows: Readable
  /**
   * The header of a table, or the keys of the first record of JSON in their order; `['prompt']` for
   * text.
   */
  readonly columns: readonly string[]
  /**
   * Whether every row has exactly `columns` (tables and text), so that a name not among them is in
   * no row.
   */
  readonly isColumnsFixed: boolean
  /** Size of the file; absent for a pipe. */
  readonly bytesTotal: number | undefined
  readonly bytesRead: () => number
}
