/// <reference lib="es2024.string" />

import type { Answer } from '../../row/answer.js'
import { type Prompt, promptText } from '../../row/prompt.js'
import { stripText } from '../../row/python-text.js'
import type { MessageHash, TextPart } from './message-hash.js'

/**
 * The messages of one call, each the parent of the next: a system message, the user's, and the
 * answer. A blank text is not a message and has no hash.
 */
export interface CallMessages {
  /** Without white space around it. */
  readonly system: string
  readonly systemHash: string | undefined
  /** The whole text sent. */
  readonly asked: string
  readonly userHash: string | undefined
  readonly answerHash: string | undefined
}

/**
 * Hashes the messages of calls. The hash of the last system message is kept, because most prompts
 * share it.
 */
export function messageHashes(hash: MessageHash): (prompt: Prompt, answer: Answer) => CallMessages {
  let shared = { given: '', system: '', systemHash: hashOfSystem('') }

  return (prompt, answer) => {
    const given = prompt.system ?? ''
    if (shared.given !== given) {
      const system = stripText(given)
      shared = { given, system, systemHash: hashOfSystem(system) }
    }
    const { system, systemHash } = shared
    const asked = promptText(prompt)
    const userHash = asked === '' ? undefined : hash.ofTexts('user', [textPart(asked)], systemHash)
    const parts: TextPart[] = []
    if (answer.reasoning) {
      parts.push({ type: 'reasoning', text: answer.reasoning.toWellFormed() })
    }
    if (answer.text !== '') parts.push(textPart(answer.text))
    const answerHash =
      parts.length === 0 ? undefined : hash.ofTexts('assistant', parts, userHash ?? systemHash)
    return { system, systemHash, asked, userHash, answerHash }
  }

  function hashOfSystem(system: string): string | undefined {
    return system === '' ? undefined : hash.ofTexts('system', [textPart(system)], undefined)
  }
}

function textPart(text: string): TextPart {
  return { type: 'text', text: text.toWellFormed() }
}
