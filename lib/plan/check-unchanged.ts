import type { StoredBatch } from '../port/stored-batch.js'
import {
  type Asked,
  answersForgotten,
  batchChanged,
  changedSince,
  isForgotten,
} from './recorded-config.js'

/**
 * Answers recorded for another model, template or option are no answers to what is asked now; and a batch whose
 * answers are gone would be asked, and paid for, anew.
 *
 * @throws {BatchError} BATCH_CHANGED
 */
export function checkUnchanged(recorded: StoredBatch | undefined, asked: Asked): void {
  if (recorded === undefined) return
  const changed = changedSince(recorded, asked)
  if (changed.length > 0) throw batchChanged(recorded.id, changed)
  if (isForgotten(recorded)) throw answersForgotten(recorded.id)
}
