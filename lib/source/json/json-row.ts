import type { SourceRecord } from '../../row/outcome.js'
import type { Columns, ColumnValue } from '../../row/row.js'
import { badRecord } from '../record/bad-record.js'

/**
 * An object is a row, and a string is the prompt of a row. Anything else is a failed outcome.
 *
 * @param place such as `Line 17` or `Element 3`.
 */
export function jsonRow(
  value: ColumnValue,
  index: number,
  place: string,
  line?: number,
): SourceRecord {
  if (typeof value === 'string') return { kind: 'row', index, columns: { prompt: value }, line }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return { kind: 'row', index, columns: value as Columns, line }
  }
  const type = typeof value === 'bigint' ? 'number' : typeof value
  const found = value === null ? 'null' : Array.isArray(value) ? 'an array' : `a ${type}`
  return badRecord(index, place, `expected an object or a string, found ${found}`, line)
}
