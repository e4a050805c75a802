import type { Row } from '../row/row.js'

/** Where a person finds a row: `Line 17`, or `Row 17` of a format without lines. */
export function rowPlace({ line, index }: Pick<Row, 'line' | 'index'>): string {
  return line === undefined ? `Row ${index + 1}` : `Line ${line}`
}
