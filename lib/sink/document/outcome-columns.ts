import { rowError, runError } from '../../error/batch-error.js'
import { stringifyJson } from '../../row/exact-json.js'
import type { Answered, Failed } from '../../row/outcome.js'
import type { Columns, ColumnValue } from '../../row/row.js'
import { usageCells, usageFields, usageNames } from './usage-fields.js'
import type { RowFields } from './write-json.js'

/** An outcome that is written. Skipped rows are not. */
export type WrittenOutcome = Answered | Failed

/** The columns of all formats: the input's columns in their order, then those of the answer. */
export interface OutcomeNaming {
  /** The input's columns, as far as known before the first row. */
  readonly columns: readonly string[]
  readonly responseColumn: string
  /** Whether the columns of `usageNames` follow the response; no if absent. */
  readonly usageColumns?: boolean | undefined
}

/** The columns of an answer, in their order. */
export function answerColumns({
  responseColumn,
  usageColumns,
}: Omit<OutcomeNaming, 'columns'>): readonly string[] {
  return usageColumns ? [responseColumn, ...usageNames] : [responseColumn]
}

/**
 * Names and values of a row in JSON, in order: the known columns that the row has, further columns,
 * the response, what the answer took if asked for, and for a failed row (with response null) the
 * error.
 *
 * The error's name is `error`. If the row or the header has a column of that name, it is
 * `response_error` (from the response column's name), with as many `_` at the end as needed. The
 * input's columns keep their names.
 */
export function outcomeFields(outcome: WrittenOutcome, naming: OutcomeNaming): RowFields {
  const { columns, responseColumn, usageColumns } = naming
  const row = outcome.row.columns
  const fields: [string, ColumnValue][] = []
  for (const name of new Set([...columns, ...Object.keys(row)])) {
    const value = Object.hasOwn(row, name) ? row[name] : undefined
    if (value !== undefined && name !== responseColumn) fields.push([name, value])
  }
  fields.push([responseColumn, outcome.kind === 'answered' ? outcome.answer.text : null])
  if (usageColumns) for (const [name, value] of usageFields(outcome)) fields.push([name, value])
  if (outcome.kind === 'failed') {
    const { code, message } = outcome.error
    fields.push([errorColumn(row, naming), { code, message }])
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
 * Cells of a row of a table: the known columns, then the response, which is empty for a failed row,
 * and what the answer took if asked for.
 */
export function outcomeCells(
  outcome: WrittenOutcome,
  { columns, usageColumns }: Pick<OutcomeNaming, 'columns' | 'usageColumns'>,
): string[] {
  const row = outcome.row.columns
  const cells = columns.map(name => (Object.hasOwn(row, name) ? cellText(row[name]) : ''))
  cells.push(outcome.kind === 'answered' ? outcome.answer.text : '')
  if (usageColumns) cells.push(...usageCells(outcome))
  return cells
}

/** A value as the text of a cell: empty for null, JSON for lists and objects. */
export function cellText(value: ColumnValue | undefined): string {
  if (value === null || value === undefined) return ''
  return typeof value === 'object' ? stringifyJson(value) : String(value)
}

/**
 * @throws {BatchError} OPTIONS_INVALID if the input has a column with the name of an answer's
 * column, or if two of the answer's columns have one name.
 */
export function checkAnswerColumns(naming: OutcomeNaming): void {
  const { columns, responseColumn } = naming
  const names = answerColumns(naming)
  const taken = names.find(name => columns.includes(name))
  if (taken !== undefined) {
    throw runError(
      'OPTIONS_INVALID',
      `The input already has a column "${taken}"`,
      remedyFor(taken, naming),
    )
  }
  if (names.indexOf(responseColumn) === names.lastIndexOf(responseColumn)) return
  throw runError(
    'OPTIONS_INVALID',
    `--usage-columns has a column "${responseColumn}" of its own`,
    'Name another column for the answers with --response-column.',
  )
}

function remedyFor(taken: string, { responseColumn }: Pick<OutcomeNaming, 'responseColumn'>) {
  return taken === responseColumn
    ? `Name another column for the answers: --response-column ${responseColumn}_2.`
    : 'Rename that column of the input, or leave out --usage-columns.'
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
 * For JSON: refuses a row with the name of an answer's column, before it is paid for, because one
 * of the two values would be lost.
 *
 * @returns a check that throws BatchError COLUMN_UNEXPECTED, reach row.
 */
export function checkAnswerFits(naming: Omit<OutcomeNaming, 'columns'>): (row: Columns) => void {
  const names = answerColumns(naming)
  return row => {
    const taken = names.find(name => Object.hasOwn(row, name))
    if (taken === undefined) return
    throw rowError(
      'COLUMN_UNEXPECTED',
      `The row already has a column "${taken}"`,
      remedyFor(taken, naming),
    )
  }
}
