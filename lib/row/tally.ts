import type { Outcome } from './outcome.js'

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

/** Counts over the rows of a run. */
export interface Tally {
  readonly answered: number
  /** The answered rows whose answer an earlier run recorded. */
  readonly recalled: number
  readonly failed: number
  readonly skipped: number
  /** Tokens of this run only. Recalled answers cost none. */
  readonly inputTokens: number
  readonly outputTokens: number
  /** By error code, in the order of their first row. */
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

/** Rows with an answer or a failure. */
export function rowsDone({ answered, failed }: Pick<Tally, 'answered' | 'failed'>): number {
  return answered + failed
}

/** Rows with any outcome. */
export function tallied(tally: Tally): number {
  return tally.answered + tally.failed + tally.skipped
}

/** Adds a group of outcomes to a tally. */
export function addToTally(tally: Tally, outcomes: readonly Outcome[]): Tally {
  let { answered, recalled, failed, skipped, inputTokens, outputTokens, errors } = tally
  for (const outcome of outcomes) {
    if (outcome.kind === 'skipped') {
      skipped += 1
      continue
    }
    if (outcome.kind === 'answered') answered += 1
    else {
      failed += 1
      errors = countError(errors, outcome.error, outcome.row.index)
    }
    if (outcome.kind === 'answered' && outcome.isRecalled) {
      recalled += 1
      continue
    }
    const usage = outcome.answer?.usage
    inputTokens += usage?.inputTokens ?? 0
    outputTokens += usage?.outputTokens ?? 0
  }
  return { answered, recalled, failed, skipped, inputTokens, outputTokens, errors }
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
