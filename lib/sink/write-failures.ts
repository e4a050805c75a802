import type { StoredFailure } from '../port/batch-archive.js'
import { stringifyJson } from '../row/exact-json.js'
import { failureFields } from './failure-columns.js'
import type { FailureDocument } from './failure-document.js'

export type FailureFormat = 'csv' | 'jsonl' | 'json'

/** @param columns the header of CSV: all columns that any of the rows has; JSON keeps those of each row. */
export async function writeFailures(
  format: FailureFormat,
  columns: readonly string[],
): Promise<FailureDocument> {
  switch (format) {
    case 'csv':
      return (await import('./write-failures-csv.js')).writeFailuresCsv(columns)
    case 'jsonl':
      return {
        records: failures => failures.map(failure => `${jsonText(failure)}\n`).join(''),
        closing: () => '',
      }
    case 'json':
      return {
        records: (failures, isFirst) =>
          (isFirst ? '[\n' : ',\n') + failures.map(jsonText).join(',\n'),
        closing: isEmpty => (isEmpty ? '[]\n' : '\n]\n'),
      }
  }
}

/** Put together by hand, since an object would move names like `2024` to its front. */
function jsonText(failure: StoredFailure): string {
  const fields = failureFields(failure).map(
    ([name, value]) => `${JSON.stringify(name)}:${stringifyJson(value)}`,
  )
  return `{${fields.join(',')}}`
}
