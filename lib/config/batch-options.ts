import { z } from 'zod'
import { runError } from '../error/batch-error.js'
import { nearest } from '../error/nearest.js'
import { attachmentFields } from './attachment-fields.js'
import { callFields, concurrencySchema, maxCostSchema, perMinuteSchema } from './call-fields.js'
import { inputFields } from './input-fields.js'
import { formatSchema, outputFields } from './output-fields.js'
import { promptFields } from './prompt-fields.js'
import { recordFields } from './record-fields.js'
import { toolFields } from './tool-fields.js'

/**
 * Everything that a caller can set for a batch. The library call, the YAML file and the command
 * line use this one schema, so they cannot disagree.
 */
export const batchOptionsSchema = z.strictObject({
  ...inputFields,
  ...promptFields,
  ...attachmentFields,
  ...toolFields,
  ...callFields,
  ...outputFields,
  ...recordFields,

  /** What environment variables set. The caller's own options come first; `defaults` come after. */
  environment: z
    .strictObject({
      model: z.string().min(1).optional(),
      concurrency: concurrencySchema.optional(),
      rateLimit: perMinuteSchema.optional(),
      tokenLimit: perMinuteSchema.optional(),
    })
    .default({}),

  /** Used if neither the caller nor the environment sets the option. */
  defaults: z
    .strictObject({
      /** After `rateLimits`. */
      concurrency: concurrencySchema.optional(),
      log: z.boolean().optional(),
      /** After `model` and the saved template's; before llm's own default. */
      model: z.string().min(1).optional(),
      /** After `rateLimit` and `rateLimits`. */
      rateLimit: perMinuteSchema.optional(),
      /** After `tokenLimit` and `rateLimits`. */
      tokenLimit: perMinuteSchema.optional(),
      maxCostUsd: maxCostSchema.optional(),
      /** After `format` and the output's extension. */
      format: formatSchema.optional(),
      /** Any other options of a new batch. A resumed batch has its own. */
      options: z.record(z.string(), z.unknown()).optional(),
    })
    .default({}),
})

/** What a caller writes: options with a default may be left out. */
export type BatchOptions = z.input<typeof batchOptionsSchema>
/** What our code reads: every default and the environment are filled in. */
export type ResolvedBatchOptions = Readonly<Omit<ParsedBatchOptions, 'environment'>>

type ParsedBatchOptions = z.output<typeof batchOptionsSchema>

/** @throws {BatchError} OPTIONS_INVALID with all bad fields at once, and their origin. */
export function parseBatchOptions(given: unknown, origin: string): ResolvedBatchOptions {
  const parsed = batchOptionsSchema.safeParse(overDefaults(given))
  if (parsed.success) return Object.freeze(layered(parsed.data, given as BatchOptions))
  const faults = parsed.error.issues.map(faultOf)
  throw runError('OPTIONS_INVALID', `${origin}: ${faults.join('; ')}`, undefined, parsed.error)
}

/** Names as other tools write them (`rate_limit`, `ratelimit`) are answered with ours. */
function faultOf(issue: z.core.$ZodIssue): string {
  const place = issue.path.join('.')
  if (issue.code !== 'unrecognized_keys') return `${place || 'options'}: ${issue.message}`
  const names = place === '' ? Object.keys(batchOptionsSchema.shape) : []
  return issue.keys
    .map(key => {
      const meant = names.find(name => plain(name) === plain(key)) ?? nearest(key, names)[0]
      const hint = meant === undefined ? '' : `; did you mean ${meant}?`
      return `${place === '' ? key : `${place}.${key}`}: there is no such option${hint}`
    })
    .join('; ')
}

function plain(name: string): string {
  return name.replace(/[_-]/g, '').toLowerCase()
}

/** The options over those of `defaults.options`. */
function overDefaults(given: unknown): unknown {
  const further = (given as BatchOptions | undefined)?.defaults?.options
  if (further === undefined) return given
  const said = Object.entries(given as BatchOptions).filter(([, value]) => value !== undefined)
  return { ...further, ...Object.fromEntries(said) }
}

/**
 * The caller comes before the environment, the environment before the file. `said` has no defaults
 * of the schema in it.
 */
function layered(
  { environment, ...options }: ParsedBatchOptions,
  said: BatchOptions,
): ResolvedBatchOptions {
  const { defaults } = options
  return {
    ...options,
    model: said.model ?? environment.model,
    rateLimit: said.rateLimit ?? environment.rateLimit,
    tokenLimit: said.tokenLimit ?? environment.tokenLimit,
    concurrency: said.concurrency ?? environment.concurrency,
    log: said.log ?? defaults.log ?? options.log,
    maxCostUsd: said.maxCostUsd ?? defaults.maxCostUsd,
  }
}
