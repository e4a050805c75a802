import { type BatchError, rowError } from '../error/batch-error.js'
import type { Row } from '../row/row.js'
import { rowPlace } from './row-place.js'

/** A row gives its messages itself, and nobody says to which of them the attachments belong. */
export function attachmentsUnfit(row: Row): BatchError {
  return rowError(
    'RECORD_INVALID',
    `${rowPlace(row)}: messages are asked as they stand, and attachments would change them`,
    'Put the images into the messages.',
  )
}
