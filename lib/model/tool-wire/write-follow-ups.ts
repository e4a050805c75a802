import { stringifyJson } from '../../row/exact-json.js'
import { type Message, messageText } from '../../row/message.js'
import { type FollowUp, isMessage, type Prompt } from '../../row/prompt.js'
import type { ColumnValue } from '../../row/row.js'
import type { ToolResult } from '../../row/tool-call.js'
import type { ToolRound } from '../../row/tool-round.js'
import type { ServerWire } from '../catalog/model-reference.js'
import { googleId, repeatSaid } from './repeat-said.js'

/** A prompt in two parts: what any conversation has, and what only the raw form of a wire has. */
export interface SplitPrompt {
  /** With the messages before the first round of tools. */
  readonly prompt: Prompt
  /** From the first round of tools on; empty if there is none. */
  readonly rest: readonly FollowUp[]
}

export function splitAtRound(prompt: Prompt): SplitPrompt {
  const { followUps = [] } = prompt
  const at = followUps.findIndex(followUp => !isMessage(followUp))
  if (at < 0) return { prompt, rest: [] }
  return { prompt: { ...prompt, followUps: followUps.slice(0, at) }, rest: followUps.slice(at) }
}

/**
 * Messages that follow in a conversation, in the raw form of a wire, each as JSON. What the model
 * said goes back as it came: with its reasoning, its signatures, and members that only its server
 * knows.
 */
export function followUpJson(wire: ServerWire, followUps: readonly FollowUp[]): readonly string[] {
  return followUps
    .flatMap(followUp =>
      isMessage(followUp) ? rawMessage(wire, followUp) : rawRound(wire, followUp),
    )
    .map(raw => stringifyJson(raw as ColumnValue))
}

function rawMessage(wire: ServerWire, message: Message): object {
  const { role } = message
  const text = messageText(message)
  if (wire !== 'google') return { role, content: text }
  return { role: role === 'assistant' ? 'model' : role, parts: [{ text }] }
}

function rawRound(wire: ServerWire, { answer, results }: ToolRound): readonly object[] {
  const said = repeatSaid(wire, answer)
  switch (wire) {
    case 'openai-responses':
      return [...said, ...results.map(callOutput)]
    case 'anthropic':
      // All results of a turn are in one message: others teach the model to make one call a turn.
      return [...said, { role: 'user', content: results.map(resultBlock) }]
    case 'google':
      return [...said, { role: 'user', parts: results.map(responsePart) }]
    default:
      return [...said, ...results.map(toolMessage)]
  }
}

/** @see https://platform.openai.com/docs/api-reference/chat/create (tool message) */
function toolMessage({ callId, output }: ToolResult): object {
  return { role: 'tool', tool_call_id: callId, content: output }
}

/** @see https://platform.openai.com/docs/guides/function-calling?api-mode=responses */
function callOutput({ callId, output }: ToolResult): object {
  return { type: 'function_call_output', call_id: callId, output }
}

/** @see https://docs.claude.com/en/docs/agents-and-tools/tool-use/implement-tool-use (`is_error`) */
function resultBlock({ callId, output, exception }: ToolResult): object {
  const isFailed = exception !== undefined
  return {
    ...{ type: 'tool_result', tool_use_id: callId, content: output },
    ...(isFailed && { is_error: true }),
  }
}

/** @see https://ai.google.dev/api/caching#FunctionResponse (`error`) */
function responsePart({ callId, name, output, exception }: ToolResult): object {
  const response = exception === undefined ? { result: output } : { error: output }
  return { functionResponse: { ...googleId(callId), name, response } }
}
