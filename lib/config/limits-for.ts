import type { ResolvedBatchOptions } from './batch-options.js'

/** The limits of a run; none where absent. */
export interface ModelLimits {
  /** Calls in flight at once. */
  readonly concurrency: number | 'auto'
  /** Calls in flight at once of all runs of this process with the model and key. */
  readonly sharedConcurrency: number | undefined
  /** Calls started per minute. */
  readonly rateLimit: number | undefined
  /** Tokens per minute. */
  readonly tokenLimit: number | undefined
}

/**
 * The limits for a model, by all its names (as given, alias, id; the first that is listed counts).
 * An option comes before the model's entry, and that before the default.
 */
export function limitsFor(options: ResolvedBatchOptions, names: readonly string[]): ModelLimits {
  const { defaults, rateLimits } = options
  const name = names.find(one => Object.hasOwn(rateLimits, one))
  const entry = name === undefined ? {} : (rateLimits[name] ?? {})
  const listed = typeof entry === 'number' ? { requests: entry } : entry
  const { concurrency = listed.concurrency ?? defaults.concurrency ?? 1 } = options
  // Whoever asks for more than is listed for the model means it. `auto` asks for no number.
  const asked = concurrency === 'auto' ? 1 : concurrency
  const shared = listed.concurrency && Math.max(listed.concurrency, asked)
  return {
    concurrency,
    sharedConcurrency: shared,
    rateLimit: options.rateLimit ?? listed.requests ?? defaults.rateLimit,
    tokenLimit: options.tokenLimit ?? listed.tokens ?? defaults.tokenLimit,
  }
}
