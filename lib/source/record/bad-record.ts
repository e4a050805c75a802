import { rowError } from '../../error/batch-error.js'
import type { Failed } from '../../row/outcome.js'
import type { Columns } from '../../row/row.js'

export interface BadRecordOptions {
  /** Its place among all records, from 0. */
  readonly index: number
  /** Where a person finds it, such as `Line 17` or `Element 3`. */
  readonly place: string
  /** What is wrong with it, to follow the place. */
  readonly fault: string
  readonly line?: number | undefined
  /** What could be read of it. */
  readonly columns?: Columns
}

/** The failed outcome of a record that is no row; the input is read on. */
export function badRecord({ index, place, fault, line, columns }: BadRecordOptions): Failed {
  return {
    kind: 'failed',
    row: { kind: 'row', index, columns: columns ?? {}, line },
    error: rowError('RECORD_INVALID', `${place}: ${fault}`),
    attempts: 0,
  }
}
