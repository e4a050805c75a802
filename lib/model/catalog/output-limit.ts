import type { ModelOptions } from '../../row/prompt.js'
import type { ModelReference } from './model-reference.js'

/** The longest answer of one call. */
export interface OutputLimit {
  /** Output tokens, reasoning included. */
  readonly tokens: number
  /** `asked`: sent with the call. `model`: what the model gives at most. `assumed`: not known. */
  readonly basis: 'asked' | 'model' | 'assumed'
}

/**
 * The most output tokens of one answer, by the model's name for its server; the first that matches
 * counts. Of Anthropic's models, what the AI SDK sends where the user sets no limit
 * (`getModelCapabilities` of @ai-sdk/anthropic).
 *
 * @see https://platform.openai.com/docs/models ("max output tokens" of each model)
 * @see https://ai.google.dev/gemini-api/docs/models ("output token limit")
 */
const limitsByFamily: readonly (readonly [family: RegExp, tokens: number])[] = [
  [/davinci-002|babbage-002/, 16_384],
  [/gpt-3\.5/, 4_096],
  [/gpt-4-(turbo|1106|0125|vision)/, 4_096],
  [/gpt-4o|gpt-4\.5|gpt-5-chat/, 16_384],
  [/gpt-4\.1|gpt-4-32k/, 32_768],
  [/gpt-4(?![.\d])/, 8_192],
  [/gpt-oss/, 131_072],
  [/gpt-[5-9]/, 128_000],
  [/(^|\/)(o\d|codex)/, 100_000],
  [/claude-(instant|v?2|3)(?!\d|[.-]7)/, 8_192],
  [/claude-opus-4-(1(?!\d)|\d{8})|claude-opus-4$/, 32_000],
  [/claude-(sonnet|opus|haiku)-4-5|claude-sonnet-4-\d{8}|claude-sonnet-4$/, 64_000],
  [/claude-/, 128_000],
  [/gemini-(1|2\.0)/, 8_192],
  [/gemini-/, 65_536],
]

/** More than the longest answer of any model in the list. */
const assumedTokens = 131_072

export function outputLimit(
  { apiName, defaultOptions }: Pick<ModelReference, 'apiName' | 'defaultOptions'>,
  modelOptions: ModelOptions,
): OutputLimit {
  const { max_output_tokens, max_tokens, max_completion_tokens } = {
    ...defaultOptions,
    ...modelOptions,
  }
  // The same order as in the requests.
  const asked = max_output_tokens ?? max_tokens ?? max_completion_tokens
  if (typeof asked === 'number') return { tokens: asked, basis: 'asked' }
  const known = limitsByFamily.find(([family]) => family.test(apiName))
  return known === undefined
    ? { tokens: assumedTokens, basis: 'assumed' }
    : { tokens: known[1], basis: 'model' }
}
