import type { Readable } from 'node:stream'
import type { Columns } from '../row/row.js'

export const inputFormats = [
  'text',
  'csv',
  'tsv',
  'json',
  'jsonl',
  'xlsx',
  'parquet',
  'openai-batch',
] as const
export type InputFormat = (typeof inputFormats)[number]

/**
 * An input whose start has been read and is valid.
 *
 * `rows` gives groups in object mode: arrays of 1 to 128 `SourceRecord`s, those of one read, in
 * input order, with indices 0, 1, 2, …. A bad record is a failed outcome with code RECORD_INVALID
 * and its line. If the input cannot be read any further, `rows` gives all records before the fault,
 * then errors with a BatchError of reach `run` and the position. Destroy `rows` to close the file.
 */
export interface RowSource {
  readonly format: InputFormat
  /** Absolute path, or `-`; for several inputs, `inputName` of what the user wrote. */
  readonly path: string
  /** Name of the sheet that is read of a workbook. */
  readonly sheet?: string | undefined
  /** Absolute paths of what is read, or `-`. */
  readonly files: readonly string[]
  readonly rows: Readable
  /**
   * The header of a table, or the keys of the first JSON record in their order; `['prompt']` for
   * text.
   */
  readonly columns: readonly string[]
  /** The first good line of an OpenAI batch; absent for other formats. */
  readonly firstLine?: Columns | undefined
  /** Whether every row has exactly `columns`, as in tables and text. */
  readonly isColumnsFixed: boolean
  /** Size of the file; absent for a pipe. */
  readonly bytesTotal: number | undefined
  readonly bytesRead: () => number
  /** What a person should know before the run: sentences. */
  readonly warnings: readonly string[]
  /** What a person should know of how the rows were read so far: sentences without a full stop. */
  readonly notes: () => readonly string[]
}
