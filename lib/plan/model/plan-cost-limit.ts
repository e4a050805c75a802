import type { CostLimit } from '../../call/spend-cap.js'
import { type BatchError, runError } from '../../error/batch-error.js'
import type { ModelReference } from '../../model/catalog/model-reference.js'
import { type OutputLimit, outputLimit } from '../../model/catalog/output-limit.js'
import type { ModelPrice } from '../../pricing/model-price.js'
import { mostInputTokens } from '../../pricing/prompt-tokens.js'
import { usdText } from '../../pricing/usd-text.js'
import type { ModelOptions } from '../../row/prompt.js'

export interface PlanCostLimitOptions {
  readonly maxCostUsd: number | undefined
  readonly model: {
    readonly reference: ModelReference
    readonly modelOptions: ModelOptions
  }
  readonly price: ModelPrice
  readonly concurrency: number
  /** Whether the run finds the number of calls at once itself; `concurrency` is the most then. */
  readonly isConcurrencyAuto?: boolean | undefined
}

/** A cap of the cost, if there is one, and what to say of it. */
export interface PlannedCostLimit {
  /** Absent without a cap, and for a model that costs nothing. */
  readonly costLimit?: CostLimit | undefined
  readonly warnings: readonly string[]
}

/** Fewer calls at once are worth a warning if the user names no number. */
const fewCalls = 4

/** @throws {BatchError} PRICE_UNKNOWN: without a price, a cap would hold nothing. Reach run. */
export function planCostLimit(options: PlanCostLimitOptions): PlannedCostLimit {
  const { maxCostUsd, model, price, isConcurrencyAuto } = options
  const concurrency = isConcurrencyAuto ? fewCalls : options.concurrency
  if (maxCostUsd === undefined || price.kind === 'free') return { warnings: [] }
  if (price.kind === 'unknown') throw priceUnknown(model.reference.id, price)
  const limit = outputLimit(model.reference, model.modelOptions)
  const worstUsd = (inputTokens: number): number => mostCostUsd(price, inputTokens, limit.tokens)
  return {
    costLimit: {
      maxCostUsd,
      worstCallUsd: prompt => worstUsd(mostInputTokens(prompt)),
    },
    warnings: [
      ...assumptions(limit, model.reference.id),
      ...tightness({ maxCostUsd, concurrency, answerUsd: worstUsd(0), limit }),
    ],
  }
}

/**
 * A provider may write the input to a cache, and bill reasoning apart, whatever was asked. And a
 * call that waits in a queue may end in a dearer hour.
 */
function mostCostUsd(price: ModelPrice, inputTokens: number, outputTokens: number): number {
  const { mostCostUsd: costUsd = price.costUsd } = price
  let most = 0
  for (const cacheWriteTokens of [0, inputTokens]) {
    for (const reasoningTokens of [0, outputTokens]) {
      const usage = { inputTokens, outputTokens, cacheWriteTokens, reasoningTokens }
      most = Math.max(most, costUsd(usage) ?? 0)
    }
  }
  return most
}

function assumptions({ basis, tokens }: OutputLimit, modelId: string): string[] {
  if (basis !== 'assumed') return []
  const count = tokens.toLocaleString('en-US')
  return [
    `The longest answer of ${modelId} is not known, so --max-cost reserves ${count} output tokens for each call. -o max_tokens N sets a limit.`,
  ]
}

/** Says so if the cap lets fewer calls run at once than the user wants. */
function tightness(given: {
  readonly maxCostUsd: number
  readonly concurrency: number
  readonly answerUsd: number
  readonly limit: OutputLimit
}): string[] {
  const { maxCostUsd, concurrency, answerUsd, limit } = given
  const most = Math.floor(maxCostUsd / answerUsd)
  if (most >= concurrency) return []
  const calls =
    most === 0
      ? 'no call runs'
      : `at most ${most} ${most === 1 ? 'call runs' : 'calls run'} at once`
  const tokens = limit.tokens.toLocaleString('en-US')
  const remedy =
    limit.basis === 'asked' ? 'A smaller -o max_tokens' : '-o max_tokens N, if answers are shorter,'
  return [
    `Under --max-cost ${usdText(maxCostUsd)}, ${calls}: each reserves ${usdText(answerUsd)} for an answer of up to ${tokens} tokens. ${remedy} lets more calls run.`,
  ]
}

function priceUnknown(modelId: string, { basis }: ModelPrice): BatchError {
  return runError(
    'PRICE_UNKNOWN',
    `--max-cost needs a price, and the price of ${modelId} is not known`,
    `${basis.charAt(0).toUpperCase()}${basis.slice(1)}`,
  )
}
