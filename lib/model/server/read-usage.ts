import type { Usage } from '../../row/answer.js'
import { dropEmptyMembers } from '../../row/drop-empty-members.js'
import type { ServerWire } from '../catalog/model-reference.js'
import { recordOf } from '../error-reply/provider-error.js'

type Counts = Readonly<Record<string, unknown>>
type MutableUsage = { -readonly [Name in keyof Usage]: Usage[Name] }

/**
 * Token counts of a reply: all that was billed as input and output, the parts with a price of their
 * own, and the counts as llm keeps them, with all further counts as details.
 *
 * A count that is not a number is left out, and never costs the answer.
 */
export function readUsage(wire: ServerWire, body: Counts): Usage {
  const google = recordOf(body.usageMetadata)
  if (google !== undefined) return googleUsage(google)
  const counts = recordOf(body.usage)
  if (counts === undefined) return {}
  const { prompt_tokens, completion_tokens, input_tokens, output_tokens } = counts
  const details = body.object === 'response' ? responsesDetails(counts) : furtherCounts(counts)
  const usage = usageOf(prompt_tokens ?? input_tokens, completion_tokens ?? output_tokens, details)
  addParts(usage, counts)
  if (wire === 'anthropic' && prompt_tokens === undefined) addCachedInput(usage)
  else addReasoning(usage, counts)
  return usage
}

/**
 * The counts of tokens with a price of their own: OpenAI's names and those of the servers that
 * follow them, Anthropic's, and DeepSeek's `prompt_cache_hit_tokens`.
 *
 * @see https://platform.openai.com/docs/api-reference/chat/object (`usage`)
 * @see https://api-docs.deepseek.com/api/create-chat-completion (`usage`)
 */
function addParts(usage: MutableUsage, counts: Counts): void {
  const input = recordOf(counts.prompt_tokens_details) ?? recordOf(counts.input_tokens_details)
  const output =
    recordOf(counts.completion_tokens_details) ?? recordOf(counts.output_tokens_details)
  const { cache_read_input_tokens, cache_creation_input_tokens, prompt_cache_hit_tokens } = counts
  addCount(usage, 'cachedInputTokens', [
    ...[input?.cached_tokens, cache_read_input_tokens, prompt_cache_hit_tokens],
  ])
  addCount(usage, 'cacheWriteTokens', [input?.cache_write_tokens, cache_creation_input_tokens])
  addCount(usage, 'reasoningTokens', [output?.reasoning_tokens, counts.reasoning_tokens])
}

/**
 * Anthropic's `input_tokens` leave out what was read from a cache and written to a cache, and llm
 * keeps them so.
 *
 * @see https://docs.anthropic.com/en/docs/build-with-claude/prompt-caching (`total_input_tokens`)
 */
function addCachedInput(usage: MutableUsage): void {
  addToInput(usage, (usage.cachedInputTokens ?? 0) + (usage.cacheWriteTokens ?? 0))
}

/**
 * xAI's `completion_tokens` leave out the reasoning, which its `total_tokens` show.
 *
 * @see https://docs.x.ai/docs/guides/reasoning (the sample's `usage`)
 */
function addReasoning(usage: MutableUsage, { total_tokens: total }: Counts): void {
  const { inputTokens = 0, outputTokens, reasoningTokens = 0 } = usage
  if (outputTokens === undefined || reasoningTokens === 0) return
  if (total !== inputTokens + outputTokens + reasoningTokens) return
  usage.loggedOutputTokens = outputTokens
  usage.outputTokens = outputTokens + reasoningTokens
}

/** From a Responses reply, llm keeps these unchanged, with zeros. */
function responsesDetails({ input_tokens_details, output_tokens_details }: Counts) {
  return recordOf(dropEmptyMembers({ input_tokens_details, output_tokens_details }))
}

/**
 * Gemini's reasoning tokens are billed as output, and the prompts of its own tools as input. Both
 * are counted apart; the cached tokens are a part of the prompt's.
 *
 * @see https://ai.google.dev/api/generate-content (`UsageMetadata`)
 */
function googleUsage(counts: Counts): Usage {
  const { promptTokenCount, candidatesTokenCount, thoughtsTokenCount } = counts
  const thoughts = typeof thoughtsTokenCount === 'number' ? thoughtsTokenCount : 0
  const spoken = typeof candidatesTokenCount === 'number' ? candidatesTokenCount : undefined
  const output = spoken === undefined && thoughts === 0 ? undefined : (spoken ?? 0) + thoughts
  const usage = usageOf(promptTokenCount, output, furtherCounts(counts))
  addCount(usage, 'cachedInputTokens', [counts.cachedContentTokenCount])
  addCount(usage, 'reasoningTokens', [thoughtsTokenCount])
  const { toolUsePromptTokenCount: tools } = counts
  if (isCount(tools)) addToInput(usage, tools)
  return usage
}

/** All providers' names of counts that are already included. */
const counted = new Set([
  ...['prompt_tokens', 'completion_tokens', 'input_tokens', 'output_tokens', 'total_tokens'],
  ...['promptTokenCount', 'candidatesTokenCount', 'totalTokenCount'],
])

function furtherCounts(usage: Counts): Usage['details'] {
  const further: Record<string, unknown> = {}
  for (const name in usage) {
    if (!counted.has(name)) further[name] = usage[name]
  }
  return recordOf(dropEmptyMembers(further, { zeros: true }))
}

function usageOf(input: unknown, output: unknown, details: Usage['details']): MutableUsage {
  const usage: MutableUsage = {}
  if (typeof input === 'number') usage.inputTokens = input
  if (typeof output === 'number') usage.outputTokens = output
  if (details !== undefined && Object.keys(details).length > 0) usage.details = details
  return usage
}

/** Billed input that the provider does not count as input. llm keeps the provider's count. */
function addToInput(usage: MutableUsage, tokens: number): void {
  const { inputTokens } = usage
  if (inputTokens === undefined || tokens === 0) return
  usage.loggedInputTokens = inputTokens
  usage.inputTokens = inputTokens + tokens
}

/** Sets a count to the first of its values that is one. No count and a count of 0 are the same. */
function addCount(
  usage: MutableUsage,
  name: 'cachedInputTokens' | 'cacheWriteTokens' | 'reasoningTokens',
  values: readonly unknown[],
): void {
  const count = values.find(isCount)
  if (count !== undefined && count > 0) usage[name] = count
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0
}
