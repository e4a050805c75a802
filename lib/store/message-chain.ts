/// <reference lib="es2024.string" />

import type { Answer } from '../row/answer.js'
import { type Prompt, promptText } from '../row/prompt.js'
import { stripText } from './conversation-name.js'
import type { MessageHash, TextPart } from './message-hash.js'

/** One message of llm's store: hashed together with all that came before it. */
export interface Message {
  readonly hash: string
  readonly parent: string | undefined
  readonly role: 'system' | 'user' | 'assistant'
  readonly parts: readonly TextPart[]
}

/** All messages of one call, each the parent of the next. */
export interface MessageChain {
  /** What was sent: at most a system message and a user's. */
  readonly input: readonly Message[]
  /** What came back: one assistant message, or none for an answer without any text. */
  readonly output: readonly Message[]
}

export interface MessageChainOptions {
  readonly prompt: Prompt
  readonly answer: Answer
}

/** Makes chains; the system message, which most prompts of a run share, is hashed once for as long as it is the same. */
export function messageChains(hash: MessageHash): (options: MessageChainOptions) => MessageChain {
  let shared: { readonly system: string; readonly messages: readonly Message[] } | undefined

  return ({ prompt, answer }) => {
    const input = [...systemMessages(prompt.system ?? '')]
    const asked = promptText(prompt)
    if (asked !== '') input.push(message('user', [textPart(asked)], input.at(-1)))
    const given = [
      { type: 'reasoning', text: (answer.reasoning ?? '').toWellFormed() } as const,
      textPart(answer.text),
    ].filter(part => part.text !== '')
    const output = given.length === 0 ? [] : [message('assistant', given, input.at(-1))]
    return { input, output }
  }

  function systemMessages(system: string): readonly Message[] {
    if (shared?.system !== system) {
      const text = stripText(system)
      const messages = text === '' ? [] : [message('system', [textPart(text)], undefined)]
      shared = { system, messages }
    }
    return shared.messages
  }

  function message(
    role: Message['role'],
    parts: readonly TextPart[],
    parent: Message | undefined,
  ): Message {
    const parentHash = parent?.hash
    return { hash: hash.ofTexts(role, parts, parentHash), parent: parentHash, role, parts }
  }
}

function textPart(text: string): TextPart {
  return { type: 'text', text: text.toWellFormed() }
}
