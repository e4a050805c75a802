import type { Answered, Failed } from '../../row/outcome.js'

/** The columns of `usageColumns`, after the response. */
export const usageNames = ['input_tokens', 'output_tokens', 'cost_usd', 'duration_ms'] as const

type UsageName = (typeof usageNames)[number]

/**
 * What an answer took: tokens, US dollars and milliseconds, by the names of the columns. Unknown
 * values are null. A failed row has what was paid for it.
 *
 * A recalled answer has the values of its call, so the output of a resumed batch does not tell.
 */
export function usageFields({
  answer,
  usage = answer?.usage,
  costUsd,
}: Answered | Failed): readonly (readonly [UsageName, number | null])[] {
  return [
    ['input_tokens', known(usage?.inputTokens)],
    ['output_tokens', known(usage?.outputTokens)],
    ['cost_usd', known(costUsd)],
    ['duration_ms', answer === undefined ? null : Math.round(answer.durationMs)],
  ]
}

/** The same as cells of a table, without exponents: some readers take `4.5e-7` for text. */
export function usageCells(outcome: Answered | Failed): string[] {
  return usageFields(outcome).map(([, value]) => (value === null ? '' : plainText(value)))
}

function plainText(value: number): string {
  const text = String(value)
  return text.includes('e-') ? value.toFixed(12).replace(/(?<!0)0+$/, '') : text
}

/** A count that is not finite is not recorded either. */
function known(value: number | undefined): number | null {
  return value === undefined || !Number.isFinite(value) ? null : value
}
