import { type BatchError, runError } from '../../error/batch-error.js'

/** Another process took the batch while this process was silent. */
export function batchLost(id: string): BatchError {
  return runError(
    'BATCH_LOST',
    `Another process goes on with batch ${id}, or has ended or removed it.`,
    `See how far it is with \`llm batch status ${id}\`.`,
  )
}
