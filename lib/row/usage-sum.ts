import type { Usage } from './answer.js'

/** Tokens and US dollars of many calls. */
export interface UsageSum {
  /** Those from a cache included. */
  readonly inputTokens: number
  readonly cachedInputTokens: number
  /** Reasoning included. */
  readonly outputTokens: number
  readonly reasoningTokens: number
  /** US dollars of the answers whose cost is known; undefined if no answer's cost is known. */
  readonly costUsd: number | undefined
  /** Answers whose cost is not known. They are not in `costUsd`. */
  readonly unpricedAnswers: number
}

export const emptyUsageSum: UsageSum = Object.freeze({
  inputTokens: 0,
  cachedInputTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
  costUsd: 0,
  unpricedAnswers: 0,
})

/** The sum of known costs. If no answer has a known cost, the sum is unknown, and not $0. */
export function knownCostUsd(sumUsd: number, unpricedAnswers: number): number | undefined {
  return sumUsd === 0 && unpricedAnswers > 0 ? undefined : sumUsd
}

/** The counts of two answers to one row. A count that neither has stays absent. */
export function addUsage(a: Usage, b: Usage): Usage {
  return {
    inputTokens: addCounts(a.inputTokens, b.inputTokens),
    cachedInputTokens: addCounts(a.cachedInputTokens, b.cachedInputTokens),
    cacheWriteTokens: addCounts(a.cacheWriteTokens, b.cacheWriteTokens),
    outputTokens: addCounts(a.outputTokens, b.outputTokens),
    reasoningTokens: addCounts(a.reasoningTokens, b.reasoningTokens),
  }
}

function addCounts(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined ? b : a + (b ?? 0)
}

/** Adds up amounts of US dollars without the noise of floating point, to a trillionth. */
export function addUsd(a: number, b: number): number {
  return roundUsd(a + b)
}

/** Rounds to a millionth of a millionth of a dollar. */
export function roundUsd(usd: number): number {
  return Math.round(usd * 1e12) / 1e12
}
