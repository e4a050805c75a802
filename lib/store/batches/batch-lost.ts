import { BatchError } from '../../error/batch-error.js'

/** Another process took the batch while this one was silent. */
export function batchLost(id: string): BatchError {
  return new BatchError(`Another process goes on with batch ${id}, or has ended or removed it.`, {
    code: 'BATCH_LOST',
    reach: 'run',
    remedy: `See how far it is with \`llm batch status ${id}\`.`,
  })
}
