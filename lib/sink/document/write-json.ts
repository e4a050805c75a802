import { stringifyJson } from '../../row/exact-json.js'
import type { ColumnValue } from '../../row/row.js'
import type { OutputDocument } from './output-document.js'

/** Names and values of a row, in order. `written` is the text of a value that has its own. */
export type RowFields = readonly (readonly [name: string, value: ColumnValue, written?: string])[]

/** The fields of each object that is written for a row. */
export type FieldsOf<Written> = (row: Written) => readonly RowFields[]

/**
 * A JSON array with one object a line. Each object is written with the separator before it, so that
 * it can be read at once.
 */
export function writeJson<Written>(fieldsOf: FieldsOf<Written>): OutputDocument<Written> {
  const separator = ',\n'
  return {
    textOf: row => fieldsOf(row).map(jsonObject).join(separator),
    opening: '[\n',
    separator,
    closing: '\n]\n',
    empty: '[]\n',
  }
}

/**
 * Writes one object without white space. Keeps the order of names, the exact value of big integers,
 * and what `parseJson` read as it was written.
 */
export function jsonObject(fields: RowFields): string {
  const members = fields.map(
    ([name, value, written]) => `${JSON.stringify(name)}:${written ?? stringifyJson(value)}`,
  )
  return `{${members.join(',')}}`
}
