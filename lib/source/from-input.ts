import { BatchError, rowError } from '../error/batch-error.js'
import type { Failed, SourceRecord } from '../row/outcome.js'
import type { Row } from '../row/row.js'
import type { FoundInput } from './find-inputs.js'

export interface FromInputOptions extends FoundInput {
  readonly sourceColumn: string | undefined
}

/**
 * Makes a record of one of several inputs a record of all of them: with its index among all, the
 * column of its source, and, if it failed, its file in the message.
 */
export function fromInput({
  path,
  shortName,
  sourceColumn,
}: FromInputOptions): (record: SourceRecord, index: number) => SourceRecord {
  const name = path === '-' ? 'Standard input' : path
  return (record, index) => {
    if (record.kind === 'failed') return failedFrom(record, index)
    if (sourceColumn === undefined) return { ...record, index }
    if (Object.hasOwn(record.columns, sourceColumn)) return columnTaken(record, index)
    return withSource(record, index)
  }

  function failedFrom(failed: Failed, index: number): Failed {
    const { error } = failed
    const message = `${name}: ${error.message}`
    return {
      ...failed,
      row: withSource(failed.row, index),
      error: new BatchError(message, { ...error, cause: error.cause }),
    }
  }

  function withSource(row: Row, index: number): Row {
    // Nobody else has the columns yet. A copy would lose the text of their numbers.
    if (sourceColumn !== undefined) Object.assign(row.columns, { [sourceColumn]: shortName })
    return { ...row, index }
  }

  function columnTaken(row: Row, index: number): Failed {
    const place = row.line === undefined ? `Row ${row.index + 1}` : `Line ${row.line}`
    const error = rowError(
      'RECORD_INVALID',
      `${name}: ${place}: the row has a column "${sourceColumn}" of its own`,
      'Name another column with --source-column.',
    )
    return { kind: 'failed', row: { ...row, index }, error, attempts: 0 }
  }
}
