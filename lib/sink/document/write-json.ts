import { stringifyJson } from '../../row/exact-json.js'
import type { ColumnValue } from '../../row/row.js'
import type { OutputDocument } from './output-document.js'

/** Names and values of a row, in order. */
export type RowFields = readonly (readonly [string, ColumnValue])[]

/**
 * A JSON array with one object a line. Each object is written with the separator before it, so that
 * it can be read at once.
 */
export function writeJson<Written>(fieldsOf: (row: Written) => RowFields): OutputDocument<Written> {
  return {
    textOf: row => jsonObject(fieldsOf(row)),
    opening: '[\n',
    separator: ',\n',
    closing: '\n]\n',
    empty: '[]\n',
  }
}

/**
 * Writes one object without white space. Keeps the order of names, and the exact value of big
 * integers.
 */
export function jsonObject(fields: RowFields): string {
  const members = fields.map(([name, value]) => `${JSON.stringify(name)}:${stringifyJson(value)}`)
  return `{${members.join(',')}}`
}
