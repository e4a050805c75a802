import { rowError } from '../../error/batch-error.js'
import type { Failed } from '../../row/outcome.js'
import type { Columns } from '../../row/row.js'

export interface BadRecordOptions {
  /** Index among all records, from 0. */
  readonly index: number
  /** Where a person finds the record, such as `Line 17` or `Element 3`. */
  readonly place: string
  /** What is wrong; follows the place in the message. */
  readonly fault: string
  readonly line?: number | undefined
  /** The columns that could be read. */
  readonly columns?: Columns
}

/** The failed outcome of a record that is not a row. Reading goes on. */
export function badRecord({ index, place, fault, line, columns }: BadRecordOptions): Failed {
  return {
    kind: 'failed',
    row: { kind: 'row', index, columns: columns ?? {}, line },
    error: rowError('RECORD_INVALID', `${place}: ${fault}`),
    attempts: 0,
  }
}
