import type { ModelPrice } from '../../pricing/model-price.js'
import type { TokenFamily } from '../../pricing/token-family.js'
import type { Plan } from '../../run/plan.js'
import type { InputCount } from './count-input.js'
import { guessOutput, type OutputGuess } from './guess-output.js'
import { guessTime, type TimeGuess } from './guess-time.js'
import { type Correction, correctionOf, type Evidence, familyTokens } from './read-evidence.js'
import type { SampleUsage } from './sample-outcomes.js'

/** What a run would use, cost and take, without refusals and retries. */
export interface CostEstimate {
  readonly model: string
  /** Rows that would be asked, those of the sample included. */
  readonly rows: number
  /** Rows that cannot be read or rendered: they fail, and cost nothing. */
  readonly failingRows: number
  /** Rows whose answer is recorded: they are not asked. */
  readonly recordedRows: number
  /** Whether the run asks fewer rows, because it uses answers of other rows. */
  readonly isReusing: boolean
  /** Whether rows may take further calls, because they use tools, and no sample tells how many. */
  readonly isChaining: boolean
  readonly input: InputEstimate
  readonly output: OutputGuess
  readonly cost: PriceEstimate
  readonly time: TimeGuess
  /** What the sample has used, which the estimate includes. */
  readonly sample?: Omit<SampleUsage, 'outputs' | 'durationsMs' | 'prompts'> | undefined
}

export interface InputEstimate {
  readonly tokens: number
  /** Whether every text was counted with the model's own encoding. */
  readonly isCounted: boolean
  /** Half the width of the range of 90 % where only a part was counted, as a share of `tokens`. */
  readonly error?: number | undefined
  readonly basis: string
}

export interface PriceEstimate {
  readonly kind: ModelPrice['kind']
  /** US dollars; absent if the price is unknown. */
  readonly usd?: number | undefined
  /** By the range of the output. */
  readonly lowUsd?: number | undefined
  readonly highUsd?: number | undefined
  readonly basis: string
}

export interface CostEstimateOptions {
  readonly plan: Pick<
    Plan,
    | 'modelId'
    | 'concurrency'
    | 'isConcurrencyAuto'
    | 'sharedConcurrency'
    | 'rateLimit'
    | 'tokenLimit'
    | 'price'
    | 'form'
    | 'tools'
    | 'isDeduping'
    | 'cacheAgeMs'
  >
  readonly count: InputCount
  readonly family: TokenFamily
  readonly evidence: Evidence
  readonly sample: SampleUsage | undefined
  /** What the caller allows for one answer. */
  readonly maxTokens: number | undefined
}

/** Puts counts and evidence together. */
export function costEstimate(options: CostEstimateOptions): CostEstimate {
  const { plan, count, evidence, sample, maxTokens } = options
  const { askedRows: rows, failingRows, recordedRows } = count
  const input = inputEstimate(options)
  const output = guessOutput({
    rows,
    inputTokens: input.tokens,
    sampled: sample?.outputs ?? [],
    earlier: evidence.outputTokens,
    maxTokens,
  })
  const time = guessTime({
    rows,
    inputTokens: input.tokens,
    outputTokens: output.tokens,
    concurrency: Math.min(plan.concurrency, plan.sharedConcurrency ?? plan.concurrency),
    isConcurrencyAuto: plan.isConcurrencyAuto,
    rateLimit: plan.rateLimit,
    tokenLimit: plan.tokenLimit,
    durationsMs: sample?.durationsMs.length ? sample.durationsMs : evidence.durationsMs,
  })
  const cost = priceEstimate(plan.price, rows, input, output)
  return {
    ...{ model: plan.modelId, rows, failingRows, recordedRows, input, output, cost, time },
    isReusing: plan.isDeduping || plan.cacheAgeMs !== undefined,
    isChaining: plan.tools !== undefined && sample === undefined,
    sample: sample && usedBy(sample),
  }
}

function usedBy(sample: SampleUsage): CostEstimate['sample'] {
  const { answered, failed, inputTokens, outputTokens, costUsd } = sample
  return { answered, failed, inputTokens, outputTokens, costUsd }
}

function inputEstimate(options: CostEstimateOptions): InputEstimate {
  const { plan, count, family, evidence, sample } = options
  const { textTokens: text, wrappingTokens: wrapping, attachmentTokens: attachments } = count
  const { textError, askedRows } = count
  const hasSchema = plan.form !== undefined
  const isExact = family.isOwn && attachments === 0 && plan.tools === undefined
  // A sample has attachments and tools too; earlier prompts that tell something have none.
  const sampled = isExact ? undefined : correctionOf(sample?.prompts ?? [])
  const correction = sampled ?? (family.isOwn ? undefined : evidence.correction)
  const texts = familyTokens(family, { text, wrapping, attachments: 0 })
  const tokens = texts * (correction?.factor ?? 1) + attachments * (sampled?.factor ?? 1)
  const isPart = textError > 0
  const basis = inputBasis(family, { correction, hasSchema })
  const attached = '; attachments are guessed by their types and sizes'
  return {
    tokens: Math.round(tokens),
    isCounted: isExact && !isPart && !hasSchema,
    error: isPart && text > 0 ? textError / text : undefined,
    basis: askedRows === 0 ? 'no row is asked' : attachments === 0 ? basis : basis + attached,
  }
}

function inputBasis(
  { title, encoding, factor, isOwn }: TokenFamily,
  {
    correction,
    hasSchema,
  }: { readonly correction: Correction | undefined; readonly hasSchema: boolean },
): string {
  if (isOwn && correction === undefined) {
    return `counted with the model's own encoding (${encoding})${hasSchema ? ', the schema as JSON' : ''}`
  }
  if (correction !== undefined) {
    const { prompts } = correction
    return `counts of ${encoding}, corrected by what was billed for ${prompts} earlier prompts`
  }
  return `counts of ${encoding} × ${factor}, the mean for ${title}`
}

/** Priced as calls of the mean size, because some prices depend on the size of a call. */
function priceEstimate(
  { kind, basis, costUsd }: ModelPrice,
  rows: number,
  input: InputEstimate,
  output: OutputGuess,
): PriceEstimate {
  const usdFor = (outputTokens: number | undefined) => {
    if (outputTokens === undefined) return undefined
    if (rows === 0) return kind === 'unknown' ? undefined : 0
    const call = { inputTokens: input.tokens / rows, outputTokens: outputTokens / rows }
    const usd = costUsd(call)
    return usd === undefined ? undefined : usd * rows
  }
  const range = { lowUsd: usdFor(output.low), highUsd: usdFor(output.high) }
  return { kind, usd: usdFor(output.tokens), ...range, basis }
}
