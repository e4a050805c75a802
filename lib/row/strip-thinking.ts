import type { Answer } from './answer.js'

/**
 * Takes a leading `<think>…</think>` out of an answer, and keeps its text as reasoning. Models that
 * think write so through servers that do not part the two.
 *
 * An answer that ends before `</think>` stays as it is.
 */
export function stripThinking(answer: Answer): Answer {
  const { text } = answer
  const opening = /^\s*<think>/.exec(text)?.[0]
  const end = text.indexOf('</think>')
  if (opening === undefined || end < 0) return answer
  const thought = text.slice(opening.length, end).trim()
  const reasoning = [answer.reasoning ?? '', thought].filter(Boolean).join('\n\n')
  const rest = text.slice(end + '</think>'.length).trimStart()
  return { ...answer, text: rest, ...(reasoning !== '' && { reasoning }) }
}
