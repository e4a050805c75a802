import { rowError, runError } from '../../error/batch-error.js'
import { stringifyJson } from '../../row/exact-json.js'
import type { Answered, Failed } from '../../row/outcome.js'
import type { Columns, ColumnValue } from '../../row/row.js'
import type { RecordFields } from './write-json.js'

/** An outcome that is written: skipped ones are not. */
export type WrittenOutcome = Answered | Failed

/** One naming for all formats: the input's columns in their order, then the answer's. */
export interface OutcomeNaming {
  /** The input's, as far as they are known before the first row. */
  readonly columns: readonly string[]
  readonly responseColumn: string
}

/**
 * Names and values of a record of JSON, in order: the known columns that the row has, its further
 * ones, the response, and for a failed row (its response is null) the error.
 *
 * The error is called `error`; where the row, or the header, has a column of that name,
 * `response_error` (after the response column's name), with as many `_` behind as it takes: the
 * input's columns keep theirs.
 */
export function outcomeFields(
  outcome: WrittenOutcome,
  { columns, responseColumn }: OutcomeNaming,
): RecordFields {
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
 * Cells of a record of a table: the known columns, then the response, which is empty for a failed
 * row.
 */
export function outcomeCells(
  outcome: WrittenOutcome,
  { columns }: Pick<OutcomeNaming, 'columns'>,
): string[] {
  const row = outcome.row.columns
  const cells = columns.map(name => (Object.hasOwn(row, name) ? cellText(row[name]) : ''))
  cells.push(outcome.kind === 'answered' ? outcome.answer.text : '')
  return cells
}

/** A value as the text of a cell: nothing for null, JSON for lists and objects. */
export function cellText(value: ColumnValue | undefined): string {
  if (value === null || value === undefined) return ''
  return typeof value === 'object' ? stringifyJson(value) : String(value)
}

/**
 * @throws {BatchError} OPTIONS_INVALID when the input has a column with the response's name
 * already.
 */
export function checkResponseColumn({ columns, responseColumn }: OutcomeNaming): void {
  if (!columns.includes(responseColumn)) return
  throw runError(
    'OPTIONS_INVALID',
    `The input has a column "${responseColumn}" already`,
    `Name another column for the answers: --response-column ${responseColumn}_2.`,
  )
}

/**
 * For a table made from rows whose columns may differ: a row that would lose a column is refused
 * before it is paid for.
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
      `The output has no column for: ${further.slice(0, 10).join(', ')}`,
      'Its header is the first record. JSON Lines keep the columns of each: --format jsonl.',
    )
  }
}

/**
 * For JSON, where rows may have any columns: one that has a column with the response's name is
 * refused before it is paid for, because one of the two would be lost.
 *
 * @returns a check that throws BatchError COLUMN_UNEXPECTED, reach row.
 */
export function checkResponseFits(responseColumn: string): (row: Columns) => void {
  return row => {
    if (!Object.hasOwn(row, responseColumn)) return
    throw rowError(
      'COLUMN_UNEXPECTED',
      `The row has a column "${responseColumn}" already`,
      `Name another column for the answers: --response-column ${responseColumn}_2.`,
    )
  }
}
