import type { Outcome } from './outcome.js'
import { emptyUsageSum, knownCostUsd, roundUsd, type UsageSum } from './usage-sum.js'

/** Failed rows of one kind. */
export interface ErrorCount {
  readonly code: string
  /** Message of the first such row. */
  readonly message: string
  /** What to do about the failure, if known. */
  readonly remedy?: string | undefined
  readonly firstRowIndex: number
  readonly count: number
}

/**
 * Counts over the rows of a run. Tokens and costs are of this run only: recalled answers cost
 * nothing.
 */
export interface Tally extends UsageSum {
  readonly answered: number
  /** The answered rows whose answer an earlier run recorded. */
  readonly recalled: number
  /** The answered rows of this run that took the answer of an equal prompt of the batch. */
  readonly deduped: number
  /** The answered rows of this run whose answer came from the cache. */
  readonly cached: number
  readonly failed: number
  readonly skipped: number
  /** Answers of this run that ended for a reason that is not known: they may be cut. */
  readonly unknownEndings: number
  /** By error code, in the order of their first row. */
  readonly errors: readonly ErrorCount[]
}

export const emptyTally: Tally = Object.freeze({
  answered: 0,
  recalled: 0,
  deduped: 0,
  cached: 0,
  failed: 0,
  skipped: 0,
  unknownEndings: 0,
  ...emptyUsageSum,
  errors: Object.freeze([]),
})

/** Rows with an answer or a failure. */
export function rowsDone({ answered, failed }: Pick<Tally, 'answered' | 'failed'>): number {
  return answered + failed
}

/** Rows of this run that the model was asked for, or that failed. */
export function rowsAsked({ answered, recalled, deduped, cached, failed }: Tally): number {
  return answered - recalled - deduped - cached + failed
}

/** Rows with any outcome. */
export function tallied(tally: Tally): number {
  return tally.answered + tally.failed + tally.skipped
}

/** Adds a group of outcomes to a tally. */
export function addToTally(tally: Tally, outcomes: readonly Outcome[]): Tally {
  let { answered, recalled, deduped, cached, failed, skipped, errors } = tally
  let { inputTokens, cachedInputTokens, outputTokens, reasoningTokens, unpricedAnswers } = tally
  let { unknownEndings } = tally
  let usd = tally.costUsd ?? 0
  for (const outcome of outcomes) {
    if (outcome.kind === 'answered') answered += 1
    else if (outcome.kind === 'skipped') skipped += 1
    else {
      failed += 1
      errors = countError(errors, outcome.error, outcome.row.index)
    }
    if (outcome.kind === 'answered' && outcome.isRecalled) {
      recalled += 1
      continue
    }
    if (outcome.kind === 'answered' && outcome.reused === 'equal') deduped += 1
    if (outcome.kind === 'answered' && outcome.reused === 'cached') cached += 1
    const isAnswered = outcome.kind === 'answered'
    if (isAnswered && outcome.answer.finishReason === 'other') unknownEndings += 1
    const { costUsd } = outcome
    const usage = outcome.usage ?? (outcome.kind === 'skipped' ? undefined : outcome.answer?.usage)
    if (costUsd !== undefined) usd += costUsd
    else if (usage !== undefined) unpricedAnswers += 1
    if (usage === undefined) continue
    inputTokens += usage.inputTokens ?? 0
    cachedInputTokens += usage.cachedInputTokens ?? 0
    outputTokens += usage.outputTokens ?? 0
    reasoningTokens += usage.reasoningTokens ?? 0
  }
  const costUsd = knownCostUsd(roundUsd(usd), unpricedAnswers)
  const tokens = { inputTokens, cachedInputTokens, outputTokens, reasoningTokens }
  const rows = { answered, recalled, deduped, cached, failed, skipped, unknownEndings }
  return { ...rows, ...tokens, costUsd, unpricedAnswers, errors }
}

function countError(
  errors: readonly ErrorCount[],
  { code, message, remedy }: Pick<ErrorCount, 'code' | 'message' | 'remedy'>,
  rowIndex: number,
): readonly ErrorCount[] {
  const known = errors.find(error => error.code === code)
  const sample = { message, remedy, firstRowIndex: rowIndex }
  if (known === undefined) return [...errors, { code, ...sample, count: 1 }]
  const first = rowIndex < known.firstRowIndex ? sample : {}
  return errors.map(error =>
    error === known ? { ...error, ...first, count: error.count + 1 } : error,
  )
}
