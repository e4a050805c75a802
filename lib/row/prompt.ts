import { type Message, textMessage } from './message.js'
import type { Columns, Row } from './row.js'

/** A text that goes before every prompt, as with llm's `-f`. */
export interface Fragment {
  /** SHA-256 of the text's UTF-8, in hex. */
  readonly hash: string
  readonly content: string
  /** Absolute path of the file, or the URL. Of a fragment in the database, what is stored there. */
  readonly source?: string | undefined
}

/** Checked options of a model by llm's names, such as `temperature` and `max_tokens`. */
export type ModelOptions = Readonly<Record<string, string | number | boolean | object>>

/** A JSON Schema that is an object. Its keys keep the order in which they were written. */
export type JsonSchema = Readonly<Record<string, unknown>>

/** A request of OpenAI's API that a row gives whole. Its body is sent unchanged. */
export interface WholeRequest {
  readonly endpoint: 'chat/completions' | 'responses' | 'completions'
  readonly body: Columns
  /** Whether the body names a model whose price is not known. */
  readonly isUnpriced?: boolean | undefined
}

/**
 * A rendered row: all that is asked. All prompts of a run share `fragments`, `options` and
 * `schema`.
 */
export interface Prompt {
  readonly kind: 'prompt'
  readonly row: Row
  /** The user's text, without the fragments. Of `messages`, the last text of the user. */
  readonly text: string
  /** The whole system prompt, with its fragments. Of `messages`, the first, if of the system. */
  readonly system?: string | undefined
  /** The conversation that the row gives, at least one message; sent instead of text and system. */
  readonly messages?: readonly Message[] | undefined
  /** The request that the row gives; sent instead of all else. `messages` is read from the body. */
  readonly request?: WholeRequest | undefined
  readonly fragments: readonly Fragment[]
  /** Fragments in `system`; absent if there are none. */
  readonly systemFragments?: readonly Fragment[] | undefined
  /** The system prompt without its fragments; absent if there are none, or no other text. */
  readonly ownSystem?: string | undefined
  readonly options: ModelOptions
  /** The form that the answer must have. Sent as the wire's structured output. */
  readonly schema?: JsonSchema | undefined
  /** What was said after the prompt, if an earlier answer to it was not good. */
  readonly followUps?: readonly Message[] | undefined
  /**
   * SHA-256, in hex, of the whole rendered prompt with model, system, options and schema.
   * Equal prompts have equal hashes.
   */
  readonly hash: string
}

/**
 * The text that the model gets: fragments, then the prompt, with one line break between (llm's
 * rule).
 */
export function promptText({ text, fragments }: Pick<Prompt, 'text' | 'fragments'>): string {
  if (fragments.length === 0) return text
  const parts = fragments.map(fragment => fragment.content)
  if (text !== '') parts.push(text)
  return parts.join('\n')
}

/**
 * All messages that the model gets, in order. An empty system prompt is not sent, as in llm: some
 * servers refuse it.
 */
export function conversationOf(
  prompt: Pick<Prompt, 'text' | 'fragments' | 'system' | 'messages' | 'followUps'>,
): readonly Message[] {
  const { system, messages, followUps = [] } = prompt
  if (messages !== undefined) return [...messages, ...followUps]
  const asked = textMessage('user', promptText(prompt))
  return system ? [textMessage('system', system), asked, ...followUps] : [asked, ...followUps]
}
