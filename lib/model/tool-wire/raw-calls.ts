import type { ServerWire } from '../catalog/model-reference.js'
import { recordOf } from '../error-reply/provider-error.js'

export type RawMembers = Readonly<Record<string, unknown>>

/** A call as a reply has it. */
export interface RawCall {
  readonly id: unknown
  readonly name: unknown
  /** JSON in a text, or what it means. */
  readonly given: unknown
}

/**
 * What the model said in a reply, as the next request has it: the message of a choice, the list of
 * items, the list of blocks, the content of a candidate.
 */
export function saidIn(wire: ServerWire, reply: unknown): unknown {
  const body = recordOf(reply)
  switch (wire) {
    case 'openai-chat':
    case 'openai-compatible':
      return firstOf(body?.choices)?.message
    case 'openai-responses':
      return body?.output
    case 'anthropic':
      return body?.content
    case 'google':
      return firstOf(body?.candidates)?.content
    case 'openai-completion':
      return undefined
  }
}

/** The calls of our tools in what the model said, in their order. */
export function rawCalls(wire: ServerWire, said: unknown): readonly RawCall[] {
  return partsOf(wire, said).flatMap(part => rawCall(wire, part) ?? [])
}

/** The parts of what the model said that may be calls. */
export function partsOf(wire: ServerWire, said: unknown): readonly unknown[] {
  switch (wire) {
    case 'openai-chat':
    case 'openai-compatible':
      return listOf(recordOf(said)?.tool_calls)
    case 'google':
      return listOf(recordOf(said)?.parts)
    default:
      return listOf(said)
  }
}

/** The call that a part is; undefined if it is something else. */
export function rawCall(wire: ServerWire, part: unknown): RawCall | undefined {
  const record = recordOf(part)
  if (record === undefined) return undefined
  const { type, id, name } = record
  switch (wire) {
    case 'openai-chat':
    case 'openai-compatible': {
      const called = recordOf(record.function)
      return called && { id, name: called.name, given: called.arguments }
    }
    case 'openai-responses':
      if (type !== 'function_call') return undefined
      return { id: record.call_id, name, given: record.arguments }
    case 'anthropic':
      return type === 'tool_use' ? { id, name, given: record.input } : undefined
    case 'google': {
      const called = recordOf(record.functionCall)
      return called && { id: called.id, name: called.name, given: called.args }
    }
    case 'openai-completion':
      return undefined
  }
}

function firstOf(list: unknown): RawMembers | undefined {
  return recordOf(Array.isArray(list) ? list[0] : list)
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
