/** A value of a column: a cell of a table (always text there), or any JSON value. Integers beyond 2^53 are bigint. */
export type ColumnValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | readonly ColumnValue[]
  | { readonly [name: string]: ColumnValue }

/** The columns of one row by name. Its own keys only: made with `Object.create(null)` or a plain literal. */
export type Columns = Readonly<Record<string, ColumnValue>>

/** One record of the input. */
export interface Row {
  readonly kind: 'row'
  /** Counted from 0 over all records of the input, bad ones included. */
  readonly index: number
  readonly columns: Columns
  /** Line of the input on which the record starts, counted from 1; absent where a format has no lines. */
  readonly line?: number | undefined
}
