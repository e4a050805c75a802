import type { BatchConfig } from './batch-config.js'
import type { BatchOptions } from './batch-options.js'
import { parseConcurrency, parsePositiveNumber } from './parse-number.js'

export interface LayerOptionsInput {
  /** The options of the command line only. */
  readonly flags: BatchOptions
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly config: BatchConfig
  /** Further options of the file. */
  readonly fileOptions?: Partial<BatchOptions>
}

/**
 * Joins the options of the command line, the environment and the file, in this order.
 *
 * Only the options of the command line stand at the top level, so that a resume can tell them from
 * the rest. The others are in `environment`, and (from the file) in `defaults`, `rateLimits`,
 * `prices` and `mcpServers`; `parseBatchOptions` resolves them.
 *
 * Variables: `LLM_MODEL` (as in llm), `LLM_BATCH_CONCURRENCY`, `LLM_BATCH_RATE_LIMIT`,
 * `LLM_BATCH_TOKEN_LIMIT`. An empty variable counts as unset.
 *
 * @throws {BatchError} USAGE_INVALID if a variable is not a number.
 */
export function layerOptions({
  flags,
  environment,
  config,
  fileOptions = {},
}: LayerOptionsInput): BatchOptions {
  const { concurrency, rate_limit, token_limit, max_cost, model, resume_on_failure } =
    config.defaults
  const { format, save_to_logs } = config.output
  const [ofRun, ofBatch] = split(fileOptions)
  return {
    environment: optionsOfEnvironment(environment),
    rateLimits: config.rate_limits,
    prices: statedPrices(config),
    mcpServers: config.mcp,
    defaults: withoutUnset({
      concurrency,
      log: save_to_logs ?? config.defaults.log,
      model,
      rateLimit: rate_limit,
      tokenLimit: token_limit,
      maxCostUsd: max_cost,
      format: format ?? config.defaults.format,
      options: Object.keys(ofBatch).length === 0 ? undefined : ofBatch,
    }),
    ...withoutUnset({ resumeOnFailure: resume_on_failure }),
    ...ofRun,
    ...withoutUnset(flags),
  }
}

/** Options of one run, or that say which batch is meant: they stand beside those of the flags. */
const ofOneRun: readonly string[] = [
  'resume',
  'restart',
  'batchId',
  'takeOver',
  'output',
  'overwrite',
  'database',
  'limit',
  'onlyNew',
  'key',
] satisfies (keyof BatchOptions)[]

/** The options of the file for one run, and those of the batch, which a resume does not take. */
function split(
  options: Partial<BatchOptions>,
): readonly [ofRun: Partial<BatchOptions>, ofBatch: Partial<BatchOptions>] {
  const entries = Object.entries(options)
  const ofRun = entries.filter(([name]) => ofOneRun.includes(name))
  const ofBatch = entries.filter(([name]) => !ofOneRun.includes(name))
  return [Object.fromEntries(ofRun), Object.fromEntries(ofBatch)]
}

/** Prices by model, in the words of the library. */
function statedPrices({ prices }: BatchConfig): NonNullable<BatchOptions['prices']> {
  const entries = Object.entries(prices).map(([name, price]) => {
    const { input, output, cached_input, cache_write, batch_discount } = price
    const others = { cachedInput: cached_input, cacheWrite: cache_write }
    return [name, { input, output, ...others, batchDiscount: batch_discount }] as const
  })
  return Object.fromEntries(entries)
}

function optionsOfEnvironment(
  environment: LayerOptionsInput['environment'],
): NonNullable<BatchOptions['environment']> {
  const { LLM_MODEL, LLM_BATCH_CONCURRENCY, LLM_BATCH_RATE_LIMIT, LLM_BATCH_TOKEN_LIMIT } =
    environment
  return {
    ...(LLM_MODEL ? { model: LLM_MODEL } : {}),
    ...(LLM_BATCH_CONCURRENCY
      ? {
          concurrency: parseConcurrency(LLM_BATCH_CONCURRENCY, { name: 'LLM_BATCH_CONCURRENCY' }),
        }
      : {}),
    ...(LLM_BATCH_RATE_LIMIT
      ? { rateLimit: parsePositiveNumber(LLM_BATCH_RATE_LIMIT, { name: 'LLM_BATCH_RATE_LIMIT' }) }
      : {}),
    ...(LLM_BATCH_TOKEN_LIMIT
      ? {
          tokenLimit: parsePositiveNumber(LLM_BATCH_TOKEN_LIMIT, {
            name: 'LLM_BATCH_TOKEN_LIMIT',
          }),
        }
      : {}),
  }
}

/** Leaves out undefined members, so that they do not hide a lower layer. */
function withoutUnset<T extends object>(options: T): { [Name in keyof T]: NonNullable<T[Name]> } {
  const entries = Object.entries(options).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as { [Name in keyof T]: NonNullable<T[Name]> }
}
