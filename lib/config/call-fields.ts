import { z } from 'zod'
import { priceSchema } from './price-schema.js'

const callsSchema = z.int().min(1)
export const concurrencySchema = z.union(
  [z.literal('auto'), callsSchema],
  "expects a whole number of 1 or more, or 'auto'",
)
export const perMinuteSchema = z.number().positive()
const modelLimitsSchema = z.union([
  perMinuteSchema,
  z.strictObject({
    /** Calls started per minute. */
    requests: perMinuteSchema.optional(),
    tokens: perMinuteSchema.optional(),
    /** Calls in flight at once. */
    concurrency: callsSchema.optional(),
  }),
])
/** More dollars could not be counted to a billionth. */
export const maxCostSchema = z.number().positive().max(1_000_000)

/** The options about the model and the calls. */
export const callFields = {
  /**
   * Calls in flight at once; with `auto`, as many as the server takes and needs. 1 if nothing sets
   * the option.
   */
  concurrency: concurrencySchema.optional(),
  /** Calls started per minute, every attempt counted; no limit when absent. */
  rateLimit: perMinuteSchema.optional(),
  /** Input and output tokens per minute, every attempt counted; no limit when absent. */
  tokenLimit: perMinuteSchema.optional(),
  /** Limits by model id or alias, used where no option above is set; see `limitsFor`. */
  rateLimits: z.record(z.string(), modelLimitsSchema).default({}),
  /** Whether other processes of this machine with the same key share the limits. */
  shareLimits: z.boolean().default(false),
  /**
   * Prices by model id or alias, in US dollars per million tokens. They come before the price list,
   * but not before a cost that a gateway itself states.
   */
  prices: z.record(z.string(), priceSchema).default({}),
  /** US dollars that the batch may cost over all its runs; no limit when absent. */
  maxCostUsd: maxCostSchema.optional(),
  /** Further attempts after a failed attempt, so 0 means one attempt in all. */
  retries: z.int().min(0).default(5),
  /** Milliseconds that one attempt may take. */
  timeoutMs: z.int().positive().default(120_000),
  /** Milliseconds one row may take over all attempts and waits. */
  deadlineMs: z.int().positive().default(3_600_000),
  /** Whether the first failed row stops the run. */
  stopOnError: z.boolean().default(false),
  /** Whether the run stops if the first 10 outcomes are failures with the same error. */
  failFast: z.boolean().default(true),
  /** Whether an answer cut by length counts as an answer. */
  acceptTruncated: z.boolean().default(false),
  /** Whether a leading `<think>…</think>` counts as reasoning, and not as text. */
  stripThinking: z.boolean().default(false),
  /** Megabytes that a reply may have, unpacked. A longer reply is refused. */
  maxReplyMb: z.int().positive().default(64),
  /** Model id or alias, such as `openai/gpt-4o-mini`; llm's default when absent. */
  model: z.string().min(1).optional(),
  /** Name of a stored key, or a key itself. */
  key: z.string().min(1).optional(),
}
