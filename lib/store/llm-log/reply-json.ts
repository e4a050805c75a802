import type { Answer } from '../../row/answer.js'
import { dropEmptyMembers } from '../../row/drop-empty-members.js'
import { wellFormedJson } from '../database/well-formed-json.js'

const markers = new Set(['$', '$r', '$raw'])
/** Code points from which on llm keeps a text only once. */
const longText = 64

/**
 * A provider's reply as llm's `response_json`: without empty members, and with every object whose
 * only key is `$`, `$r` or `$raw` wrapped in `{"$raw": …}`, because llm would read it as a
 * reference.
 *
 * @param refersToText whether to replace a long text of the answer by a reference to the message,
 * as llm 0.32 and later does.
 * @returns null if there is no reply, or the reply cannot be JSON: a log must not cost the answer.
 */
export function replyJson(
  { reply, text, reasoning }: Answer,
  refersToText: boolean,
): string | null {
  if (reply === undefined || reply === null) return null
  try {
    const json = wellFormedJson(dropEmptyMembers(reply))
    const wrapped = json.includes('{"$') ? JSON.stringify(wrapMarkers(JSON.parse(json))) : json
    return refersToText && isLong(text) ? withReference(wrapped, text, reasoning ? 1 : 0) : wrapped
  } catch {
    return null
  }
}

function wrapMarkers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(wrapMarkers)
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value)
  const wrapped = Object.fromEntries(members.map(([name, member]) => [name, wrapMarkers(member)]))
  return members.length === 1 && markers.has(members[0]?.[0] ?? '') ? { $raw: wrapped } : wrapped
}

/**
 * Searches in the JSON text: to walk through the reply would cost more than the rest of the work on
 * it.
 */
function withReference(json: string, text: string, part: number): string {
  const value = wellFormedJson(text)
  let referring = ''
  let copied = 0
  for (let at = json.indexOf(value); at !== -1; at = json.indexOf(value, at + value.length)) {
    const end = at + value.length
    // Not a part of another text, and not a name.
    if (!/[:,[]/.test(json.charAt(at - 1)) || !/[,}\]]/.test(json.charAt(end))) continue
    referring += `${json.slice(copied, at)}{"$":"0.${part}.text"}`
    copied = end
  }
  return referring + json.slice(copied)
}

function isLong(text: string): boolean {
  if (text.length < longText || text.length >= 2 * longText) return text.length >= longText
  let codePoints = 0
  for (let at = 0; at < text.length; codePoints += 1) {
    at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1
  }
  return codePoints >= longText
}
