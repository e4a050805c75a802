import { fencedBlock } from '../../row/fenced-block.js'
import type { WrittenOutcome } from './outcome-columns.js'

/** An answered outcome with a code block of its answer instead of the whole text, if it has one. */
export function extractedOutcome(outcome: WrittenOutcome, which: 'first' | 'last'): WrittenOutcome {
  if (outcome.kind !== 'answered') return outcome
  const text = fencedBlock(outcome.answer.text, { isLast: which === 'last' })
  return text === undefined ? outcome : { ...outcome, answer: { ...outcome.answer, text } }
}
