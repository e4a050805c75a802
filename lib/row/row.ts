/**
 * A value of a column: the text of a table's cell, or any JSON value. Integers beyond 2^53 are
 * bigints.
 */
export type ColumnValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | readonly ColumnValue[]
  | { readonly [name: string]: ColumnValue }

/**
 * The columns of one row by name. Only own keys count: made with `Object.create(null)` or a plain
 * literal.
 */
export type Columns = Readonly<Record<string, ColumnValue>>

/** One record of the input. */
export interface Row {
  readonly kind: 'row'
  /** Counted from 0 over all records of the input, bad records included. */
  readonly index: number
  readonly columns: Columns
  /**
   * Line of the input on which the record starts, counted from 1; absent for a format without
   * lines.
   */
  readonly line?: number | undefined
}
