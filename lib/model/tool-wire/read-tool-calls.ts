import { monotonicFactory } from 'ulid'
import type { Clock } from '../../port/clock.js'
import { parseJson, stringifyJson } from '../../row/exact-json.js'
import type { ColumnValue } from '../../row/row.js'
import type { ToolCall } from '../../row/tool-call.js'
import type { ServerWire } from '../catalog/model-reference.js'
import { type RawCall, rawCalls, saidIn } from './raw-calls.js'

export interface ReadToolCallsOptions {
  /** The parsed body. */
  readonly reply: unknown
  /** The reply's text, if it is JSON: integers beyond 2^53 are read from it. */
  readonly text?: string | undefined
  /** Makes an id for a call without one, or with that of another call. */
  readonly newId: () => string
}

/**
 * Reads the calls of tools in a reply, in their order.
 *
 * A call counts whatever its arguments are, and whatever the reply says of its end: some servers
 * end with `stop`, and Google always does. Google and some servers of OpenAI's wire give calls no
 * id.
 *
 * @throws {RangeError} if what was said is nested too deep to be sent back.
 * @see https://ai.google.dev/gemini-api/docs/function-calling
 */
export function readToolCalls(
  wire: ServerWire,
  { reply, text, newId }: ReadToolCallsOptions,
): readonly ToolCall[] {
  const said = saidIn(wire, reply)
  const calls = rawCalls(wire, said)
  if (calls.length === 0) return []
  // All that was said goes back. Throws for what is nested deeper than the stack.
  JSON.stringify(said)
  const isObject = calls.some(({ given }) => typeof given === 'object' && given !== null)
  // The same calls, whose objects have integers that `JSON.parse` would change.
  const exact = isObject && text !== undefined ? exactCalls(wire, text) : calls
  const ids = new Set<string>()
  return calls.map(({ id: given, name, ...call }, index) => {
    const isOwn = typeof given === 'string' && given !== '' && !ids.has(given)
    const id = isOwn ? given : newId()
    ids.add(id)
    return {
      id,
      name: typeof name === 'string' ? name : '',
      argumentsText: argumentsText(exact[index]?.given ?? call.given),
    }
  })
}

function exactCalls(wire: ServerWire, text: string): readonly RawCall[] {
  try {
    return rawCalls(wire, saidIn(wire, parseJson(text)))
  } catch {
    return []
  }
}

/** Empty if the call has none. */
function argumentsText(given: unknown): string {
  if (typeof given === 'string') return given
  if (given === undefined || given === null) return ''
  return stringifyJson(given as ColumnValue)
}

/** As llm makes an id of a call: each greater than the last, and no id twice. */
export function callIds(clock: Pick<Clock, 'nowMs' | 'random'>): () => string {
  const next = monotonicFactory(clock.random)
  return () => `tc_${next(Math.floor(clock.nowMs())).toLowerCase()}`
}
