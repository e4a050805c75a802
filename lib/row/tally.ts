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

/** Rows that had their turn; skipped ones had none. */
export function rowsDone({ answered, failed }: Pick<Tally, 'answered' | 'failed'>): number {
  return answered + failed
}

/** Rows of which the outcome is known. */
export function tallied(tally: Tally): number {
  return tally.answered + tally.failed + tally.skipped
}

/** The tally with a group of outcomes in it. */
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
