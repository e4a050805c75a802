import type { Writable } from 'node:stream'
import type { Outcome } from '../row/outcome.js'

export const outputFormats = [
  'csv',
  'tsv',
  'json',
  'jsonl',
  'text',
  'openai-batch',
  'xlsx',
  'parquet',
] as const
export type OutputFormat = (typeof outputFormats)[number]

/** Whether a format is a table, with one header for all rows. */
export function isTable(format: OutputFormat): boolean {
  return format === 'csv' || format === 'tsv' || isPacked(format)
}

/** Whether a format is not text. Its file is whole only at its end, and nothing can mend it. */
export function isPacked(format: OutputFormat): boolean {
  return format === 'xlsx' || format === 'parquet'
}

/**
 * How an outcome becomes what flows to a sink, skipped outcomes too.
 *
 * For a file, an outcome is rendered to its text as soon as the outcome is safe, and waits for its
 * turn as that text. A reader of the library takes the outcomes themselves.
 */
export interface RowForm<Form> {
  make(outcome: Outcome): Form
  /** Index of its row. */
  indexOf(row: Form): number
  /** Characters of the text, approximately. */
  lengthOf(row: Form): number
  /** A text for the disk, from which `fromText` makes an equal row. */
  toText(row: Form): string
  fromText(index: number, text: string): Form
}

/**
 * Takes outcomes and writes them. Opened, and proved writable, before the first call.
 *
 * `rows` takes groups (arrays) of what `form` makes. Its end leaves a valid document on the
 * disk, such as a closed JSON array. If the pipeline fails, or nothing was written, `close` does
 * that instead. Call `close` after the pipeline, whatever the end; it may be called twice.
 */
export interface RowSink<Form = unknown> {
  readonly format: OutputFormat
  /** Absolute path; absent for standard output. */
  readonly path: string | undefined
  readonly form: RowForm<Form>
  readonly rows: Writable
  /** Rows written so far. */
  readonly rowsWritten: () => number
  /** Answers so far that a spreadsheet would run as formulas; absent for other formats. */
  readonly formulas?: (() => number) | undefined
  /** What a person should know of what the format could not hold so far: sentences. */
  readonly notes?: (() => readonly string[]) | undefined
  /**
   * After `close`: whether this output has replaced the old one. Absent if it does not replace an
   * output.
   */
  readonly isInPlace?: () => boolean
  /**
   * After `close`: whether there is no output, because none was made, or somebody removed or
   * replaced it.
   */
  readonly isGone?: () => boolean
  /** Whether the reader of a stream has taken everything. */
  readonly isTaken?: () => boolean
  /**
   * Closes the document valid. If nothing was written and the document is not whole, no new output
   * is left, and an old output stays as it was. A later call can only hurry the first.
   */
  readonly close: (options?: CloseSinkOptions) => Promise<void>
}

export interface CloseSinkOptions {
  /** Whether this run's output is not wanted. An old output stays as it is, even if torn. */
  readonly discard?: boolean
  /**
   * Whether to stop waiting for a reader that takes nothing. The rest is handed over to the reader.
   */
  readonly isHurried?: boolean
  /**
   * Whether the document has every row. Only then an empty document is written, and a new output
   * replaces the old one.
   */
  readonly isWhole?: boolean
}
