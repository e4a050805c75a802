/** Tokens of one call, as the provider counted them; a count it did not give is absent. */
export interface Usage {
  readonly inputTokens?: number | undefined
  readonly outputTokens?: number | undefined
  /** What llm keeps as `token_details`: the provider's further counts without zeros, nulls and empty objects. */
  readonly details?: Readonly<Record<string, unknown>> | undefined
}

/** Why a model stopped. `stop` is a whole answer. */
export type FinishReason = 'stop' | 'length' | 'content-filter' | 'tool-calls' | 'error' | 'other'

/** What a provider said about its limits in the headers of a reply; each field is absent when unsaid. */
export interface RateLimits {
  readonly requests?: RateLimitBucket | undefined
  readonly tokens?: RateLimitBucket | undefined
}

/** One limit: so many in a window, so many left, and when it is full again. */
export interface RateLimitBucket {
  readonly limit?: number | undefined
  readonly remaining?: number | undefined
  /** Milliseconds until the bucket is full again. */
  readonly resetMs?: number | undefined
  /** Length of the window that `limit` counts in, in milliseconds. */
  readonly windowMs: number
}

/** What a model gave back for one prompt. */
export interface Answer {
  readonly text: string
  /** The model's own account of its thinking, when it gave one. */
  readonly reasoning?: string | undefined
  readonly finishReason: FinishReason
  readonly usage: Usage
  /** When the call began, in milliseconds since 1970. */
  readonly startedAtMs: number
  readonly durationMs: number
  /** The provider's whole reply as an object. llm's log keeps what is not empty of it as `response_json`. */
  readonly reply?: unknown
  readonly rateLimits?: RateLimits | undefined
}
