import type { Outcome } from './outcome.js'

/** Failed rows of one kind. */
export interface ErrorCount {
  readonly code: string
  /** Message of the first such row. */
  readonly message: string
  /** What to do about it, where the run that counts knows that. */
  readonly remedy?: string | undefined
  readonly firstRowIndex: number
  readonly count: number
}

/** Counts over the rows of a run. */
export interface Tally {
  readonly answered: number
  /** Of those answered, the ones whose answer an earlier run had recorded. */
  readonly recalled: number
  readonly failed: number
  readonly skipped: number
  /** Tokens of this run alone; answers recalled cost none. */
  readonly inputTokens: number
  readonly outputTokens: number
  /** By error code, in the order in which they first came. */
  readonly errors: readonly ErrorCount[]
}

export const emptyTally: Tally = Object.freeze({
  answered: 0,
  recalled: 0,
  failed: 0,
  skipped: 0,
  inputTokens: 0,
  outputTokens: 0,
  errors: Object.freeze([]),
})

/** Rows of which the outcome is known. */
export function tallied(tally: Tally): number {
  return tally.answered + tally.failed + tally.skipped
}

/** The tally with one more outcome in it. */
export function addToTally(tally: Tally, outcome: Outcome): Tally {
  if (outcome.kind === 'skipped') return { ...tally, skipped: tally.skipped + 1 }
  if (outcome.kind === 'answered' && outcome.isRecalled) {
    return { ...tally, answered: tally.answered + 1, recalled: tally.recalled + 1 }
  }
  const usage = outcome.answer?.usage
  const isFailed = outcome.kind === 'failed'
  // Written out, not spread: it is made anew for every row.
  return {
    answered: tally.answered + (isFailed ? 0 : 1),
    recalled: tally.recalled,
    failed: tally.failed + (isFailed ? 1 : 0),
    skipped: tally.skipped,
    inputTokens: tally.inputTokens + (usage?.inputTokens ?? 0),
    outputTokens: tally.outputTokens + (usage?.outputTokens ?? 0),
    errors: isFailed ? countError(tally.errors, outcome.error, outcome.row.index) : tally.errors,
  }
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
