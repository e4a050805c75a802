import type { LanguageModelV3GenerateResult } from '@ai-sdk/provider'
import type { Answer, Usage } from '../row/answer.js'
import { recordOf } from './provider-error.js'
import { withoutEmpty } from './without-empty.js'

/** What the SDK read from a reply, in our words; times and limits are the caller's to add. */
export function readAnswer(
  result: LanguageModelV3GenerateResult,
): Pick<Answer, 'text' | 'reasoning' | 'finishReason' | 'usage' | 'reply'> {
  const body = recordOf(result.response?.body) ?? {}
  const reasoning = textOf(result, 'reasoning')
  return {
    text: textOf(result, 'text'),
    ...(reasoning !== '' && { reasoning }),
    finishReason: isBrokenOff(body) ? 'error' : result.finishReason.unified,
    usage: readUsage(body),
    reply: withoutEmpty(body),
  }
}

function textOf({ content }: LanguageModelV3GenerateResult, type: 'text' | 'reasoning'): string {
  let text = ''
  for (const part of content) {
    if (part.type === type) text += part.text
  }
  return text
}

/** OpenRouter's way of saying that the provider behind it broke off. */
function isBrokenOff({ choices }: Record<string, unknown>): boolean {
  return Array.isArray(choices) && recordOf(choices[0])?.finish_reason === 'error'
}

/** Counts as llm keeps them: the provider's own, with all its further counts as details. */
function readUsage(body: Record<string, unknown>): Usage {
  const google = recordOf(body.usageMetadata)
  if (google !== undefined) return googleUsage(google)
  const usage = recordOf(body.usage)
  if (usage === undefined) return {}
  if (body.object === 'response') return responsesUsage(usage)
  const { prompt_tokens, completion_tokens, input_tokens, output_tokens, ...further } = usage
  const { total_tokens: _sum, ...rest } = further
  return toUsage(
    prompt_tokens ?? input_tokens,
    completion_tokens ?? output_tokens,
    withoutZeros(rest),
  )
}

function responsesUsage(usage: Record<string, unknown>): Usage {
  const { input_tokens, output_tokens, input_tokens_details, output_tokens_details } = usage
  const details = { input_tokens_details, output_tokens_details }
  return toUsage(input_tokens, output_tokens, withoutEmpty(details))
}

/** What a Gemini model thinks is paid for as output, and counted apart. */
function googleUsage(usage: Record<string, unknown>): Usage {
  const { promptTokenCount, candidatesTokenCount, totalTokenCount: _sum, ...rest } = usage
  const thoughts = typeof rest.thoughtsTokenCount === 'number' ? rest.thoughtsTokenCount : 0
  const spoken = typeof candidatesTokenCount === 'number' ? candidatesTokenCount : undefined
  const output = spoken === undefined && thoughts === 0 ? undefined : (spoken ?? 0) + thoughts
  return toUsage(promptTokenCount, output, withoutZeros(rest))
}

function toUsage(input: unknown, output: unknown, details: unknown): Usage {
  const found = recordOf(details)
  return {
    ...(typeof input === 'number' && { inputTokens: input }),
    ...(typeof output === 'number' && { outputTokens: output }),
    ...(found !== undefined && Object.keys(found).length > 0 && { details: found }),
  }
}

function withoutZeros(value: Record<string, unknown>): unknown {
  return withoutEmpty(value, { zeros: true })
}
