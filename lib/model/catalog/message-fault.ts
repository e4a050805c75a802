import type { Message } from '../../row/message.js'
import type { ModelOptions } from '../../row/prompt.js'
import type { ModelReference, Wire } from './model-reference.js'

/** What takes the messages, in words for people. */
const takers: Readonly<Record<Wire, string>> = {
  'openai-chat': 'The Chat API',
  'openai-compatible': 'The server',
  'openai-responses': 'The Responses API',
  'openai-completion': 'The old completions endpoint',
  anthropic: "Anthropic's API",
  google: "Google's API",
  gguf: 'A GGUF file',
  echo: 'The echo model',
  own: 'The model',
}

const takesAll = new Set<Wire>(['openai-chat', 'openai-compatible', 'echo', 'own'])

/**
 * Says which message or part of a conversation a model's wire cannot take, so that nothing is left
 * out silently, and nothing is paid for. OpenAI's chat wire gets messages as they stand, and its
 * server decides.
 *
 * @returns such as `Anthropic's API takes no input_audio`; undefined if the wire takes all.
 */
export function messageFault(
  { wire }: Pick<ModelReference, 'wire'>,
  { chat_completions }: ModelOptions,
  messages: readonly Message[],
): string | undefined {
  const isChat = wire === 'openai-responses' && chat_completions === true
  if (isChat || takesAll.has(wire)) return undefined
  const refused = wire === 'openai-completion' ? notBare(messages) : refusedBy(wire, messages)
  return refused === undefined ? undefined : `${takers[wire]} takes ${refused}`
}

/** The old endpoint takes one text, and has no roles. */
function notBare(messages: readonly Message[]): string | undefined {
  const [only] = messages
  const isBare =
    messages.length === 1 &&
    only?.role === 'user' &&
    only.parts.every(({ kind }) => kind === 'text')
  return isBare ? undefined : 'one message of the user, with text only'
}

function refusedBy(wire: Wire, messages: readonly Message[]): string | undefined {
  let isBegun = false
  for (const { role, parts } of messages) {
    if (role === 'tool') return 'no messages of tools'
    // The AI SDK refuses it for both, as their APIs have one place for the system prompt.
    if (role === 'system' && isBegun && (wire === 'anthropic' || wire === 'google')) {
      return 'no system message after the first message of the user'
    }
    if (role !== 'system') isBegun = true
    for (const part of parts) {
      if (part.kind === 'foreign') return `no ${part.name}`
      if (part.kind !== 'image') continue
      if (wire === 'gguf') return 'no images'
      if (role !== 'user') return `no image in a message of the role ${role}`
    }
  }
  return isBegun ? undefined : 'no conversation of system messages alone'
}
