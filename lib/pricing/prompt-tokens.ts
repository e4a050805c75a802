import type { Fragment, JsonSchema, Prompt } from '../row/prompt.js'

/** What of a prompt is sent as text, and so is billed. */
export type SentPrompt = Pick<Prompt, 'text' | 'system' | 'fragments' | 'schema' | 'followUps'>

/**
 * Bytes of UTF-8 in a token, roughly: 4 for English, 3 to 5 for Chinese, Japanese and Russian. A
 * count of characters would be wrong by a factor of 4 for Chinese.
 */
const roughBytesPerToken = 4

/** Marks of the roles and of the ends of messages: 7 in OpenAI's format, 5 to 13 in others. */
const roughWrappingTokens = 8

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
  return Math.ceil(bytesOf(prompt, Buffer.byteLength) / roughBytesPerToken) + roughWrappingTokens
}

/**
 * More input tokens than any tokenizer can make of a prompt: for caps on spending.
 *
 * A token of a text stands for at least one byte of it, in byte-level BPE as in SentencePiece with
 * byte fallback. Some tokenizers normalise the text first (NFKC), which can lengthen it: U+FDFA
 * becomes 18 letters.
 */
export function mostInputTokens(prompt: SentPrompt): number {
  const { schema, followUps = [] } = prompt
  const messages = 1 + followUps.length + (schema === undefined ? 0 : 1)
  return bytesOf(prompt, mostBytes) + messages * mostWrappingTokens
}

function mostBytes(text: string): number {
  const bytes = Buffer.byteLength(text)
  const isAscii = bytes === text.length
  return isAscii ? bytes : Math.max(bytes, Buffer.byteLength(text.normalize('NFKC')))
}

type CountBytes = (text: string) => number

/** Later members of a prompt that are billed (tools, attachments) are added here. */
function bytesOf(prompt: SentPrompt, count: CountBytes): number {
  const { text, system, fragments, schema, followUps } = prompt
  let bytes = count(text)
  if (system !== undefined) bytes += count(system)
  if (fragments.length > 0) bytes += sharedBytes(fragments, count)
  if (schema !== undefined) bytes += schemaBytes(schema)
  if (followUps !== undefined) for (const message of followUps) bytes += count(message.text)
  return bytes
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

/** All prompts of a run share the schema. */
const measuredSchemas = new WeakMap<JsonSchema, number>()

function schemaBytes(schema: JsonSchema): number {
  const known = measuredSchemas.get(schema)
  if (known !== undefined) return known
  const bytes = mostBytes(JSON.stringify(schema))
  measuredSchemas.set(schema, bytes)
  return bytes
}
