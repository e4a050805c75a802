import { wellFormedJson } from './well-formed-json.js'

const markers = new Set(['$', '$r', '$raw'])

/**
 * A provider's reply as llm's `response_json`: whole, and with every object whose one key is `$`, `$r` or `$raw`
 * wrapped in `{"$raw": …}`, since llm would read it as a reference of its own.
 *
 * @returns null for no reply, and for one that is no JSON: what a log shows for curiosity's sake must not cost
 * the answer.
 */
export function replyJson(reply: unknown): string | null {
  if (reply === undefined || reply === null) return null
  try {
    const json = wellFormedJson(reply)
    return json.includes('{"$') ? JSON.stringify(wrapMarkers(JSON.parse(json))) : json
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
