import type { WrittenOutcome } from './outcome-columns.js'

/**
 * A format, as text that is written piece by piece.
 *
 * After every piece all records so far stand whole, and `closing` makes a valid document of them.
 */
export interface OutputDocument {
  /** Records, at least one, with all that has to stand before them. */
  readonly records: (outcomes: readonly WrittenOutcome[], isFirst: boolean) => string
  readonly closing: (isEmpty: boolean) => string
}
