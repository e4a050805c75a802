import { indentText, splitLines, stripLineEnd, stripText } from '../../../row/python/python-text.js'

/** A text between fences that do not occur in the text, indented to be part of a list. */
export function fencedInList(text: string): string {
  const fence = ticksAround(text, 3)
  return indentText(`${fence}\n${text}\n${fence}`, '    ')
}

/** A text as code within a line. */
export function inlineCode(text: string): string {
  const ticks = ticksAround(text, 1)
  const space = text.startsWith('`') || text.endsWith('`') ? ' ' : ''
  return ticks + space + text + space + ticks
}

/**
 * Puts a text between fences if it looks like code: more than ten `<`, or more than three lines, of
 * which over 90% are shorter than 120 characters (llm's rule).
 */
export function fenceIfCode(text: string): string {
  if (!looksLikeCode(text)) return text
  const fence = ticksAround(text, 3)
  return `\n${fence}\n${stripText(text)}\n${fence}`
}

function looksLikeCode(text: string): boolean {
  if (text.split('<').length - 1 > 10) return true
  const lines = splitLines(text)
  if (lines.length <= 3) return false
  const short = lines.filter(line => [...stripLineEnd(line)].length < 120)
  return short.length / lines.length > 0.9
}

/** The shortest run of at least `least` backticks that the text does not have. */
function ticksAround(text: string, least: number): string {
  let ticks = '`'.repeat(least)
  while (text.includes(ticks)) ticks += '`'
  return ticks
}
