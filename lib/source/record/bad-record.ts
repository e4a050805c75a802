import { rowError } from '../../error/batch-error.js'
import type { Failed } from '../../row/outcome.js'
import type { Columns } from '../../row/row.js'

/**
 * The failed outcome of a record that is not a row. Reading goes on.
 *
 * @param index among all records, from 0.
 * @param place where a person finds the record, such as `Line 17` or `Element 3`.
 * @param fault what is wrong; follows the place in the message.
 * @param columns those that could be read.
 */
export function badRecord(
  index: number,
  place: string,
  fault: string,
  line?: number,
  columns: Columns = {},
): Failed {
  const error = rowError('RECORD_INVALID', `${place}: ${fault}`)
  return { kind: 'failed', row: { kind: 'row', index, columns, line }, error, attempts: 0 }
}
