import { type BatchError, runError } from '../../error/batch-error.js'

/** A journal that cannot be replayed. The file stays as it is. */
export function journalInvalid(path: string, why: string): BatchError {
  return runError(
    'JOURNAL_INVALID',
    `The journal ${path} cannot be read: ${why}.`,
    'It may have answers that the database lacks. To continue without them, move the file away.',
  )
}
