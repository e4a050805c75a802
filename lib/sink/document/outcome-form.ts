import { BatchError, type BatchErrorOptions } from '../../error/batch-error.js'
import type { RowForm } from '../../port/row-sink.js'
import { parseJson, stringifyJson } from '../../row/exact-json.js'
import type { Outcome } from '../../row/outcome.js'
import type { Prompt } from '../../row/prompt.js'
import type { ColumnValue, Row } from '../../row/row.js'
import { hasWrittenForm, keepForm } from '../../row/written-form.js'

/** Outcomes as they are, for readers of the library. */
export const outcomeForm: RowForm<Outcome> = {
  make: trimOutcome,
  indexOf: ({ row }) => row.index,
  lengthOf,
  toText,
  fromText,
}

const nothing = Object.freeze({})
const none = Object.freeze([])

/**
 * Drops what was needed only to ask and to record: the prompt keeps its text and hash, the answer
 * everything but the provider's reply and limits.
 */
function trimOutcome(outcome: Outcome): Outcome {
  if (outcome.kind === 'skipped') return outcome
  const trimmed = { ...outcome }
  if (trimmed.prompt !== undefined) {
    const { kind, row, text, hash } = trimmed.prompt
    trimmed.prompt = { kind, row, text, hash, fragments: none, options: nothing }
  }
  if (trimmed.answer !== undefined) {
    const { reply, rateLimits, ...answer } = trimmed.answer
    trimmed.answer = answer
  }
  return trimmed
}

/** Counts only what can be long. */
function lengthOf(outcome: Outcome): number {
  const values = Object.values(outcome.row.columns)
  const ofColumns = values.reduce<number>((sum, value) => sum + lengthOfValue(value), 0)
  if (outcome.kind === 'skipped') return ofColumns
  const { prompt, answer } = outcome
  const ofAnswer = (answer?.text.length ?? 0) + (answer?.reasoning?.length ?? 0)
  return ofColumns + (prompt?.text.length ?? 0) + ofAnswer
}

function lengthOfValue(value: ColumnValue): number {
  if (typeof value === 'string') return value.length
  return typeof value === 'object' ? stringifyJson(value).length : 0
}

/** The row is written once. Absent members have no key. */
function toText(outcome: Outcome): string {
  const prompt = 'prompt' in outcome && { ...outcome.prompt, row: undefined }
  const error = 'error' in outcome && { ...outcome.error, message: outcome.error.message }
  const row = { ...outcome.row }
  const whole = { ...outcome, row, ...(prompt && { prompt }), ...(error && { error }) }
  if (hasWrittenForm(row.columns)) for (const holder of [row, whole]) keepForm(holder)
  return stringifyJson(whole as unknown as ColumnValue)
}

interface WrittenForm {
  readonly row: Row
  readonly prompt?: Omit<Prompt, 'row'>
  readonly error?: BatchErrorOptions & { readonly message: string }
}

/** The outcome of a text, equal to the original except for an error's cause and stack. */
function fromText(_index: number, text: string): Outcome {
  const { prompt, error, ...rest } = parseJson(text) as unknown as WrittenForm
  return {
    ...rest,
    ...(prompt && { prompt: { ...prompt, row: rest.row } }),
    ...(error && { error: new BatchError(error.message, error) }),
  } as Outcome
}
