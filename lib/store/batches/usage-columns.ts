import type { RecordedAnswer } from '../../port/batch-store.js'
import { addUsd, knownCostUsd, roundUsd, type UsageSum } from '../../row/usage-sum.js'
import type { SqlValue } from '../database/database.js'

/** The columns of `batch_runs` with the sums over all calls of a batch, of all its runs. */
export interface UsageColumns {
  readonly input_tokens: number
  readonly cached_input_tokens: number
  readonly output_tokens: number
  readonly reasoning_tokens: number
  /** NULL if no answer's cost is known. */
  readonly cost_usd: number | null
  readonly unpriced_prompts: number
}

/** In the order of `usageCells`. */
export const usageColumns = [
  'input_tokens',
  'cached_input_tokens',
  'output_tokens',
  'reasoning_tokens',
  'cost_usd',
  'unpriced_prompts',
] as const satisfies readonly (keyof UsageColumns)[]

/** For an `UPDATE` with `usageCells`. */
export const setUsage = usageColumns.map(column => `${column} = ?`).join(', ')

export function usageCells(usage: UsageColumns): SqlValue[] {
  return usageColumns.map(column => usage[column])
}

export function usageSum(row: UsageColumns): UsageSum {
  return {
    inputTokens: row.input_tokens,
    cachedInputTokens: row.cached_input_tokens,
    outputTokens: row.output_tokens,
    reasoningTokens: row.reasoning_tokens,
    costUsd: row.cost_usd ?? undefined,
    unpricedAnswers: row.unpriced_prompts,
  }
}

/** The columns of `batch_rows` that `UsageColumns` sum up. */
export interface RowUsageColumns {
  readonly input_tokens: number | null
  readonly cached_input_tokens: number | null
  readonly output_tokens: number | null
  readonly reasoning_tokens: number | null
  readonly cost_usd: number | null
  /** Not null if the row has an answer. */
  readonly duration_ms: number | null
}

/** The columns of `batch_rows` with an answer. */
export interface AnswerColumns extends RowUsageColumns {
  readonly response: string
  readonly attempts: number
  /** 1, or NULL. */
  readonly is_cut: number | null
}

/** For a `SELECT`. */
export const answerColumns = `response, attempts, is_cut, input_tokens, cached_input_tokens, output_tokens,
    reasoning_tokens, cost_usd, duration_ms`

export function recordedAnswer(row: AnswerColumns): RecordedAnswer {
  return {
    text: row.response,
    ...(row.is_cut === 1 && { isCut: true }),
    attempts: row.attempts,
    usage: {
      inputTokens: row.input_tokens ?? undefined,
      cachedInputTokens: row.cached_input_tokens ?? undefined,
      outputTokens: row.output_tokens ?? undefined,
      reasoningTokens: row.reasoning_tokens ?? undefined,
    },
    // SQLite may read a number from the journal as the double beside the nearest.
    costUsd: row.cost_usd === null ? undefined : roundUsd(row.cost_usd),
    durationMs: row.duration_ms ?? 0,
  }
}

/** The usage of a row alone. */
export function usageOfRow(row: RowUsageColumns): UsageSum {
  return {
    inputTokens: row.input_tokens ?? 0,
    cachedInputTokens: row.cached_input_tokens ?? 0,
    outputTokens: row.output_tokens ?? 0,
    reasoningTokens: row.reasoning_tokens ?? 0,
    costUsd: row.cost_usd ?? 0,
    unpricedAnswers: row.duration_ms !== null && row.cost_usd === null ? 1 : 0,
  }
}

/** The sums with the calls of a run added. */
export function plusUsage(row: UsageColumns, run: UsageSum): UsageColumns {
  const unpriced = row.unpriced_prompts + run.unpricedAnswers
  const costUsd = addUsd(row.cost_usd ?? 0, run.costUsd ?? 0)
  return {
    input_tokens: row.input_tokens + run.inputTokens,
    cached_input_tokens: row.cached_input_tokens + run.cachedInputTokens,
    output_tokens: row.output_tokens + run.outputTokens,
    reasoning_tokens: row.reasoning_tokens + run.reasoningTokens,
    cost_usd: knownCostUsd(costUsd, unpriced) ?? null,
    unpriced_prompts: unpriced,
  }
}

/** The higher of each two sums. Of two counts of the same calls, the lower has missed some. */
export function highestUsage(a: UsageColumns, b: UsageColumns): UsageColumns {
  const unpriced = Math.max(a.unpriced_prompts, b.unpriced_prompts)
  const costUsd = Math.max(a.cost_usd ?? 0, b.cost_usd ?? 0)
  return {
    input_tokens: Math.max(a.input_tokens, b.input_tokens),
    cached_input_tokens: Math.max(a.cached_input_tokens, b.cached_input_tokens),
    output_tokens: Math.max(a.output_tokens, b.output_tokens),
    reasoning_tokens: Math.max(a.reasoning_tokens, b.reasoning_tokens),
    cost_usd: knownCostUsd(costUsd, unpriced) ?? null,
    unpriced_prompts: unpriced,
  }
}
