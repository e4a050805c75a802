import type { Usage } from '../row/answer.js'
import { roundUsd } from '../row/usage-sum.js'

/** US dollars per million tokens, the same for every call or by the size of its input. */
export type TokenRate = number | TieredRate

/** A rate that changes for the whole call once its input has more than `start` tokens. */
export interface TieredRate {
  readonly base: number
  readonly tiers: readonly { readonly start: number; readonly price: number }[]
}

/** What the kinds of tokens cost. A kind without a rate is billed as `input` or `output`. */
export interface TokenRates {
  readonly input: TokenRate
  readonly output: TokenRate
  readonly cachedInput?: TokenRate | undefined
  readonly cacheWrite?: TokenRate | undefined
  readonly reasoning?: TokenRate | undefined
}

/**
 * What a call costs. The counts of cached and of reasoning tokens are parts of the input and of the
 * output.
 *
 * @returns US dollars, without the noise of floating point, so that the same counts always give the
 * same text; undefined if the provider did not count the input. Absent output means none.
 */
export function tokensCostUsd(rates: TokenRates, usage: Usage): number | undefined {
  const { inputTokens: input, outputTokens: output = 0 } = usage
  if (!isCount(input) || !isCount(output)) return undefined
  // A part that is more than its whole is a provider's slip. Nobody pays for more than all tokens.
  const cached = partOf(input, usage.cachedInputTokens)
  const written = partOf(input - cached, usage.cacheWriteTokens)
  const reasoning = partOf(output, usage.reasoningTokens)
  const at = (rate: TokenRate): number => (typeof rate === 'number' ? rate : rateAt(rate, input))
  const sum =
    (input - cached - written) * at(rates.input) +
    cached * at(rates.cachedInput ?? rates.input) +
    written * at(rates.cacheWrite ?? rates.input) +
    (output - reasoning) * at(rates.output) +
    reasoning * at(rates.reasoning ?? rates.output)
  return roundUsd(sum / 1e6)
}

function rateAt({ base, tiers }: TieredRate, inputTokens: number): number {
  let rate = base
  let highest = -1
  for (const { start, price } of tiers) {
    if (inputTokens <= start || start <= highest) continue
    rate = price
    highest = start
  }
  return rate
}

function partOf(whole: number, part: number | undefined): number {
  return isCount(part) ? Math.min(part, whole) : 0
}

function isCount(value: number | undefined): value is number {
  return value !== undefined && Number.isFinite(value) && value >= 0
}
