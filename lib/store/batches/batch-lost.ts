import { type BatchError, runError } from '../../error/batch-error.js'

/** Another process took the batch while this process was silent. */
export function batchLost(id: string): BatchError {
  return runError(
    'BATCH_LOST',
    `Another process has resumed, ended or removed batch ${id}.`,
    `See how far it is with \`llm batch status ${id}\`.`,
  )
}
