import { rowError, runError } from '../../error/batch-error.js'
import { isTable, type OutputFormat } from '../../port/row-sink.js'
import type { Columns } from '../../row/row.js'
import {
  type AnswerNaming,
  answerFields,
  hasProperties,
  type OutcomeNaming,
} from './outcome-columns.js'

/**
 * @throws {BatchError} OPTIONS_INVALID if the input has a column with the name of an answer's
 * column, or if two of the answer's columns have one name.
 */
export function checkAnswerColumns(naming: OutcomeNaming, format: OutputFormat): void {
  const { columns, responseColumn, errorColumn, shape } = naming
  const isByProperty = isTable(format) && hasProperties(shape) && !shape.hasResponse
  const names = [
    ...answerFields(naming).filter(name => !isByProperty || name !== responseColumn),
    ...(isTable(format) && errorColumn !== undefined ? [errorColumn] : []),
  ]
  const taken = names.find(name => columns.includes(name))
  if (taken !== undefined) {
    throw runError(
      'OPTIONS_INVALID',
      `The input already has a column "${taken}"`,
      remedyFor(taken, naming),
    )
  }
  if (new Set(names).size === names.length) return
  const twice = names.find((name, at) => names.indexOf(name) < at)
  if (twice === errorColumn) {
    throw runError(
      'OPTIONS_INVALID',
      `--error-column=${errorColumn} has the name of a column of the answers`,
      `Name another column for the errors: --error-column=${errorColumn}_2.`,
    )
  }
  throw runError(
    'OPTIONS_INVALID',
    `--usage-columns has a column "${responseColumn}" of its own`,
    'Name another column for the answers with --response-column.',
  )
}

function remedyFor(
  taken: string,
  { responseColumn, errorColumn }: Pick<OutcomeNaming, 'responseColumn' | 'errorColumn'>,
) {
  if (taken === errorColumn) {
    return `Name another column for the errors: --error-column=${errorColumn}_2.`
  }
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
export function checkAnswerFits(naming: AnswerNaming): (row: Columns) => void {
  const names = answerFields(naming)
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
