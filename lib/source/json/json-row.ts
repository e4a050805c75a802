import type { SourceRecord } from '../../row/outcome.js'
import type { Columns, ColumnValue } from '../../row/row.js'
import { badRecord } from '../record/bad-record.js'

export interface JsonPlace {
  readonly index: number
  /** Such as `Line 17` or `Element 3`. */
  readonly place: string
  readonly line?: number
}

/** An object is a row, and a string is the prompt of a row. Anything else is a failed outcome. */
export function jsonRow(value: ColumnValue, { index, place, line }: JsonPlace): SourceRecord {
  if (typeof value === 'string') return { kind: 'row', index, columns: { prompt: value }, line }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return { kind: 'row', index, columns: value as Columns, line }
  }
  const found = value === null ? 'null' : Array.isArray(value) ? 'an array' : `a ${typeOf(value)}`
  const fault = `expected an object or a string, found ${found}`
  return badRecord({ index, place, fault, line })
}

function typeOf(value: ColumnValue): string {
  return typeof value === 'bigint' ? 'number' : typeof value
}
