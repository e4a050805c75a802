import type { StatedLimit } from '../error/stated-limit.js'
import type { ToolCall } from './tool-call.js'

/**
 * Tokens of one call, as counted by the provider. A count that the provider does not give is
 * absent.
 */
export interface Usage {
  /** All input tokens, those from a cache included. */
  readonly inputTokens?: number | undefined
  /** The input tokens that were read from a cache. */
  readonly cachedInputTokens?: number | undefined
  /** The input tokens that were written to a cache, which some providers bill apart. */
  readonly cacheWriteTokens?: number | undefined
  /** All output tokens, reasoning included. */
  readonly outputTokens?: number | undefined
  /** The output tokens of the model's reasoning. */
  readonly reasoningTokens?: number | undefined
  /** What llm keeps as input tokens, if the provider leaves out some of them (Anthropic). */
  readonly loggedInputTokens?: number | undefined
  /** What llm keeps as output tokens, if the provider leaves out the reasoning (xAI). */
  readonly loggedOutputTokens?: number | undefined
  /**
   * What llm keeps as `token_details`: the provider's further counts without zeros, nulls and empty
   * objects.
   */
  readonly details?: Readonly<Record<string, unknown>> | undefined
}

/** Why a model stopped. `stop` means that the answer is whole. */
export type FinishReason = 'stop' | 'length' | 'content-filter' | 'tool-calls' | 'error' | 'other'

/** A model's answer to one prompt. */
export interface Answer {
  readonly text: string
  /** The model's reasoning, if the reply has it. */
  readonly reasoning?: string | undefined
  readonly finishReason: FinishReason
  /** The calls of our tools, in their order; absent if there are none. */
  readonly toolCalls?: readonly ToolCall[] | undefined
  readonly usage: Usage
  /** When the call began, in milliseconds since 1970. */
  readonly startedAtMs: number
  readonly durationMs: number
  /** US dollars that the gateway itself says the call cost (OpenRouter, LiteLLM). */
  readonly statedCostUsd?: number | undefined
  /** The provider's whole reply. llm's log keeps it as `response_json`, without empty members. */
  readonly reply?: unknown
  /** What the provider states of its limits with the reply. */
  readonly rateLimits?: readonly StatedLimit[] | undefined
}
