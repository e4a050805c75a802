import type { BatchOptions } from './batch-options.js'
import type { BatchConfig } from './parse-batch-config.js'
import { parsePositiveNumber, parseWholeNumber } from './parse-number.js'

export interface LayerOptionsInput {
  /** What the command line said, and nothing else. */
  readonly flags: BatchOptions
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly config: BatchConfig
}

/**
 * One set of options from all that may set them: command line over environment over file.
 *
 * What the command line says stands at the top and nothing else does, so that going on with a recorded batch can tell
 * what was said now from what merely holds. The rest is in `environment`, and in `defaults` and `rateLimits` (the
 * file), which `parseBatchOptions` puts in their place.
 *
 * Variables: `LLM_MODEL` (as in llm), `LLM_BATCH_CONCURRENCY`, `LLM_BATCH_RATE_LIMIT`; an empty one counts as unset.
 *
 * @throws {BatchError} USAGE_INVALID for a variable that is no number.
 */
export function layerOptions({ flags, environment, config }: LayerOptionsInput): BatchOptions {
  const { concurrency, rate_limit, model, resume_on_failure } = config.defaults
  const { format, save_to_logs } = config.output
  return {
    environment: optionsOfEnvironment(environment),
    rateLimits: config.rate_limits,
    defaults: withoutUnset({
      concurrency,
      log: save_to_logs,
      model,
      rateLimit: rate_limit,
      format,
    }),
    ...withoutUnset({ resumeOnFailure: resume_on_failure }),
    ...withoutUnset(flags),
  }
}

function optionsOfEnvironment(
  environment: LayerOptionsInput['environment'],
): NonNullable<BatchOptions['environment']> {
  const { LLM_MODEL, LLM_BATCH_CONCURRENCY, LLM_BATCH_RATE_LIMIT } = environment
  return {
    ...(LLM_MODEL ? { model: LLM_MODEL } : {}),
    ...(LLM_BATCH_CONCURRENCY
      ? {
          concurrency: parseWholeNumber(LLM_BATCH_CONCURRENCY, {
            name: 'LLM_BATCH_CONCURRENCY',
            minimum: 1,
          }),
        }
      : {}),
    ...(LLM_BATCH_RATE_LIMIT
      ? { rateLimit: parsePositiveNumber(LLM_BATCH_RATE_LIMIT, { name: 'LLM_BATCH_RATE_LIMIT' }) }
      : {}),
  }
}

/** Leaves out what is undefined, so that a lower layer shows through. */
function withoutUnset<T extends object>(options: T): { [Name in keyof T]: NonNullable<T[Name]> } {
  const entries = Object.entries(options).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as { [Name in keyof T]: NonNullable<T[Name]> }
}
