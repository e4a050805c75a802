import { printableLine } from '../../host/printable.js'
import type { CostEstimate, PriceEstimate } from '../../plan/estimate/cost-estimate.js'
import { costText, countText, pluralText } from './amount-text.js'

/** The last line before the answer. */
export const proceedQuestion = 'Proceed? (y/n): '

/** An estimate in lines: three of fixed form, then how the numbers were found. */
export function estimateText(estimate: CostEstimate): string {
  const { model, input, output, cost, time, sample } = estimate
  const tokens = `${countText(input.tokens)} input, ${countText(output.tokens)} output`
  const lines = [
    `Estimated tokens: ${tokens}`,
    `Estimated cost (${model}): ${cost.usd === undefined ? 'unknown' : costText(cost.usd)}`,
    `Estimated time: ${timeText(time.seconds)}`,
    `Rows: ${rowsText(estimate)}`,
    `Input tokens: ${input.basis}${errorText(input.error)}`,
    `Output tokens: ${output.basis}${rangeText(output.low, output.high, countText)}`,
    `Price: ${cost.basis}${rangeText(cost.lowUsd, cost.highUsd, costText)}`,
    `Time: ${time.basis}`,
    ...(sample === undefined ? [] : [`Sample: ${sampleText(sample)}`]),
    `Not included: ${notIncluded(estimate).join(', ')}`,
  ]
  return `${lines.map(printableLine).join('\n')}\n`
}

/** `45 seconds`, `3 minutes`, `2 hours 10 minutes`, `3 days 4 hours`: two units at most. */
export function timeText(seconds: number): string {
  if (seconds < 59.5) return pluralText(Math.max(1, Math.round(seconds)), 'second')
  const minutes = Math.round(seconds / 60)
  if (minutes < 60) return pluralText(minutes, 'minute')
  if (minutes < 24 * 60) return twoUnits(minutes, 60, ['hour', 'minute'])
  return twoUnits(Math.round(minutes / 60), 24, ['day', 'hour'])
}

function twoUnits(count: number, parts: number, [large, small]: readonly [string, string]): string {
  const first = pluralText(Math.floor(count / parts), large)
  const rest = count % parts
  return rest === 0 ? first : `${first} ${pluralText(rest, small)}`
}

function rowsText({ rows, failingRows, recordedRows }: CostEstimate): string {
  const parts = [`${countText(rows)} to ask`]
  if (recordedRows > 0) parts.push(`${countText(recordedRows)} answered already`)
  if (failingRows > 0) parts.push(`${countText(failingRows)} that fail and cost nothing`)
  return parts.join(', ')
}

function errorText(error: number | undefined): string {
  if (error === undefined) return ''
  const percent = Math.max(0.1, error * 100).toFixed(1)
  return `; a part of the rows was counted, which is off by ${percent} % at most in nine cases of ten`
}

function rangeText(
  low: number | undefined,
  high: number | undefined,
  show: (value: number) => string,
): string {
  if (low === undefined || high === undefined) return ''
  return `; ${show(low)} to ${show(high)} in all in nine cases of ten`
}

function sampleText(sample: NonNullable<CostEstimate['sample']>): string {
  const { answered, failed, inputTokens, outputTokens, costUsd } = sample
  const used = `${countText(inputTokens)} input, ${countText(outputTokens)} output tokens`
  const paid = costUsd === undefined ? '' : `, ${costText(costUsd)}`
  const failures = failed === 0 ? '' : `, ${countText(failed)} failed`
  return `${pluralText(answered, 'row')} answered${failures}: ${used}${paid}, included above`
}

/** What can make the bill differ. */
function notIncluded({ output, cost, isReusing, isChaining }: CostEstimate): readonly string[] {
  const isMeasured = output.evidence === 'sample' || output.evidence === 'earlier-answers'
  return [
    'retries',
    ...(isChaining ? ['further calls of rows that use tools (--sample counts them)'] : []),
    ...(isReusing ? ['answers that rows take from equal prompts or the cache'] : []),
    ...(isMeasured ? [] : ['reasoning']),
    ...(isPriced(cost) ? ['discounts for cached input'] : []),
  ]
}

function isPriced({ kind }: PriceEstimate): boolean {
  return kind === 'priced'
}
