import {
  isPythonObject,
  type PythonJson,
  type PythonObject,
  readPythonJson,
} from '../../row/python/python-json.js'
import { knownReplyParts } from './known-reply-parts.js'

type FindPart = (key: PythonJson | undefined) => PythonJson | undefined

/** A reply that refers to something that is not in the database. */
class ReferenceLost extends Error {}

/**
 * The reply as the server gave it. llm stores a reply condensed: a text or object that the log has
 * elsewhere is a reference. A reply that is not JSON, or has a lost reference, is null.
 *
 * The forms are those of condense-json 1.1: `{"$": key}`, `{"$": {"m": key, "u": …, "d": …}}`,
 * `{"$r": [text or reference, …]}` and `{"$raw": value}`.
 *
 * @see https://github.com/simonw/condense-json
 */
export function expandReply(stored: string | null, parts: PythonObject | undefined): PythonJson {
  const reply = stored === null ? null : (readPythonJson(stored) ?? null)
  if (!isCondensed(stored)) return reply
  const find: FindPart = key =>
    typeof key === 'string' ? (parts?.get(key) ?? knownReplyParts.get(key)) : undefined
  try {
    return expand(reply, find)
  } catch (error) {
    if (error instanceof ReferenceLost) return null
    throw error
  }
}

/** Whether a reply has references. */
export function isCondensed(stored: string | null): boolean {
  return stored?.includes('"$') === true
}

function expand(value: PythonJson, find: FindPart): PythonJson {
  if (Array.isArray(value)) return value.map(element => expand(element, find))
  if (!isPythonObject(value)) return value
  const [key, member] = value.size === 1 ? ([...value][0] ?? []) : []
  if (key === '$raw' && member !== undefined) {
    return isPythonObject(member) ? expandMembers(member, find) : expand(member, find)
  }
  if (key === '$') {
    return isPythonObject(member) ? merge(member, find) : present(find(member))
  }
  if (key === '$r') return join(member, find)
  return expandMembers(value, find)
}

function expandMembers(value: PythonObject, find: FindPart): PythonObject {
  return new Map([...value].map(([key, member]) => [key, expand(member, find)]))
}

/** The object `m` without the keys `d`, and with the members `u`. */
function merge(reference: PythonObject, find: FindPart): PythonObject {
  const base = find(reference.get('m'))
  if (!isPythonObject(base)) throw new ReferenceLost()
  const merged = new Map(base)
  const removed = reference.get('d')
  for (const key of Array.isArray(removed) ? removed : []) merged.delete(String(key))
  const changed = reference.get('u')
  if (isPythonObject(changed)) {
    for (const [key, member] of changed) merged.set(key, expand(member, find))
  }
  return merged
}

function join(segments: PythonJson | undefined, find: FindPart): string {
  if (!Array.isArray(segments)) throw new ReferenceLost()
  return segments
    .map(segment => {
      const text = isPythonObject(segment) ? find(segment.get('$')) : segment
      if (typeof text !== 'string') throw new ReferenceLost()
      return text
    })
    .join('')
}

function present(value: PythonJson | undefined): PythonJson {
  if (value === undefined) throw new ReferenceLost()
  return value
}
