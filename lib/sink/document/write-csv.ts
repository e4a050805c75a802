import { Stringifier } from 'csv-stringify'
import type { OutputDocument } from './output-document.js'

export interface WriteCsvOptions<Written> {
  readonly delimiter: ',' | '\t'
  readonly header: readonly string[]
  readonly cellsOf: (written: Written) => readonly string[]
}

/** CSV and TSV: always a header, LF after each record, quotes only if needed (RFC 4180). */
export function writeCsv<Written>(options: WriteCsvOptions<Written>): OutputDocument<Written> {
  const { delimiter, header, cellsOf } = options
  const textOf = recordText(delimiter)
  const opening = textOf(header)
  return {
    record: written => textOf(cellsOf(written)),
    opening,
    separator: '',
    closing: '',
    empty: opening,
  }
}

/**
 * Uses one stringifier for the whole run, because to set one up costs more than a record.
 *
 * Line breaks of every kind are quoted: by default csv-stringify (6.9.0) does not quote a lone CR
 * if the record delimiter is set, and a reader would see two records. Records are arrays: for
 * objects csv-stringify reads `a.b` as a path, and loses columns.
 */
function recordText(delimiter: ',' | '\t'): (cells: readonly string[]) => string {
  const options = { delimiter, record_delimiter: '\n', quote_record_delimiter: true } as const
  const stringifier = new Stringifier(options)
  let text = ''
  // The stringifier gives a record before `_transform` returns.
  stringifier.push = (record: string) => {
    text = record
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
