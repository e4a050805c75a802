import type { Answer } from '../../row/answer.js'
import { dropEmptyMembers } from '../../row/drop-empty-members.js'
import { wellFormedJson } from '../database/well-formed-json.js'

const markers = new Set(['$', '$r', '$raw'])
/** Characters (code points) from which on llm keeps a text once. */
const longText = 64

/**
 * A provider's reply as llm's `response_json`: nothing empty is in it, and every object whose one
 * key is `$`, `$r` or `$raw` is wrapped in `{"$raw": …}`, since llm would read it as a reference.
 *
 * @param refersToText whether a reference stands in the place of the answer's text, as llm has it
 * from 0.32 on where the text is long: it is in the message already.
 * @returns null for no reply, and for one that is no JSON: what a log shows for curiosity's sake
 * must not cost the answer.
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
 * Looked for in the JSON itself: to walk through a reply for it would cost more than all else that
 * is done with it.
 */
function withReference(json: string, text: string, part: number): string {
  const value = wellFormedJson(text)
  let referring = ''
  let copied = 0
  for (let at = json.indexOf(value); at !== -1; at = json.indexOf(value, at + value.length)) {
    const end = at + value.length
    // Not a part of another text, nor a name.
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
