import { stringify } from 'csv-stringify/sync'
import { type OutcomeNaming, outcomeCells } from './outcome-columns.js'
import type { OutputDocument } from './output-document.js'

export interface WriteCsvOptions extends OutcomeNaming {
  readonly delimiter: ',' | '\t'
}

/**
 * CSV and TSV: a header always, LF after each record, quotes only where they are needed (RFC 4180).
 *
 * Line breaks of every kind are put in quotes: unless told so, csv-stringify (6.9.0) leaves a lone CR bare where the
 * record ends are named, and a reader would see two records.
 *
 * Records go to the library as arrays: given objects, it reads `a.b` as a path and loses columns.
 */
export function writeCsv({ delimiter, columns, responseColumn }: WriteCsvOptions): OutputDocument {
  const options = { delimiter, record_delimiter: '\n', quote_record_delimiter: true } as const
  const header = stringify([[...columns, responseColumn]], options)
  return {
    records(outcomes, isFirst) {
      const records = stringify(
        outcomes.map(outcome => outcomeCells(outcome, { columns })),
        options,
      )
      return isFirst ? header + records : records
    },
    closing: isEmpty => (isEmpty ? header : ''),
  }
}
