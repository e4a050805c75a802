import type { Answer, FinishReason } from '../../row/answer.js'
import type { ServerWire } from '../catalog/model-reference.js'
import { jsonOf, recordOf } from '../error-reply/provider-error.js'
import { rawCalls, saidIn } from '../tool-wire/raw-calls.js'
import { finishReason } from './finish-reason.js'

/** The model's text in a reply. */
export interface Said extends Pick<Answer, 'text' | 'finishReason'> {
  /** Empty if there is none. */
  readonly reasoning: string
}

/**
 * Reads the model's text from a reply. Other members are ignored, whatever they hold.
 *
 * An empty text counts as a text if the reply says why it ended: the call is paid, and another
 * attempt would be paid too.
 *
 * @param hasTools whether the prompt offers tools. Then a reply with calls of tools needs no text,
 *   and ends for their sake, whatever other word it has for a whole answer.
 * @returns undefined if the reply has no text.
 */
export function readReply(wire: ServerWire, body: unknown, hasTools: boolean): Said | undefined {
  const reply = recordOf(body)
  if (reply === undefined) return undefined
  const said = textIn(wire, reply, hasTools)
  if (!hasTools || rawCalls(wire, saidIn(wire, reply)).length === 0) return said
  const { text = '', reasoning = '', finishReason = 'tool-calls' } = said ?? {}
  const isWhole = finishReason === 'stop' || finishReason === 'other'
  return { text, reasoning, finishReason: isWhole ? 'tool-calls' : finishReason }
}

function textIn(
  wire: ServerWire,
  reply: Record<string, unknown>,
  hasTools: boolean,
): Said | undefined {
  switch (wire) {
    case 'openai-chat':
    case 'openai-compatible':
    case 'openai-completion':
      return readChoice(firstOf(reply.choices) ?? {})
    case 'openai-responses':
      return readOutput(reply)
    case 'anthropic':
      return readContent(reply, hasTools)
    case 'google':
      return readCandidate(reply)
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
    finishReason: orRefused(finish_reason, isRefused),
  }
}

/** A reply of the Responses API has a reason only if the reply is incomplete. */
function readOutput({ output, output_text, incomplete_details, status }: Record<string, unknown>) {
  const members = Array.isArray(output) ? output.map(member => recordOf(member) ?? {}) : []
  const said = members.map(member => partsIn(member.content))
  const all = {
    text: said.map(parts => parts?.text ?? '').join('') || (partsIn(output_text)?.text ?? ''),
    reasoning: members.map(member => partsIn(member.summary)?.text ?? '').join(''),
    isRefused: said.some(parts => parts?.isRefused),
  }
  const reason = recordOf(incomplete_details)?.reason
  const isDone = status === undefined || status === null || status === 'completed'
  const ending = reason ?? (isDone ? 'stop' : status)
  return filled(all, ending, Array.isArray(output) && typeof status === 'string')
}

/**
 * An older Claude model answers with a schema through the AI SDK's tool `json`, whose input is the
 * answer. With tools of ours, the SDK adds no tool.
 */
function readContent({ content, stop_reason: ending }: Record<string, unknown>, hasTools: boolean) {
  const blocks =
    Array.isArray(content) && !hasTools ? content.map(block => recordOf(block) ?? {}) : []
  const tool = blocks.find(({ type, name }) => type === 'tool_use' && name === 'json')
  const parts = partsIn(content)
  if (tool === undefined) return filled(parts, ending, typeof ending === 'string')
  const text = jsonOf(tool.input)
  return filled(parts && { ...parts, text }, ending === 'tool_use' ? 'stop' : ending, false)
}

/** Gemini refuses a prompt with a reason, and without a candidate. */
function readCandidate({ candidates, promptFeedback }: Record<string, unknown>) {
  const { content, finishReason: ending } = firstOf(candidates) ?? {}
  const said = filled(
    partsIn(recordOf(content)?.parts ?? (Array.isArray(content) ? content : textOf(content))),
    ending,
    typeof ending === 'string',
  )
  const isBlocked = typeof recordOf(promptFeedback)?.blockReason === 'string'
  if (said !== undefined || !isBlocked) return said
  return { text: '', reasoning: '', finishReason: 'content-filter' as const }
}

/** A content with a text, and not one with an empty list of parts, which has none. */
function textOf(content: unknown): unknown {
  const record = recordOf(content)
  return record === undefined || typeof record.text === 'string' ? content : undefined
}

interface Parts {
  text: string
  reasoning: string
  /** Whether a part of the text is a refusal of the model. */
  isRefused: boolean
}

function filled(parts: Parts | undefined, ending: unknown, mayBeEmpty: boolean): Said | undefined {
  if (parts === undefined || (parts.text === '' && !mayBeEmpty)) return undefined
  const { text, reasoning, isRefused } = parts
  return { text, reasoning, finishReason: orRefused(ending, isRefused) }
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

function orRefused(word: unknown, isRefused: boolean): FinishReason {
  const reason = finishReason(word)
  return isRefused && reason === 'stop' ? 'content-filter' : reason
}
