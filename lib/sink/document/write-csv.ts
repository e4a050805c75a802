import { Stringifier } from 'csv-stringify'
import type { OutputDocument } from './output-document.js'

/** How a CSV or TSV is written; with no mark, and with LF, if absent. */
export interface CsvForm {
  readonly delimiter: ',' | '\t'
  /** Whether the document starts with a byte order mark. */
  readonly bom?: boolean | undefined
  /** Whether each row ends with CR and LF. Line breaks inside of cells stay as they are. */
  readonly crlf?: boolean | undefined
}

/**
 * CSV and TSV: always a header, LF after each row, quotes only if needed (RFC 4180).
 *
 * @param cellsOf the cells of each line that is written for a row.
 */
export function writeCsv<Written>(
  { delimiter, bom, crlf }: CsvForm,
  header: readonly string[],
  cellsOf: (row: Written) => readonly (readonly string[])[],
): OutputDocument<Written> {
  const lfLineOf = lineWriter(delimiter)
  const lineOf = crlf
    ? (cells: readonly string[]) => `${lfLineOf(cells).slice(0, -1)}\r\n`
    : lfLineOf
  const opening = `${bom ? '\ufeff' : ''}${lineOf(header)}`
  return {
    textOf: row => cellsOf(row).map(lineOf).join(''),
    opening,
    separator: '',
    closing: '',
    empty: opening,
  }
}

/**
 * Uses one stringifier for the whole run, because to set one up costs more than a row.
 *
 * Line breaks of every kind are quoted: by default csv-stringify (6.9.0) does not quote a lone CR
 * if the record delimiter is set, and a reader would see two rows. Rows are arrays: for
 * objects csv-stringify reads `a.b` as a path, and loses columns.
 */
function lineWriter(delimiter: ',' | '\t'): (cells: readonly string[]) => string {
  const options = { delimiter, record_delimiter: '\n', quote_record_delimiter: true } as const
  const stringifier = new Stringifier(options)
  let text = ''
  // The stringifier gives a line before `_transform` returns.
  stringifier.push = (line: string) => {
    text = line
    return true
  }
  return cells => {
    stringifier._transform(cells, 'utf8', rethrow)
    return text
  }
}

function rethrow(error?: Error | null): void {
  if (error) throw error
}
