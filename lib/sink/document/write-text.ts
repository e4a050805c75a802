import type { WrittenOutcome } from './outcome-columns.js'
import type { OutputDocument } from './output-document.js'

/**
 * Text for people: each prompt with `> ` before its lines, then the answer or `Error: …`, then an
 * empty line.
 */
export function writeText(): OutputDocument<WrittenOutcome> {
  return { textOf, opening: '', separator: '', closing: '', empty: '' }
}

function textOf(outcome: WrittenOutcome): string {
  const asked = outcome.prompt?.text ?? rowPlace(outcome)
  const quoted = asked.replace(/\r\n|[\n\r\u2028\u2029]/g, '$&> ')
  return `> ${quoted}\n${resultOf(outcome)}\n\n`
}

function rowPlace({ row }: WrittenOutcome): string {
  return row.line === undefined ? `row ${row.index + 1}` : `line ${row.line}`
}

function resultOf(outcome: WrittenOutcome): string {
  return outcome.kind === 'answered' ? outcome.answer.text : `Error: ${outcome.error.message}`
}
