import type { Answer, FinishReason } from '../../row/answer.js'
import type { ServerWire } from '../catalog/model-reference.js'
import { recordOf } from '../error-reply/provider-error.js'

/** The model's text in a reply. */
export interface Said extends Pick<Answer, 'text' | 'finishReason'> {
  /** Empty if there is none. */
  readonly reasoning: string
}

/**
 * Reads the model's text from a reply. Other members are ignored, whatever they hold.
 *
 * @returns undefined if the reply has no text. An empty text counts as a text.
 */
export function readReply(wire: ServerWire, body: unknown): Said | undefined {
  const reply = recordOf(body)
  if (reply === undefined) return undefined
  switch (wire) {
    case 'openai-chat':
    case 'openai-compatible':
    case 'openai-completion':
      return readChoice(firstOf(reply.choices) ?? {})
    case 'openai-responses':
      return readOutput(reply)
    case 'anthropic':
      return filled(partsIn(reply.content), reply.stop_reason)
    case 'google': {
      const { content, finishReason: reason } = firstOf(reply.candidates) ?? {}
      return filled(partsIn(recordOf(content)?.parts ?? content), reason)
    }
  }
}

function readChoice({ message: said, text, finish_reason }: Record<string, unknown>) {
  const message = recordOf(said)
  const parts = message === undefined ? undefined : partsIn(message.content)
  const plain = typeof text === 'string' ? text : undefined
  const refusal = typeof message?.refusal === 'string' ? message.refusal : ''
  if (parts === undefined && plain === undefined && refusal === '') return undefined
  const { reasoning_content, reasoning } = message ?? {}
  const isRefused = refusal !== '' || parts?.isRefused === true
  return {
    text: (parts?.text ?? plain ?? '') + refusal,
    reasoning:
      partsIn(reasoning_content)?.text || partsIn(reasoning)?.text || parts?.reasoning || '',
    finishReason: finishReason(finish_reason, isRefused),
  }
}

/** A reply of the Responses API has only a reason for being incomplete. */
function readOutput({ output, output_text, incomplete_details }: Record<string, unknown>) {
  const members = Array.isArray(output) ? output.map(member => recordOf(member) ?? {}) : []
  const said = members.map(member => partsIn(member.content))
  const all = {
    text: said.map(parts => parts?.text ?? '').join('') || (partsIn(output_text)?.text ?? ''),
    reasoning: members.map(member => partsIn(member.summary)?.text ?? '').join(''),
    isRefused: said.some(parts => parts?.isRefused),
  }
  return filled(all, recordOf(incomplete_details)?.reason ?? 'stop')
}

interface Parts {
  text: string
  reasoning: string
  /** Whether a part of the text is a refusal of the model. */
  isRefused: boolean
}

function filled(parts: Parts | undefined, ending: unknown): Said | undefined {
  if (parts === undefined || parts.text === '') return undefined
  const { text, reasoning, isRefused } = parts
  return { text, reasoning, finishReason: finishReason(ending, isRefused) }
}

/**
 * Reads a text or a list of parts; undefined for anything else. Absent and null count as an empty
 * text.
 */
function partsIn(content: unknown): Parts | undefined {
  if (typeof content === 'string') return { text: content, reasoning: '', isRefused: false }
  const parts = { text: '', reasoning: '', isRefused: false }
  if (content === undefined || content === null) return parts
  if (!Array.isArray(content)) {
    return typeof recordOf(content)?.text === 'string' ? partsIn([content]) : undefined
  }
  for (const member of content) {
    const part: Record<string, unknown> = recordOf(member) ?? { text: member }
    const text = [part.text, part.refusal].find(said => typeof said === 'string') ?? ''
    if (part.thought === true || part.type === 'reasoning') parts.reasoning += text
    else parts.text += text
    if (typeof part.refusal === 'string' && part.refusal !== '') parts.isRefused = true
    parts.reasoning += partsIn(part.thinking)?.text ?? ''
  }
  return parts
}

function firstOf(list: unknown): Record<string, unknown> | undefined {
  return recordOf(Array.isArray(list) ? list[0] : list)
}

/** The reasons for which a model stopped, in the words of all wires. No word has two meanings. */
const finishReasons: ReadonlyMap<unknown, FinishReason> = new Map(
  Object.entries({
    stop: ['stop', 'end_turn', 'stop_sequence', 'pause_turn', 'STOP'],
    length: [
      'length',
      'max_output_tokens',
      'max_tokens',
      'model_context_window_exceeded',
      'MAX_TOKENS',
    ],
    'content-filter': [
      ...['content_filter', 'refusal', 'SAFETY', 'RECITATION', 'BLOCKLIST'],
      ...['PROHIBITED_CONTENT', 'SPII', 'IMAGE_SAFETY'],
    ],
    'tool-calls': ['tool_calls', 'function_call', 'tool_use'],
    error: ['error'],
  }).flatMap(([reason, words]) => words.map(word => [word, reason as FinishReason] as const)),
)

function finishReason(word: unknown, isRefused: boolean): FinishReason {
  const reason = finishReasons.get(word) ?? 'other'
  return isRefused && reason === 'stop' ? 'content-filter' : reason
}
