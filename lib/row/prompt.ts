import type { Attachment } from './attachment.js'
import type { JsonSchema } from './json-schema.js'
import { type Message, textMessage } from './message.js'
import type { Columns, Row } from './row.js'
import type { ToolSpec } from './tool-call.js'
import type { ToolRound } from './tool-round.js'

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

/** A request of OpenAI's API that a row gives whole. Its body is sent unchanged. */
export interface WholeRequest {
  readonly endpoint: 'chat/completions' | 'responses' | 'completions'
  readonly body: Columns
  /** Whether the body names a model whose price is not known. */
  readonly isUnpriced?: boolean | undefined
}

/**
 * A rendered row: all that is asked. All prompts of a run share `fragments`, `options`, `schema`
 * and `tools`.
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
  /** Absent if there are none. */
  readonly attachments?: readonly Attachment[] | undefined
  readonly options: ModelOptions
  /** The form that the answer must have. Sent as the wire's structured output. */
  readonly schema?: JsonSchema | undefined
  /** The tools that the model may call; absent if there are none. */
  readonly tools?: readonly ToolSpec[] | undefined
  /** What came after the prompt: rounds of tools, and what was said of answers not good. */
  readonly followUps?: readonly FollowUp[] | undefined
  /**
   * SHA-256, in hex, of the whole rendered prompt with model, system, attachments, options,
   * schema and tools.
   * Equal prompts have equal hashes.
   */
  readonly hash: string
}

/** What comes after a prompt: a message, or an answer that calls tools with their results. */
export type FollowUp = Message | ToolRound

/** Whether a follow-up is a message, not a round of tools. */
export function isMessage(followUp: FollowUp): followUp is Message {
  return 'role' in followUp
}

/**
 * The text that the model gets: fragments, then the prompt, with one line break between (llm's
 * rule).
 *
 * @example
 *     const render = renderRow('Classify: {review}')
 *     console.log(promptText(render({ kind: 'row', index: 0, columns: { review: 'Lovely' } })))
 */
export function promptText({ text, fragments }: Pick<Prompt, 'text' | 'fragments'>): string {
  if (fragments.length === 0) return text
  const parts = fragments.map(fragment => fragment.content)
  if (text !== '') parts.push(text)
  return parts.join('\n')
}

/**
 * All messages that the model gets, in order, without the rounds of tools. An empty system prompt
 * is not sent, as in llm: some servers refuse it.
 */
export function conversationOf(
  prompt: Pick<Prompt, 'text' | 'fragments' | 'system' | 'messages' | 'followUps'>,
): readonly Message[] {
  const { system, messages, followUps = [] } = prompt
  const after = followUps.filter(isMessage)
  if (messages !== undefined) return [...messages, ...after]
  const asked = textMessage('user', promptText(prompt))
  return system ? [textMessage('system', system), asked, ...after] : [asked, ...after]
}

/** The place, in the conversation, of the message that asks; of a prompt without `messages`. */
export function askedAt({ system }: Pick<Prompt, 'system'>): number {
  return system ? 1 : 0
}
