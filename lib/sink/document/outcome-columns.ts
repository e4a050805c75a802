import { stringifyJson } from '../../row/exact-json.js'
import type { Answered, Failed } from '../../row/outcome.js'
import type { Columns, ColumnValue } from '../../row/row.js'
import { hasWrittenForm, keysOf, numberText } from '../../row/written-form.js'
import { type AnswerShape, answerValues, memberOf } from './answer-shape.js'
import { usageCells, usageFields, usageNames } from './usage-fields.js'
import type { RowFields } from './write-json.js'

/** An outcome that is written. Skipped rows are not. */
export type WrittenOutcome = Answered | Failed

/** The names of an answer's columns. */
export interface AnswerNaming {
  readonly responseColumn: string
  /** Whether the columns of `usageNames` follow the response; no if absent. */
  readonly usageColumns?: boolean | undefined
  /** Name of a table's last column, which says why a row failed; absent for none. */
  readonly errorColumn?: string | undefined
  /** Absent for answers without a schema: texts. */
  readonly shape?: AnswerShape | undefined
}

/** The columns of all formats: the input's columns in their order, then those of the answer. */
export interface OutcomeNaming extends AnswerNaming {
  /** The input's columns, as far as known before the first row. */
  readonly columns: readonly string[]
}

/** The fields of an answer in JSON, in their order. */
export function answerFields({ responseColumn, usageColumns }: AnswerNaming): readonly string[] {
  return usageColumns ? [responseColumn, ...usageNames] : [responseColumn]
}

/**
 * The columns of an answer in a table, in their order: the response, or each property of an answer
 * with a schema, then the usage and the error. A property that has the name of an input column is
 * `response.NAME`.
 */
export function answerColumns(naming: OutcomeNaming): readonly string[] {
  const { responseColumn, errorColumn, shape } = naming
  const all = [...answerFields(naming), ...(errorColumn === undefined ? [] : [errorColumn])]
  if (!hasProperties(shape)) return all
  const fields = all.filter(name => name !== responseColumn || shape.hasResponse)
  const taken = new Set([...naming.columns, ...fields])
  const named = shape.properties.map(property => {
    let name = property
    if (taken.has(name)) name = `${responseColumn}.${property}`
    while (taken.has(name)) name += '_'
    taken.add(name)
    return name
  })
  const responses = fields.filter(name => name === responseColumn)
  return [...responses, ...named, ...fields.filter(name => name !== responseColumn)]
}

export function hasProperties(shape: AnswerShape | undefined): shape is AnswerShape {
  return shape !== undefined && shape.properties.length > 0
}

/**
 * Names and values of a row in JSON, in order: the columns of the row in its own order, the
 * response, what the answer took if asked for, and for a failed row (with response null) the error.
 * There are several of them for an answer whose items are rows of their own.
 *
 * The error's name is `error`. If the row or the header has a column of that name, it is
 * `response_error` (from the response column's name), with as many `_` at the end as needed. The
 * input's columns keep their names.
 */
export function outcomeFields(
  outcome: WrittenOutcome,
  naming: OutcomeNaming,
): readonly RowFields[] {
  const { responseColumn, usageColumns } = naming
  const row = outcome.row.columns
  const members = membersOf(row)
  const isTaken = Object.hasOwn(row, responseColumn)
  const before = isTaken ? members.filter(([name]) => name !== responseColumn) : members
  const after: [string, ColumnValue][] = []
  if (usageColumns) for (const [name, value] of usageFields(outcome)) after.push([name, value])
  if (outcome.kind === 'failed') {
    const { code, message } = outcome.error
    after.push([errorColumn(row, naming), { code, message }])
  }
  return valuesOf(outcome, naming).map(value => [...before, [responseColumn, value], ...after])
}

/** The names and values of a row's columns in its own order, with the texts of numbers. */
export function membersOf(columns: Columns): RowFields {
  const isFormed = hasWrittenForm(columns)
  const members: (readonly [string, ColumnValue, string?])[] = []
  for (const name of isFormed ? keysOf(columns) : Object.keys(columns)) {
    const value = columns[name]
    const written = isFormed ? numberText(columns, name) : undefined
    if (written !== undefined) members.push([name, value as ColumnValue, written])
    else if (value !== undefined) members.push([name, value])
  }
  return members
}

/** The values of the response; null for a failed row. */
function valuesOf(
  outcome: WrittenOutcome,
  { shape }: Pick<OutcomeNaming, 'shape'>,
): readonly ColumnValue[] {
  if (outcome.kind === 'failed') return [null]
  return shape === undefined ? [outcome.answer.text] : answerValues(outcome.answer.text, shape)
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
 * Cells of a row of a table, as texts: the known columns, then the response or its properties,
 * which are empty for a failed row, what the answer took and why the row failed if asked for. There
 * are several rows for an answer whose items are rows of their own.
 */
export function outcomeCells(
  outcome: WrittenOutcome,
  naming: OutcomeNaming,
): readonly (readonly string[])[] {
  return tableLines(outcome, naming, {
    memberCell: memberText,
    cellOf: cellText,
    usageOf: usageCells,
  })
}

/** The same cells with the types that they have; null for an empty cell. */
export function outcomeValues(
  outcome: WrittenOutcome,
  naming: OutcomeNaming,
): readonly (readonly ColumnValue[])[] {
  return tableLines<ColumnValue>(outcome, naming, {
    memberCell: (value, name) => valueOrNull(memberOf(value, name)),
    cellOf: valueOrNull,
    usageOf: usageValues,
  })
}

interface CellMaking<Cell> {
  /** A member of an object. */
  readonly memberCell: (value: ColumnValue, name: string) => Cell
  readonly cellOf: (value: ColumnValue | undefined) => Cell
  readonly usageOf: (outcome: WrittenOutcome) => readonly Cell[]
}

function tableLines<Cell>(
  outcome: WrittenOutcome,
  { columns, usageColumns, errorColumn, shape }: OutcomeNaming,
  { memberCell, cellOf, usageOf }: CellMaking<Cell>,
): readonly (readonly Cell[])[] {
  const row = outcome.row.columns
  const before = columns.map(name => memberCell(row, name))
  const after = usageColumns ? [...usageOf(outcome)] : []
  if (errorColumn !== undefined) after.push(cellOf(errorText(outcome)))
  return valuesOf(outcome, { shape }).map(value => {
    if (!hasProperties(shape)) return [...before, cellOf(value), ...after]
    const response = shape.hasResponse ? [cellOf(value)] : []
    const properties = shape.properties.map(name => memberCell(value, name))
    return [...before, ...response, ...properties, ...after]
  })
}

/** A member of an object as the text of a cell; empty if there is none. */
export function memberText(value: ColumnValue, name: string): string {
  const text = hasWrittenForm(value) ? numberText(value as Columns, name) : undefined
  return text ?? cellText(memberOf(value, name))
}

function usageValues(outcome: WrittenOutcome): readonly ColumnValue[] {
  return usageFields(outcome).map(([, value]) => value)
}

function valueOrNull(value: ColumnValue | undefined): ColumnValue {
  return value ?? null
}

/** Code and message of a failed row. */
function errorText(outcome: WrittenOutcome): string | undefined {
  if (outcome.kind !== 'failed') return undefined
  return `${outcome.error.code}: ${outcome.error.message}`
}

/** A value as the text of a cell: empty for null, JSON for lists and objects. */
function cellText(value: ColumnValue | undefined): string {
  if (value === null || value === undefined) return ''
  return typeof value === 'object' ? stringifyJson(value) : String(value)
}
