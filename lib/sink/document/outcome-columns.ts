import { rowError, runError } from '../../error/batch-error.js'
import { stringifyJson } from '../../row/exact-json.js'
import type { Answered, Failed } from '../../row/outcome.js'
import type { Columns, ColumnValue } from '../../row/row.js'
import type { RowFields } from './write-json.js'

/** An outcome that is written. Skipped rows are not. */
export type WrittenOutcome = Answered | Failed

/** The columns of all formats: the input's columns in their order, then the answer's column. */
export interface OutcomeNaming {
  /** The input's columns, as far as known before the first row. */
  readonly columns: readonly string[]
  readonly responseColumn: string
}

/**
 * Names and values of a row in JSON, in order: the known columns that the row has, further columns,
 * the response, and for a failed row (with response null) the error.
 *
 * The error's name is `error`. If the row or the header has a column of that name, it is
 * `response_error` (from the response column's name), with as many `_` at the end as needed. The
 * input's columns keep their names.
 */
export function outcomeFields(
  outcome: WrittenOutcome,
  { columns, responseColumn }: OutcomeNaming,
): RowFields {
  const row = outcome.row.columns
  const fields: [string, ColumnValue][] = []
  for (const name of new Set([...columns, ...Object.keys(row)])) {
    const value = Object.hasOwn(row, name) ? row[name] : undefined
    if (value !== undefined && name !== responseColumn) fields.push([name, value])
  }
  if (outcome.kind === 'answered') {
    fields.push([responseColumn, outcome.answer.text])
  } else {
    const { code, message } = outcome.error
    fields.push([responseColumn, null])
    fields.push([errorColumn(row, { columns, responseColumn }), { code, message }])
  }
  return fields
}

function errorColumn(row: Columns, { columns, responseColumn }: OutcomeNaming): string {
  const isTaken = (name: string) =>
    columns.includes(name) || Object.hasOwn(row, name) || name === responseColumn
  if (!isTaken('error')) return 'error'
  let name = `${responseColumn}_error`
  while (isTaken(name)) name += '_'
  return name
}

/**
 * Cells of a row of a table: the known columns, then the response, which is empty for a failed row.
 */
export function outcomeCells(outcome: WrittenOutcome, columns: readonly string[]): string[] {
  const row = outcome.row.columns
  const cells = columns.map(name => (Object.hasOwn(row, name) ? cellText(row[name]) : ''))
  cells.push(outcome.kind === 'answered' ? outcome.answer.text : '')
  return cells
}

/** A value as the text of a cell: empty for null, JSON for lists and objects. */
export function cellText(value: ColumnValue | undefined): string {
  if (value === null || value === undefined) return ''
  return typeof value === 'object' ? stringifyJson(value) : String(value)
}

/** @throws {BatchError} OPTIONS_INVALID if the input has a column with the response's name. */
export function checkResponseColumn({ columns, responseColumn }: OutcomeNaming): void {
  if (!columns.includes(responseColumn)) return
  throw runError(
    'OPTIONS_INVALID',
    `The input already has a column "${responseColumn}"`,
    `Name another column for the answers: --response-column ${responseColumn}_2.`,
  )
}

/**
 * For a table from rows with different columns: refuses a row that would lose a column, before it
 * is paid for.
 *
 * @returns a check that throws BatchError COLUMN_UNEXPECTED, reach row.
 */
export function checkColumnsFit(columns: readonly string[]): (row: Columns) => void {
  const known = new Set(columns)
  return row => {
    const further = Object.keys(row).filter(name => !known.has(name))
    if (further.length === 0) return
    throw rowError(
      'COLUMN_UNEXPECTED',
      `The output has no column for ${further.slice(0, 10).join(', ')}`,
      'The first row decides the columns. With --format jsonl, each row keeps its own.',
    )
  }
}

/**
 * For JSON: refuses a row with a column of the response's name, before it is paid for, because one
 * of the two values would be lost.
 *
 * @returns a check that throws BatchError COLUMN_UNEXPECTED, reach row.
 */
export function checkResponseFits(responseColumn: string): (row: Columns) => void {
  return row => {
    if (!Object.hasOwn(row, responseColumn)) return
    throw rowError(
      'COLUMN_UNEXPECTED',
      `The row already has a column "${responseColumn}"`,
      `Name another column for the answers: --response-column ${responseColumn}_2.`,
    )
  }
}
