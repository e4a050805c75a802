import type { StoredFailure } from '../port/batch-archive.js'

/** Failed rows as text that is written piece by piece, and is an input for a batch when it is closed. */
export interface FailureDocument {
  /** Records, at least one, with all that has to stand before them. */
  readonly records: (failures: readonly StoredFailure[], isFirst: boolean) => string
  readonly closing: (isEmpty: boolean) => string
}
