import { type OutputFormat, outputFormats } from '../port/row-sink.js'

/** The settings of batch-config.yaml. Settings that are not in the file are absent. */
export interface BatchConfig {
  readonly defaults: {
    readonly concurrency?: number | 'auto'
    /** Prompts per minute. */
    readonly rate_limit?: number
    /** Tokens per minute. */
    readonly token_limit?: number
    /** US dollars that a batch may cost. */
    readonly max_cost?: number
    readonly model?: string
    readonly resume_on_failure?: boolean
    /** As `output.format`, which comes first. */
    readonly format?: OutputFormat
    /** As `output.save_to_logs`, which comes first. */
    readonly log?: boolean
    /** Every other option of the command, by its name with `_`. */
    readonly [option: string]: unknown
  }
  /** By model id or alias: prompts per minute, or all limits of the model. */
  readonly rate_limits: Readonly<Record<string, number | ConfiguredLimits>>
  /** By model id or alias. */
  readonly prices: Readonly<Record<string, ConfiguredPrice>>
  /** By name: the command line or the URL of an MCP server. */
  readonly mcp: Readonly<Record<string, string>>
  readonly output: {
    readonly format?: OutputFormat
    readonly save_to_logs?: boolean
  }
}

export interface ConfiguredLimits {
  /** Prompts per minute. */
  readonly requests?: number
  /** Tokens per minute. */
  readonly tokens?: number
  /** Calls at once. */
  readonly concurrency?: number
}

/** US dollars per million tokens. */
export interface ConfiguredPrice {
  readonly input: number
  readonly output: number
  /** Of input tokens that are read from a cache; as other input tokens if absent. */
  readonly cached_input?: number
  /** Of input tokens that are written to a cache; as other input tokens if absent. */
  readonly cache_write?: number
  /** The share that a provider's batch API takes off, from 0 to 1. */
  readonly batch_discount?: number
}

/** What a setting may be: a value that `accepts` takes, or a map of `fields`, or of any names. */
export interface Rule {
  readonly expected: string
  readonly accepts?: (value: unknown) => boolean
  /** Whether `accepts` takes lists and maps too. */
  readonly isWhole?: true
  readonly fields?: Readonly<Record<string, Rule>>
  /** The rule of every name in the map. */
  readonly any?: Rule
  /** Fields that a map must have. */
  readonly needed?: readonly string[]
}

const isNumber = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value)
const isCount = (value: unknown) => isNumber(value) && Number.isInteger(value) && value >= 1
const isPositive = (value: unknown) => isNumber(value) && value > 0
const wholeNumber: Rule = { expected: 'a whole number of 1 or more', accepts: isCount }
const perMinute: Rule = {
  expected: 'a number more than 0 (prompts per minute)',
  accepts: isPositive,
}
const tokensPerMinute: Rule = {
  expected: 'a number more than 0 (tokens per minute)',
  accepts: isPositive,
}
const perMillion: Rule = {
  expected: 'a number of 0 or more (US dollars per million tokens)',
  accepts: value => isNumber(value) && value >= 0,
}
const text: Rule = {
  expected: 'text',
  accepts: value => typeof value === 'string' && value !== '',
}
const yesOrNo: Rule = { expected: 'true or false', accepts: value => typeof value === 'boolean' }
const format: Rule = {
  expected: `one of ${outputFormats.join(', ')}`,
  accepts: value => (outputFormats as readonly unknown[]).includes(value),
}

export function mapOf(fields: Readonly<Record<string, Rule>>): Rule {
  return { expected: 'a map of settings', fields }
}

/** Every setting of the file. */
export const batchConfigRules: Readonly<Record<keyof BatchConfig, Rule>> = {
  defaults: mapOf({
    concurrency: {
      expected: 'a whole number of 1 or more, or auto',
      accepts: value => value === 'auto' || isCount(value),
    },
    rate_limit: perMinute,
    token_limit: tokensPerMinute,
    max_cost: { expected: 'a number more than 0 (US dollars)', accepts: isPositive },
    model: text,
    resume_on_failure: yesOrNo,
    format,
    log: yesOrNo,
  }),
  rate_limits: {
    expected: 'a map of models',
    any: {
      expected:
        'a number more than 0 (prompts per minute), or a map of requests, tokens and concurrency',
      accepts: isPositive,
      fields: { requests: perMinute, tokens: tokensPerMinute, concurrency: wholeNumber },
    },
  },
  prices: {
    expected: 'a map of models',
    any: {
      expected: 'a map of input and output (US dollars per million tokens)',
      fields: {
        input: perMillion,
        output: perMillion,
        cached_input: perMillion,
        cache_write: perMillion,
        batch_discount: {
          expected: 'a number from 0 to 1',
          accepts: value => isNumber(value) && value >= 0 && value <= 1,
        },
      },
      needed: ['input', 'output'],
    },
  },
  mcp: {
    expected: 'a map of MCP servers',
    any: { ...text, expected: 'the command line or the URL of an MCP server' },
  },
  output: mapOf({ format, save_to_logs: yesOrNo }),
}

/** The settings of a file that says nothing. */
export const emptyBatchConfig: BatchConfig = {
  defaults: {},
  rate_limits: {},
  prices: {},
  mcp: {},
  output: {},
}
