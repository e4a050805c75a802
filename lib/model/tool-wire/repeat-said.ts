import type { Answer } from '../../row/answer.js'
import { parseJson } from '../../row/exact-json.js'
import type { ToolCall } from '../../row/tool-call.js'
import type { ServerWire } from '../catalog/model-reference.js'
import { recordOf } from '../error-reply/provider-error.js'
import { partsOf, type RawMembers, rawCall, saidIn } from './raw-calls.js'

/**
 * What the model said with its calls, as messages of the next request.
 *
 * It is taken from the whole reply. An answer without one, such as a client of the user's own
 * gives, is written from its text and its calls.
 */
export function repeatSaid(wire: ServerWire, answer: Answer): readonly object[] {
  const said = saidIn(wire, answer.reply)
  switch (wire) {
    case 'openai-responses':
      return items(answer, said)
    case 'anthropic':
      return [{ role: 'assistant', content: blocks(answer, said) }]
    case 'google':
      return [{ ...recordOf(said), role: 'model', parts: contentParts(answer, said) }]
    default:
      return [chatMessage(answer, recordOf(said))]
  }
}

/**
 * A message as a chat server wrote it, with members that only this server knows:
 * `reasoning_content`, which DeepSeek wants back with calls, `reasoning_details` (OpenRouter), and
 * Gemini's signature in `extra_content` of a call. Members that say nothing are left out, because
 * some servers refuse their own nulls.
 *
 * @see https://api-docs.deepseek.com/guides/thinking_mode (tool calls)
 * @see https://openrouter.ai/docs/guides/best-practices/reasoning-tokens (preserving)
 * @see https://ai.google.dev/gemini-api/docs/thought-signatures (OpenAI compatibility)
 */
function chatMessage(answer: Answer, said: RawMembers | undefined): object {
  const members = Object.entries(said ?? {}).filter(([, value]) => isFilled(value))
  return {
    ...Object.fromEntries(members),
    role: 'assistant',
    content: said === undefined ? answer.text || null : (said.content ?? null),
    tool_calls: withCalls('openai-chat', said, answer).flatMap(([raw, call]) =>
      call === undefined ? [] : chatCall(raw, call),
    ),
  }
}

/** Arguments that came as an object go back as one. */
function chatCall(raw: RawMembers | undefined, { id, name, argumentsText }: ToolCall): object {
  const called = recordOf(raw?.function)
  const given = called?.arguments
  const text = typeof given === 'object' && given !== null ? given : objectText(argumentsText)
  const type = typeof raw?.type === 'string' ? raw.type : 'function'
  return { ...raw, type, id, function: { ...called, name, arguments: text } }
}

function isFilled(value: unknown): boolean {
  return value !== null && !(Array.isArray(value) && value.length === 0)
}

/**
 * The items of a response. Nothing is stored with the provider, so reasoning comes back encrypted,
 * and goes with its calls. Reasoning that did not come so cannot go back, and neither can the ids
 * of items that belong to it.
 *
 * @see https://platform.openai.com/docs/guides/reasoning#encrypted-reasoning-items
 */
function items(answer: Answer, said: unknown): readonly object[] {
  if (!Array.isArray(said)) {
    const message = { role: 'assistant', content: answer.text }
    return [...(answer.text === '' ? [] : [message]), ...(answer.toolCalls ?? []).map(callAlone)]
  }
  const whole = withCalls('openai-responses', said, answer).flatMap(([raw, call]): RawMembers[] => {
    if (raw === undefined) return []
    const members = Object.entries(raw).filter(([, value]) => value !== null)
    return [{ ...Object.fromEntries(members), ...(call && { call_id: call.id }) }]
  })
  const isLost = whole.some(
    part => part.type === 'reasoning' && typeof part.encrypted_content !== 'string',
  )
  if (!isLost) return whole
  return whole.filter(({ type }) => type !== 'reasoning').map(({ id: _stored, ...part }) => part)
}

function callAlone({ id, name, argumentsText }: ToolCall): object {
  return { type: 'function_call', call_id: id, name, arguments: argumentsText }
}

/**
 * The blocks of a message: thinking with its signature, texts, calls. The API refuses its own
 * blocks of blank text.
 *
 * @see https://docs.claude.com/en/docs/build-with-claude/extended-thinking (preserving blocks)
 */
function blocks(answer: Answer, said: unknown): readonly object[] {
  if (!Array.isArray(said)) {
    const text = { type: 'text', text: answer.text }
    const uses = (answer.toolCalls ?? []).map(useBlock)
    return [...(answer.text.trim() === '' ? [] : [text]), ...uses]
  }
  return withCalls('anthropic', said, answer).flatMap(([raw, call]): RawMembers[] => {
    if (raw === undefined) return []
    if (raw.type === 'text' && `${raw.text}`.trim() === '') return []
    return [call === undefined ? raw : { ...raw, ...useBlock(call) }]
  })
}

function useBlock({ id, name, argumentsText }: ToolCall): object {
  return { type: 'tool_use', id, name, input: objectIn(argumentsText) }
}

/**
 * The parts of a content, with the signatures of its thoughts, which Gemini 3 wants back with its
 * calls.
 *
 * @see https://ai.google.dev/gemini-api/docs/thought-signatures
 */
function contentParts(answer: Answer, said: unknown): readonly object[] {
  if (!Array.isArray(recordOf(said)?.parts)) {
    const text = { text: answer.text }
    const calls = (answer.toolCalls ?? []).map(callPart)
    return [...(answer.text === '' ? [] : [text]), ...calls]
  }
  return withCalls('google', said, answer).flatMap(([raw, call]): RawMembers[] => {
    if (raw === undefined) return []
    if (call === undefined) return [raw]
    const { args, ...called } = recordOf(raw.functionCall) ?? {}
    const given = args === undefined ? undefined : { args: objectIn(call.argumentsText) }
    return [{ ...raw, functionCall: { ...called, ...given } }]
  })
}

function callPart({ id, name, argumentsText }: ToolCall): object {
  return { functionCall: { ...googleId(id), name, args: objectIn(argumentsText) } }
}

/** Google has the id of a call only if it gave the call one. */
export function googleId(id: string): { readonly id?: string } {
  return id.startsWith('tc_') ? {} : { id }
}

/** The parts of what the model said, those that are calls with the calls that were read of them. */
function withCalls(
  wire: ServerWire,
  said: unknown,
  { toolCalls = [] }: Answer,
): readonly (readonly [RawMembers | undefined, ToolCall | undefined])[] {
  if (said === undefined) return toolCalls.map(call => [undefined, call])
  let next = 0
  return partsOf(wire, said).map(part => {
    if (rawCall(wire, part) === undefined) return [recordOf(part), undefined]
    next += 1
    return [recordOf(part), toolCalls[next - 1]]
  })
}

/**
 * Arguments as an object. Broken ones go back in the form in which llm records them.
 *
 * Servers that write a conversation with a template read the arguments as JSON, and would refuse
 * the whole conversation because of them.
 */
function objectIn(argumentsText: string): object {
  if (argumentsText.trim() === '') return {}
  return parsedObject(argumentsText) ?? { _raw: argumentsText }
}

/** Arguments as the text of an object; unchanged if they are one. */
function objectText(argumentsText: string): string {
  const isObject = parsedObject(argumentsText) !== undefined
  return isObject ? argumentsText : JSON.stringify(objectIn(argumentsText))
}

function parsedObject(text: string): object | undefined {
  try {
    return recordOf(parseJson(text))
  } catch {
    return undefined
  }
}
