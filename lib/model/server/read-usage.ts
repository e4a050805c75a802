import type { Usage } from '../../row/answer.js'
import { dropEmptyMembers } from '../../row/drop-empty-members.js'
import { recordOf } from '../error-reply/provider-error.js'

/** Token counts as llm keeps them: the provider's counts, with all further counts as details. */
export function readUsage(body: Readonly<Record<string, unknown>>): Usage {
  const google = recordOf(body.usageMetadata)
  if (google !== undefined) return googleUsage(google)
  const usage = recordOf(body.usage)
  if (usage === undefined) return {}
  const { prompt_tokens, completion_tokens, input_tokens, output_tokens } = usage
  const details = body.object === 'response' ? responsesDetails(usage) : furtherCounts(usage)
  return toUsage(prompt_tokens ?? input_tokens, completion_tokens ?? output_tokens, details)
}

/** From a Responses reply, llm keeps these unchanged, with zeros. */
function responsesDetails({
  input_tokens_details,
  output_tokens_details,
}: Record<string, unknown>): Usage['details'] {
  return recordOf(dropEmptyMembers({ input_tokens_details, output_tokens_details }))
}

/** Gemini's reasoning tokens are billed as output, and counted apart. */
function googleUsage(usage: Record<string, unknown>): Usage {
  const { promptTokenCount, candidatesTokenCount, thoughtsTokenCount } = usage
  const thoughts = typeof thoughtsTokenCount === 'number' ? thoughtsTokenCount : 0
  const spoken = typeof candidatesTokenCount === 'number' ? candidatesTokenCount : undefined
  const output = spoken === undefined && thoughts === 0 ? undefined : (spoken ?? 0) + thoughts
  return toUsage(promptTokenCount, output, furtherCounts(usage))
}

/** All providers' names of counts that are already included. */
const counted = new Set([
  ...['prompt_tokens', 'completion_tokens', 'input_tokens', 'output_tokens', 'total_tokens'],
  ...['promptTokenCount', 'candidatesTokenCount', 'totalTokenCount'],
])

function furtherCounts(usage: Record<string, unknown>): Usage['details'] {
  const further: Record<string, unknown> = {}
  for (const name in usage) {
    if (!counted.has(name)) further[name] = usage[name]
  }
  return recordOf(dropEmptyMembers(further, { zeros: true }))
}

function toUsage(input: unknown, output: unknown, details: Usage['details']): Usage {
  const usage: { -readonly [Name in keyof Usage]: Usage[Name] } = {}
  if (typeof input === 'number') usage.inputTokens = input
  if (typeof output === 'number') usage.outputTokens = output
  if (details !== undefined && Object.keys(details).length > 0) usage.details = details
  return usage
}
