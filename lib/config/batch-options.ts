import { z } from 'zod'
import { runError } from '../error/batch-error.js'
import { outputFormats } from '../port/row-sink.js'
import { inputFormats } from '../port/row-source.js'
import { attachmentFields } from './attachment-fields.js'
import { isEncoding } from './is-encoding.js'
import { priceSchema } from './price-schema.js'

const formatSchema = z.enum(outputFormats)
const batchIdSchema = z
  .string()
  .regex(
    /^[A-Za-z0-9._-]{1,64}$/,
    'a batch id is 1 to 64 letters, digits, dots, dashes or underscores',
  )
const schemaSchema = z.union([z.string().min(1), z.record(z.string(), z.unknown())])
const callsSchema = z.int().min(1)
const concurrencySchema = z.union(
  [z.literal('auto'), callsSchema],
  "expects a whole number of 1 or more, or 'auto'",
)
const delimiterSchema = z
  .string()
  .regex(/^[^"\r\n]$/, 'a delimiter is one character that is neither a quote nor a line break')
const perMinuteSchema = z.number().positive()
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
const maxCostSchema = z.number().positive().max(1_000_000)

/**
 * Everything that a caller can set for a batch. The library call, the YAML file and the command
 * line use this one schema, so they cannot disagree.
 */
export const batchOptionsSchema = z.strictObject({
  /** Path of the input, or `-` for standard input. */
  input: z.string().min(1),
  /** Path of the output; standard output when absent. */
  output: z.string().min(1).optional(),
  /** Text with `{column}` in it, or the name of a saved llm template. */
  template: z.string().min(1).optional(),
  /** System prompt; may hold `{column}` as well. */
  system: z.string().optional(),
  /** Values for names in the template that are not columns. */
  params: z.record(z.string(), z.string()).default({}),
  /** Whether `{{column}}`, `$column` and the like are text, and not a mistake. */
  literalBraces: z.boolean().default(false),
  /** Whether blank prompts are asked, instead of failing their rows. */
  allowEmpty: z.boolean().default(false),
  /** Texts before each prompt, and before the system prompt: files, URLs, aliases, hashes. */
  fragments: z.array(z.string().min(1)).default([]),
  systemFragments: z.array(z.string().min(1)).default([]),
  ...attachmentFields,
  /** Model id or alias, such as `openai/gpt-4o-mini`; llm's default when absent. */
  model: z.string().min(1).optional(),
  /** Name of a stored key, or a key itself. */
  key: z.string().min(1).optional(),
  /** Options of the model by llm's names, not parsed. */
  options: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),

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

  /**
   * The form that answers must have: a JSON Schema, or a text as llm's `--schema` takes it (concise
   * syntax, JSON, a file, an id, `t:TEMPLATE`).
   */
  schema: schemaSchema.optional(),
  /** As `schema`, for answers `{ items: [...] }` whose items have this form. */
  schemaMulti: schemaSchema.optional(),

  /** Format of the output; from its extension when absent. */
  format: formatSchema.optional(),
  /** Format of the input; from its extension, else its first bytes, when absent. */
  inputFormat: z.enum(inputFormats).optional(),
  /** Where in a JSON input the array is, such as `data.items`. */
  jsonPath: z.string().min(1).optional(),
  /**
   * Megabytes that a workbook may unpack to; 100 times its size, from 64 up to 2048, when absent.
   */
  maxUnpackedMb: z.int().positive().optional(),
  /** The character between the fields of a table; told from its header when absent. */
  delimiter: delimiterSchema.optional(),
  /** Line of a table that names its columns, from 1; the first line with text when absent. */
  headerRow: z.int().min(1).optional(),
  /** Whether columns with the same name are numbered: `price`, `price_2`. */
  renameDuplicates: z.boolean().default(false),
  /** Encoding of a text input, such as `windows-1252`; UTF-8 or UTF-16 when absent. */
  encoding: z.string().refine(isEncoding, 'is not the name of a known encoding').optional(),
  /** Whether bytes that are not in the encoding end the run, or become U+FFFD. */
  badBytes: z.enum(['fail', 'replace']).default('fail'),
  /** Megabytes that a reply may have, unpacked. A longer reply is refused. */
  maxReplyMb: z.int().positive().default(64),
  /**
   * Name of the column that the answers go to; `response` when absent. A table of answers with a
   * schema has a column for each property, and this column only if it is named.
   */
  responseColumn: z.string().min(1).optional(),
  /** Whether each of an answer's items is a row of the output, for `schemaMulti`. */
  explode: z.boolean().default(false),
  /** Whether tokens, cost and duration of each answer follow it in columns of their own. */
  usageColumns: z.boolean().default(false),
  /** Whether a cell that a spreadsheet would run as a formula gets a `'` before it. */
  formulaGuard: z.boolean().default(false),
  /** The code block of an answer that goes out instead of the whole; as the template says. */
  extract: z.enum(['none', 'first', 'last']).optional(),
  /** Whether results come out in the order of the input. */
  order: z.enum(['input', 'completion']).default('input'),
  /** Whether an existing output may be replaced. */
  overwrite: z.boolean().default(false),

  /** Rows taken from the input; all when absent. */
  limit: z.int().min(0).optional(),
  /** Whether the first failed row stops the run. */
  stopOnError: z.boolean().default(false),
  /** Whether the run stops if the first 10 outcomes are failures with the same error. */
  failFast: z.boolean().default(true),
  /** Whether an answer cut by length counts as an answer. */
  acceptTruncated: z.boolean().default(false),
  /** Whether a leading `<think>…</think>` counts as reasoning, and not as text. */
  stripThinking: z.boolean().default(false),

  /** Whether equal prompts of the batch are asked once, and share the answer. */
  dedupe: z.boolean().default(false),
  /** Whether an answer that another batch has recorded for an equal prompt is used. */
  cache: z.boolean().default(false),
  /** The greatest age of such an answer, in milliseconds. Includes `cache`. */
  cacheAgeMs: z.int().positive().optional(),

  /** Whether answers go to llm's log. `logs-off` in llm's folder turns logging off too. */
  log: z.boolean().default(true),
  /** Path of the database, if not llm's `logs.db`. */
  database: z.string().min(1).optional(),

  /** Whether to resume a recorded batch instead of starting a new one. */
  resume: z.boolean().default(false),
  /** Whether the process that holds the batch counts as dead, because the user says so. */
  takeOver: z.boolean().default(false),
  /** Id of the batch to start or to resume; made from the input's name if absent. */
  batchId: batchIdSchema.optional(),
  /** Whether to start a new batch although a recorded one could be resumed. */
  restart: z.boolean().default(false),
  /** Whether answers of earlier runs are left out of standard output. */
  onlyNew: z.boolean().default(false),
  /** Whether an unfinished batch of the same input and output is resumed without `resume`. */
  resumeOnFailure: z.boolean().default(false),

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
  const parsed = batchOptionsSchema.safeParse(given)
  if (parsed.success) return Object.freeze(layered(parsed.data, given as BatchOptions))
  const faults = parsed.error.issues.map(
    issue => `${issue.path.join('.') || 'options'}: ${issue.message}`,
  )
  throw runError('OPTIONS_INVALID', `${origin}: ${faults.join('; ')}`, undefined, parsed.error)
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
