import type { StoredFailure } from '../../port/batch-archive.js'
import { membersOf, memberText } from '../document/outcome-columns.js'
import type { OutputDocument } from '../document/output-document.js'
import type { RowFields } from '../document/write-json.js'

export type FailureFormat = 'csv' | 'jsonl' | 'json'

/**
 * Writes failed rows as an input for a batch.
 *
 * @param columns the header of CSV: all columns of all rows. In JSON each row has its own columns.
 */
export async function writeFailures(
  format: FailureFormat,
  columns: readonly string[],
): Promise<OutputDocument<StoredFailure>> {
  const fieldsOf = (failure: StoredFailure) => [failureFields(failure)]
  switch (format) {
    case 'csv':
      return (await import('../document/write-csv.js')).writeCsv(
        { delimiter: ',' },
        [...columns, ...errorColumns(name => columns.includes(name))],
        (failure: StoredFailure) => [failureCells(failure, columns)],
      )
    case 'jsonl':
      return (await import('../document/write-jsonl.js')).writeJsonl(fieldsOf)
    case 'json':
      return (await import('../document/write-json.js')).writeJson(fieldsOf)
  }
}

function failureCells(failure: StoredFailure, columns: readonly string[]): string[] {
  const { columns: row, errorCode, errorMessage } = failure
  const cells = columns.map(name => memberText(row, name))
  return [...cells, errorCode, errorMessage]
}

function failureFields({ columns, errorCode, errorMessage }: StoredFailure): RowFields {
  const [code, message] = errorColumns(name => Object.hasOwn(columns, name))
  return [...membersOf(columns), [code, errorCode], [message, errorMessage]]
}

/**
 * `error_code` and `error_message`. If the input has such a column, `batch_error_…`, with as many
 * `_` at the end as needed. The input's columns keep their names, so that the rows can be asked
 * again.
 */
function errorColumns(
  isTaken: (name: string) => boolean,
): readonly [code: string, message: string] {
  let code = 'error_code'
  let message = 'error_message'
  while (isTaken(code) || isTaken(message)) {
    const isFirst = !code.startsWith('batch_')
    code = isFirst ? 'batch_error_code' : `${code}_`
    message = isFirst ? 'batch_error_message' : `${message}_`
  }
  return [code, message]
}
