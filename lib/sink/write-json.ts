import type { OutcomeNaming } from './outcome-columns.js'
import type { OutputDocument } from './output-document.js'
import { jsonRecord } from './write-jsonl.js'

/** A JSON array with one object a line; each comes with its separator before it, so that it can be read at once. */
export function writeJson(naming: OutcomeNaming): OutputDocument {
  return {
    records(outcomes, isFirst) {
      const records = outcomes.map(outcome => jsonRecord(outcome, naming)).join(',\n')
      return (isFirst ? '[\n' : ',\n') + records
    },
    closing: isEmpty => (isEmpty ? '[]\n' : '\n]\n'),
  }
}
