import { isKept } from '../batch/is-kept.js'
import { recordedLimit } from '../batch/recorded-config.js'
import type { ResolvedBatchOptions } from '../config/batch-options.js'
import { BatchError } from '../error/batch-error.js'
import type { StoredBatch } from '../port/stored-batch.js'
import { isThere } from './is-there.js'
import { isOutputOf } from './open-batch-sink.js'

/**
 * Whether there is nothing left to ask. What comes from standard input is known only when it is read, and is printed
 * again; where the answers are gone, that would ask everything anew.
 */
export function isFinished(
  recorded: StoredBatch | undefined,
  { retryFailed, limit }: ResolvedBatchOptions,
): boolean {
  if (recorded?.status !== 'completed' || retryFailed) return false
  const begunWith = recordedLimit(recorded)
  if (begunWith !== undefined && limit !== undefined && limit > begunWith) return false
  return recorded.inputFile !== '-' || !isKept(recorded)
}

/** Whether a batch is finished, and its answers are where they are wanted. @throws {BatchError} OUTPUT_MISSING */
export async function isNothingLeft(
  recorded: StoredBatch | undefined,
  options: ResolvedBatchOptions,
): Promise<boolean> {
  if (recorded === undefined || !isFinished(recorded, options)) return false
  return !(await isToBeWrittenAgain(recorded, options))
}

/**
 * Whether a finished batch has to be gone through again only to write its output, which is gone or wanted elsewhere.
 * All its answers are recorded: nothing is asked.
 *
 * @throws {BatchError} OUTPUT_MISSING when failed rows are among them, which that would ask again; reach run.
 */
async function isToBeWrittenAgain(
  recorded: StoredBatch,
  { output }: ResolvedBatchOptions,
): Promise<boolean> {
  if (output === undefined || !isKept(recorded)) return false
  if (isOutputOf(recorded, output) && (await isThere(output))) return false
  if (recorded.failedPrompts > 0) throw outputMissing(recorded, output)
  return true
}

function outputMissing({ id, failedPrompts }: StoredBatch, output: string): BatchError {
  return new BatchError(`Batch ${id} is finished, and ${output} does not hold its answers`, {
    code: 'OUTPUT_MISSING',
    reach: 'run',
    remedy: `Write them there with --retry-failed, which asks its ${failedPrompts} failed rows again.`,
  })
}
