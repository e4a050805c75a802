import { stringifyJson } from '../../row/exact-json.js'
import type { Packing } from '../packed/packing.js'
import { type OutcomeNaming, outcomeValues, type WrittenOutcome } from './outcome-columns.js'
import type { OutputDocument } from './output-document.js'

/** A table in a file that is not text. Until a row is packed, it is a line of its cells. */
export function writePacked(
  packing: Packing,
  naming: OutcomeNaming,
): OutputDocument<WrittenOutcome> {
  const textOf = (outcome: WrittenOutcome) =>
    outcomeValues(outcome, naming)
      .map(cells => `${stringifyJson(cells)}\n`)
      .join('')
  return { textOf, opening: '', separator: '', closing: '', empty: '', packing }
}
