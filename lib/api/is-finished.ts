import { resolve } from 'node:path'
import { isKept } from '../batch/is-kept.js'
import { recordedLimit } from '../batch/recorded-config.js'
import type { ResolvedBatchOptions } from '../config/batch-options.js'
import type { StoredBatch } from '../port/stored-batch.js'
import { isThere } from './is-there.js'
import { isOutputOf } from './open-batch-sink.js'

/**
 * Whether there is nothing left to ask. What comes from standard input, or from another input than before, is known only
 * when it is read; where the answers are gone, that would ask everything anew.
 */
export function isFinished(
  recorded: StoredBatch | undefined,
  { input, retryFailed, limit }: ResolvedBatchOptions,
): boolean {
  if (recorded?.status !== 'completed' || retryFailed) return false
  const begunWith = recordedLimit(recorded)
  if (begunWith !== undefined && limit !== undefined && limit > begunWith) return false
  return !isKept(recorded) || (input !== '-' && resolve(input) === recorded.inputFile)
}

/** Whether a batch is finished, and its answers are where they are wanted. */
export async function isNothingLeft(
  recorded: StoredBatch | undefined,
  options: ResolvedBatchOptions,
): Promise<boolean> {
  if (recorded === undefined || !isFinished(recorded, options)) return false
  return !(await isToBeWrittenAgain(recorded, options))
}

/** Whether a finished batch is to be gone through again only to write its output, which is gone or wanted elsewhere. */
async function isToBeWrittenAgain(
  recorded: StoredBatch,
  { output }: ResolvedBatchOptions,
): Promise<boolean> {
  if (output === undefined || !isKept(recorded)) return false
  return !((await isOutputOf(recorded, output)) && (await isThere(output)))
}
