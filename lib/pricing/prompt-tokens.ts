import type { Answer } from '../row/answer.js'
import type { Attachment } from '../row/attachment.js'
import type { JsonSchema } from '../row/json-schema.js'
import { type Message, messageText } from '../row/message.js'
import { type FollowUp, type Fragment, isMessage, type Prompt } from '../row/prompt.js'
import type { ToolSpec } from '../row/tool-call.js'
import {
  mostAttachmentTokens,
  mostImageTokens,
  roughAttachmentTokens,
  roughImageTokens,
} from './attachment-tokens.js'

/** What of a prompt is sent, and so is billed. */
export type SentPrompt = Pick<
  Prompt,
  'text' | 'system' | 'fragments' | 'messages' | 'schema' | 'tools' | 'followUps' | 'attachments'
>

/**
 * Bytes of UTF-8 in a token, roughly: 4 for English, 3 to 5 for Chinese, Japanese and Russian. A
 * count of characters would be wrong by a factor of 4 for Chinese.
 */
const roughBytesPerToken = 4

/** Marks of the roles and of the ends of messages: 7 in OpenAI's format, 5 to 13 in others. */
const roughWrappingTokens = 8
const roughTokensPerMessage = 4
const mostTokensPerMessage = 16

/**
 * Chat templates may add a system prompt of their own. The longest known one, of gpt-oss, has about
 * 80 tokens.
 */
const mostWrappingTokens = 256

/**
 * Input tokens of a prompt, from its length alone: for paces and progress, in a microsecond. Wrong
 * by up to a half.
 */
export function roughInputTokens(prompt: SentPrompt): number {
  const bytes = bytesOf(prompt, Buffer.byteLength)
  const text = Math.ceil(bytes / roughBytesPerToken) + roughWrappingTokens
  const { messages, attachments } = prompt
  if (attachments !== undefined) return text + sumOver(attachments, roughAttachmentTokens)
  if (messages === undefined) return text
  return text + messages.length * roughTokensPerMessage + countImages(messages) * roughImageTokens
}

/**
 * More input tokens than any tokenizer can make of a prompt: for caps on spending.
 *
 * A token of a text stands for at least one byte of it, in byte-level BPE as in SentencePiece with
 * byte fallback. Some tokenizers normalise the text first (NFKC), which can lengthen it: U+FDFA
 * becomes 18 letters.
 */
export function mostInputTokens(prompt: SentPrompt): number {
  const { messages = [], schema, tools = [], followUps = [], attachments = [] } = prompt
  const wrapped = 1 + messagesIn(followUps) + tools.length + (schema === undefined ? 0 : 1)
  const wrapping = wrapped * mostWrappingTokens + messages.length * mostTokensPerMessage
  const files = sumOver(attachments, mostAttachmentTokens)
  return bytesOf(prompt, mostBytes) + wrapping + countImages(messages) * mostImageTokens + files
}

function sumOver(
  attachments: readonly Attachment[],
  tokensOf: (attachment: Attachment) => number,
): number {
  return attachments.reduce((sum, attachment) => sum + tokensOf(attachment), 0)
}

/** Images, and what only OpenAI knows, which is counted like images. */
export function countImages(messages: readonly Message[]): number {
  const images = ({ parts }: Message) => parts.filter(({ kind }) => kind !== 'text').length
  return messages.reduce((sum, message) => sum + images(message), 0)
}

function mostBytes(text: string): number {
  const bytes = Buffer.byteLength(text)
  const isAscii = bytes === text.length
  return isAscii ? bytes : Math.max(bytes, Buffer.byteLength(text.normalize('NFKC')))
}

type CountBytes = (text: string) => number

function bytesOf(prompt: SentPrompt, count: CountBytes): number {
  const { text, system, fragments, messages, schema, tools, followUps } = prompt
  let bytes = messages === undefined ? count(text) : bytesOfMessages(messages, count)
  if (system !== undefined && messages === undefined) bytes += count(system)
  if (fragments.length > 0) bytes += sharedBytes(fragments, count)
  if (schema !== undefined) bytes += jsonBytes(schema)
  if (tools !== undefined) bytes += jsonBytes(tools)
  if (followUps !== undefined) bytes += bytesOfFollowUps(followUps, count)
  return bytes
}

function bytesOfMessages(messages: readonly Message[], count: CountBytes): number {
  let bytes = 0
  for (const message of messages) bytes += count(messageText(message))
  return bytes
}

/** A message each, and of a round of tools one for each result. */
function messagesIn(followUps: readonly FollowUp[]): number {
  const count = (one: FollowUp) => (isMessage(one) ? 1 : 1 + one.results.length)
  return followUps.reduce((sum, one) => sum + count(one), 0)
}

function bytesOfFollowUps(followUps: readonly FollowUp[], count: CountBytes): number {
  let bytes = 0
  for (const one of followUps) {
    if (isMessage(one)) bytes += count(messageText(one))
    else {
      bytes += bytesSaid(one.answer, count)
      for (const { output } of one.results) bytes += count(output)
    }
  }
  return bytes
}

/** Reasoning goes back hidden, so its length is known only from what was billed for it. */
function bytesSaid({ text, toolCalls = [], usage }: Answer, count: CountBytes): number {
  const calls = toolCalls.reduce((sum, one) => sum + count(one.name + one.argumentsText), 0)
  return Math.max(count(text) + calls, (usage.outputTokens ?? 0) * roughBytesPerToken)
}

/** Bytes of fragments, which all prompts of a run share, so that each is measured once. */
const measured = new Map<CountBytes, WeakMap<readonly Fragment[], number>>([
  [Buffer.byteLength, new WeakMap()],
  [mostBytes, new WeakMap()],
])

function sharedBytes(fragments: readonly Fragment[], count: CountBytes): number {
  const known = measured.get(count)?.get(fragments)
  if (known !== undefined) return known
  // A line break follows each fragment.
  const bytes = fragments.reduce((sum, { content }) => sum + count(content) + 1, 0)
  measured.get(count)?.set(fragments, bytes)
  return bytes
}

/** All prompts of a run share the schema and the tools. */
const measuredJson = new WeakMap<object, number>()

function jsonBytes(value: JsonSchema | readonly ToolSpec[]): number {
  const known = measuredJson.get(value)
  if (known !== undefined) return known
  const bytes = mostBytes(JSON.stringify(value))
  measuredJson.set(value, bytes)
  return bytes
}
