/// <reference lib="es2024.string" />

import type { Answer } from '../../row/answer.js'
import type { Message } from '../../row/message.js'
import { type Prompt, promptText } from '../../row/prompt.js'
import { stripText } from '../../row/python/python-text.js'
import type { ToolResult } from '../../row/tool-call.js'
import type { HashedPart, MessageHash, TextPart } from './message-hash.js'
import { toolCallPart, toolResultPart } from './tool-parts.js'

/** A message between the system message and the answer, as a JSON array for the journal. */
export type ChainedMessage = readonly [
  hash: string,
  parent: string | null,
  role: string,
  texts: readonly string[],
]

/**
 * The messages of one call, each the parent of the next: a system message, the user's, and the
 * answer. A blank text without attachments is not a message and has no hash.
 */
export interface CallMessages {
  /** Without white space around it. */
  readonly system: string
  readonly systemHash: string | undefined
  /** The whole text sent. */
  readonly asked: string
  /** Of the last message before the answer. */
  readonly userHash: string | undefined
  /** The messages after the system message, if the row gives a conversation. */
  readonly chain: readonly ChainedMessage[] | undefined
  readonly answerHash: string | undefined
}

type SaidAnswer = Pick<Answer, 'reasoning' | 'text' | 'toolCalls'>

export interface MessageHashes {
  readonly ofCall: (prompt: Prompt, answer: Answer) => CallMessages
  /** @param parent hash of the message that the answer follows. */
  readonly ofAnswer: (answer: SaidAnswer, parent: string | undefined) => string | undefined
  /** @param parent hash of the answer that called the tools. */
  readonly ofResults: (results: readonly ToolResult[], parent: string | undefined) => string
}

/**
 * Hashes the messages of calls. The hash of the last system message is kept, because most prompts
 * share it.
 */
export function messageHashes(hash: MessageHash): MessageHashes {
  let shared = { given: '', system: '', systemHash: hashOfSystem('') }

  return {
    ofCall,
    ofAnswer,
    ofResults: (results, parent) => hash.ofMessage('tool', results.map(toolResultPart), parent),
  }

  function ofCall(prompt: Prompt, answer: Answer): CallMessages {
    const given = prompt.system ?? ''
    if (shared.given !== given) {
      const system = stripText(given)
      shared = { given, system, systemHash: hashOfSystem(system) }
    }
    const { system, systemHash } = shared
    const asked = promptText(prompt)
    const chain = prompt.messages && chainOf(prompt.messages, systemHash)
    const userHash = chain === undefined ? hashOfUser(prompt, systemHash) : chain.at(-1)?.[0]
    const { reasoning, text } = answer
    // Calls of tools that nobody offered are not recorded.
    const toolCalls = prompt.tools && answer.toolCalls
    const answerHash = ofAnswer({ reasoning, text, toolCalls }, userHash ?? systemHash)
    return { system, systemHash, asked, userHash, chain, answerHash }
  }

  function ofAnswer(
    { reasoning, text, toolCalls }: SaidAnswer,
    parent: string | undefined,
  ): string | undefined {
    const parts: HashedPart[] = []
    if (reasoning) parts.push({ type: 'reasoning', text: reasoning.toWellFormed() })
    if (text !== '') parts.push(textPart(text))
    if (toolCalls !== undefined) parts.push(...toolCalls.map(toolCallPart))
    return parts.length === 0 ? undefined : hash.ofMessage('assistant', parts, parent)
  }

  function hashOfUser(prompt: Prompt, parent: string | undefined): string | undefined {
    const text = promptText(prompt)
    const parts: HashedPart[] = text === '' ? [] : [textPart(text)]
    for (const attachment of prompt.attachments ?? [])
      parts.push({ type: 'attachment', attachment })
    return parts.length === 0 ? undefined : hash.ofMessage('user', parts, parent)
  }

  /** Only texts go to the log, and a message without one is left out. */
  function chainOf(
    messages: readonly Message[],
    systemHash: string | undefined,
  ): readonly ChainedMessage[] {
    const chain: ChainedMessage[] = []
    let parent = systemHash
    const isFirstSystem = messages[0]?.role === 'system'
    for (const { role, parts } of isFirstSystem ? messages.slice(1) : messages) {
      const texts = parts.flatMap(part => (part.kind === 'text' && part.text ? [part.text] : []))
      if (texts.length === 0) continue
      const own = hash.ofMessage(role, texts.map(textPart), parent)
      chain.push([own, parent ?? null, role, texts])
      parent = own
    }
    return chain
  }

  function hashOfSystem(system: string): string | undefined {
    return system === '' ? undefined : hash.ofMessage('system', [textPart(system)], undefined)
  }
}

function textPart(text: string): TextPart {
  return { type: 'text', text: text.toWellFormed() }
}
