import type { StoredFailure } from '../port/batch-archive.js'
import type { ColumnValue } from '../row/row.js'

/** What the error of a failed row is called beside the input's columns. */
export interface FailureNaming {
  readonly code: string
  readonly message: string
}

/**
 * `error_code` and `error_message`; where the input has a column of either name, `batch_error_…`, with as many `_`
 * behind as it takes: the input's columns keep theirs, so that the rows can be asked again as they were.
 */
export function failureNaming(isTaken: (name: string) => boolean): FailureNaming {
  let naming: FailureNaming = { code: 'error_code', message: 'error_message' }
  while (isTaken(naming.code) || isTaken(naming.message)) {
    naming = naming.code.startsWith('batch_')
      ? { code: `${naming.code}_`, message: `${naming.message}_` }
      : { code: 'batch_error_code', message: 'batch_error_message' }
  }
  return naming
}

/** Names and values of a failed row in JSON: its own columns, then the error. */
export function failureFields({
  columns,
  errorCode,
  errorMessage,
}: StoredFailure): readonly (readonly [string, ColumnValue])[] {
  const naming = failureNaming(name => Object.hasOwn(columns, name))
  return [...Object.entries(columns), [naming.code, errorCode], [naming.message, errorMessage]]
}
