import { stringify } from 'csv-stringify/sync'
import { failureNaming } from './failure-columns.js'
import type { FailureDocument } from './failure-document.js'
import { cellText } from './outcome-columns.js'

/** CSV as a batch writes it: a header always, LF after each record, quotes only where they are needed. */
export function writeFailuresCsv(columns: readonly string[]): FailureDocument {
  // Unless told so, it leaves a lone CR bare: see write-csv.ts.
  const options = { record_delimiter: '\n', quote_record_delimiter: true } as const
  const { code, message } = failureNaming(name => columns.includes(name))
  const header = stringify([[...columns, code, message]], options)
  return {
    records(failures, isFirst) {
      const records = failures.map(({ columns: row, errorCode, errorMessage }) => [
        ...columns.map(name => (Object.hasOwn(row, name) ? cellText(row[name]) : '')),
        errorCode,
        errorMessage,
      ])
      return (isFirst ? header : '') + stringify(records, options)
    },
    closing: isEmpty => (isEmpty ? header : ''),
  }
}
