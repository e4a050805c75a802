import {
  isPythonObject,
  type PythonObject,
  parsePythonJson,
} from '../../../lib/row/python/python-json.js'
import { pythonJsonText } from '../../../lib/row/python/python-json-text.js'
import { expandReply } from '../../../lib/store/read-log/expand-reply.js'

const known = parsePythonJson(
  '{"0.0.text": "Hello", "base": {"a": 1, "b": 2.0}, "schema": {"x": 1}}',
)
const parts: PythonObject = isPythonObject(known) ? known : new Map()

/** A condensed reply, and what `condense_json.uncondense_json` of condense-json 1.1 makes of it. */
const replies = [
  ['{"id": "x", "n": 1.0}', '{"id": "x", "n": 1.0}'],
  ['{"t": {"$": "0.0.text"}}', '{"t": "Hello"}'],
  ['{"t": {"$r": ["a ", {"$": "0.0.text"}, "!"]}}', '{"t": "a Hello!"}'],
  [
    '[{"$": {"m": "base", "d": ["a"], "u": {"c": {"$": "0.0.text"}}}}]',
    '[{"b": 2.0, "c": "Hello"}]',
  ],
  ['{"$raw": {"$": "0.0.text"}}', '{"$": "0.0.text"}'],
  ['{"$raw": {"$": {"$": "0.0.text"}}}', '{"$": "Hello"}'],
  ['{"$": "m.prompt_tokens_details_0"}', '{"audio_tokens": 0, "cached_tokens": 0}'],
  ['{"$": "schema", "more": 1}', '{"$": "schema", "more": 1}'],
] as const

describe('expandReply', () => {
  it.each(replies)('makes %s whole', (condensed, whole) => {
    expect(pythonJsonText(expandReply(condensed, parts))).toBe(whole)
  })

  it.each([
    '{"$": "0.0.lost"}',
    '{"$": 1}',
    '{"$r": "text"}',
    '{"$r": [{"$": "base"}]}',
    '{"$r": [1]}',
    '{"$": {"m": "0.0.text"}}',
    '{"a": {"$": "x", ',
    'not JSON',
  ])('gives null for a reply with something lost: %s', condensed => {
    expect(expandReply(condensed, parts)).toBeNull()
  })

  it('gives null for no reply', () => {
    expect(expandReply(null, undefined)).toBeNull()
  })
})
