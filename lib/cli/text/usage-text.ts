import type { UsageSum } from '../../row/usage-sum.js'
import { costText, countText, pluralText, shortCountText } from './amount-text.js'

/** `12,000 input (3,000 cached) + 3,400 output (500 reasoning) tokens`. */
export function tokensText(usage: UsageSum): string {
  const { inputTokens, cachedInputTokens, outputTokens, reasoningTokens } = usage
  const input = `${countText(inputTokens)} input${partText(cachedInputTokens, 'cached')}`
  return `${input} + ${countText(outputTokens)} output${partText(reasoningTokens, 'reasoning')} tokens`
}

function partText(count: number, what: string, toText = countText): string {
  return count === 0 ? '' : ` (${toText(count)} ${what})`
}

/** `12.0k input (3.00k cached), 3.40k output tokens`; empty without tokens. */
export function shortTokensText(usage: UsageSum): string {
  const { inputTokens, cachedInputTokens, outputTokens, reasoningTokens } = usage
  if (inputTokens + outputTokens === 0) return ''
  const input = `${shortCountText(inputTokens)} input${partText(cachedInputTokens, 'cached', shortCountText)}`
  const reasoning = partText(reasoningTokens, 'reasoning', shortCountText)
  return `${input}, ${shortCountText(outputTokens)} output${reasoning} tokens`
}

/**
 * What calls have cost: `$0.42`, `cost unknown`, or `at least $0.42 (the cost of 3 answers is
 * unknown)`.
 */
export function spentText({ costUsd, unpricedAnswers }: UsageSum): string {
  if (costUsd === undefined) return 'cost unknown'
  if (unpricedAnswers === 0) return costText(costUsd)
  const answers = pluralText(unpricedAnswers, 'answer')
  return `at least ${costText(costUsd)} (the cost of ${answers} is unknown)`
}

/** The same in a few characters: `$0.42`, `cost unknown`, `>$0.42`; empty if nothing was paid. */
export function shortSpentText({ costUsd, unpricedAnswers }: UsageSum): string {
  if (costUsd === undefined) return 'cost unknown'
  if (costUsd === 0) return ''
  return `${unpricedAnswers === 0 ? '' : '>'}${costText(costUsd)}`
}
