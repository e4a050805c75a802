import type { Fragment, Prompt } from '../row/prompt.js'

/** What of a prompt is sent as text, and so is billed. */
export type SentPrompt = Pick<Prompt, 'text' | 'system' | 'fragments'>

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
  return bytesOf(prompt, mostBytes) + mostWrappingTokens
}

function mostBytes(text: string): number {
  const bytes = Buffer.byteLength(text)
  const isAscii = bytes === text.length
  return isAscii ? bytes : Math.max(bytes, Buffer.byteLength(text.normalize('NFKC')))
}

type CountBytes = (text: string) => number

/** Later members of a prompt that are billed (schema, tools, attachments) are added here. */
function bytesOf({ text, system, fragments }: SentPrompt, count: CountBytes): number {
  const own = count(text) + (system === undefined ? 0 : count(system))
  return fragments.length === 0 ? own : own + sharedBytes(fragments, count)
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
