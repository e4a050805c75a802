/** A fenced block of Markdown. */
const fence = /^(`{3,})[^\n`]*\n/m

/**
 * Finds the JSON in an answer: the whole text, or its first fenced block, because models without
 * structured output often write one.
 *
 * @returns a text that `JSON.parse` takes; undefined if there is none.
 */
export function findAnswerJson(text: string): string | undefined {
  return [text, fencedBlock(text)].find(isJson)
}

function fencedBlock(text: string): string | undefined {
  const opening = fence.exec(text)
  if (opening === null) return undefined
  const start = opening.index + opening[0].length
  const end = text.indexOf(`\n${opening[1]}`, start - 1)
  return end === -1 ? undefined : text.slice(start, end)
}

function isJson(text: string | undefined): text is string {
  try {
    JSON.parse(text ?? '')
    return true
  } catch {
    return false
  }
}
