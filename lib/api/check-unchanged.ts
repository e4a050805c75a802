import { isKept } from '../batch/is-kept.js'
import { answersForgotten, askedOf, batchChanged, changedSince } from '../batch/recorded-config.js'
import type { ResolvedBatchOptions } from '../config/batch-options.js'
import type { ChosenBatch } from './choose-batch.js'
import type { DecidedBatch } from './decide-batch.js'

/** Answers recorded for another model, template or option are no answers to what is asked now. @throws {BatchError} BATCH_CHANGED */
export function checkUnchanged(
  { recorded }: ChosenBatch,
  { asked }: DecidedBatch,
  options: ResolvedBatchOptions,
): void {
  if (recorded === undefined) return
  const changed = changedSince(recorded, askedOf(asked))
  if (changed.length > 0) throw batchChanged(recorded.id, changed)
  const isForgotten = recorded.status === 'completed' && !isKept(recorded)
  if (options.retryFailed && isForgotten) throw answersForgotten(recorded.id)
}
