import type { JsonSchema } from '../row/json-schema.js'
import { messageText } from '../row/message.js'
import type { Fragment } from '../row/prompt.js'
import type { ToolSpec } from '../row/tool-call.js'
import { roughAttachmentTokens, roughImageTokens } from './attachment-tokens.js'
import type { CountTokens } from './load-tokenizer.js'
import { countImages, type SentPrompt } from './prompt-tokens.js'
import type { TokenFamily } from './token-family.js'

export interface PromptCountOptions {
  readonly family: Pick<TokenFamily, 'messageTokens' | 'callTokens'>
  /** Tokens of the family's encoding, before its factor. */
  readonly countTokens: CountTokens
  /** Whether the model gets the bare text, as from the old completions endpoint. */
  readonly isBareText?: boolean | undefined
}

/** Tokens of one prompt. */
export interface PromptTokens {
  /** Of its texts, by the encoding: to be multiplied by the family's factor. */
  readonly text: number
  /** Of the marks around its messages, and of images, roughly. */
  readonly wrapping: number
  /** Of its attachments, guessed by type and size. */
  readonly attachments: number
}

/**
 * Makes a function that counts the tokens of prompts of one run. Texts that all prompts share,
 * fragments, the schema and a constant system prompt, are counted once.
 */
export function promptCount(options: PromptCountOptions): (prompt: SentPrompt) => PromptTokens {
  const { family, countTokens, isBareText = false } = options
  const { messageTokens, callTokens } = family
  const system = { text: '', tokens: 0 }
  const shared: { fragments: readonly Fragment[]; tokens: number } = { fragments: [], tokens: 0 }
  const ofJson = new WeakMap<object, number>()

  return prompt => {
    const messages = prompt.messages?.length ?? (prompt.system ? 2 : 1)
    const wrapping = isBareText ? 0 : callTokens + messages * messageTokens
    const images = countImages(prompt.messages ?? []) * roughImageTokens
    const { attachments = [] } = prompt
    const attached = attachments.reduce((sum, one) => sum + roughAttachmentTokens(one), 0)
    return { text: textTokens(prompt), wrapping: wrapping + images, attachments: attached }
  }

  function textTokens(prompt: SentPrompt): number {
    const asJson = tokensOfJson(prompt.schema) + tokensOfJson(prompt.tools)
    if (prompt.messages !== undefined) {
      const said = prompt.messages.reduce((sum, one) => sum + countTokens(messageText(one)), 0)
      return said + asJson
    }
    const own = countTokens(prompt.text)
    const systemTokens = isBareText ? 0 : tokensOfSystem(prompt.system ?? '')
    return own + systemTokens + tokensOfShared(prompt.fragments) + asJson
  }

  /** Providers tell the model of schema and tools in words of their own, of about that length. */
  function tokensOfJson(value: JsonSchema | readonly ToolSpec[] | undefined): number {
    if (value === undefined) return 0
    const tokens = ofJson.get(value) ?? countTokens(JSON.stringify(value))
    ofJson.set(value, tokens)
    return tokens
  }

  function tokensOfSystem(text: string): number {
    if (text !== system.text) Object.assign(system, { text, tokens: countTokens(text) })
    return system.tokens
  }

  /** A line break follows each fragment. */
  function tokensOfShared(fragments: readonly Fragment[]): number {
    if (fragments.length === 0) return 0
    if (fragments !== shared.fragments) {
      const text = fragments.map(({ content }) => `${content}\n`).join('')
      Object.assign(shared, { fragments, tokens: countTokens(text) })
    }
    return shared.tokens
  }
}
