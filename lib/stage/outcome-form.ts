import { BatchError, type BatchErrorOptions } from '../error/batch-error.js'
import type { RecordForm } from '../port/row-sink.js'
import type { Answer } from '../row/answer.js'
import { parseJson, stringifyJson } from '../row/exact-json.js'
import type { Answered, Failed, Outcome } from '../row/outcome.js'
import type { Prompt } from '../row/prompt.js'
import type { ColumnValue, Row } from '../row/row.js'

/** Outcomes as they are, for readers of the library. */
export const outcomeForm: RecordForm<Outcome> = {
  make: trimOutcome,
  indexOf: ({ row }) => row.index,
  lengthOf,
  toText: outcome => stringifyJson(spilledForm(outcome) as ColumnValue),
  fromText: (_index, text) => outcomeOf(text),
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

/**
 * Drops what was needed only to ask and to record: the prompt keeps its text and hash, the answer
 * everything but the provider's reply and limits.
 */
function trimOutcome(outcome: Outcome): Outcome {
  if (outcome.kind === 'skipped') return outcome
  if (outcome.kind === 'answered') {
    return { ...outcome, prompt: trimPrompt(outcome.prompt), answer: trimAnswer(outcome.answer) }
  }
  const { prompt, answer } = outcome
  return {
    ...outcome,
    ...(prompt === undefined ? {} : { prompt: trimPrompt(prompt) }),
    ...(answer === undefined ? {} : { answer: trimAnswer(answer) }),
  }
}

const nothing = Object.freeze({})
const none = Object.freeze([])

function trimPrompt({ kind, row, text, hash }: Prompt): Prompt {
  return { kind, row, text, hash, fragments: none, options: nothing }
}

function trimAnswer(answer: Answer): Answer {
  const { reply, rateLimits, ...kept } = answer
  return kept
}

/** The outcome of a text, equal to the original except for an error's cause and stack. */
function outcomeOf(text: string): Outcome {
  const spilled = parseJson(text) as unknown as SpilledForm
  switch (spilled.kind) {
    case 'skipped':
      return spilled
    case 'answered':
      return { ...spilled, prompt: wholePrompt(spilled.prompt, spilled.row) }
    case 'failed': {
      const { prompt, error, ...rest } = spilled
      const { message, ...options } = error
      const failed = { ...rest, error: new BatchError(message, options) }
      return prompt === undefined ? failed : { ...failed, prompt: wholePrompt(prompt, rest.row) }
    }
  }
}

function wholePrompt({ kind, text, hash }: SpilledPrompt, row: Row): Prompt {
  return { kind, row, text, hash, fragments: none, options: nothing }
}

type SpilledPrompt = Pick<Prompt, 'kind' | 'text' | 'hash'>
type SpilledError = Pick<BatchError, 'message'> & BatchErrorOptions
type SpilledForm =
  | Extract<Outcome, { kind: 'skipped' }>
  | (Omit<Answered, 'prompt'> & { readonly prompt: SpilledPrompt })
  | (Omit<Failed, 'prompt' | 'error'> & {
      readonly prompt?: SpilledPrompt
      readonly error: SpilledError
    })

/** The row is written once. Absent members have no key. */
function spilledForm(outcome: Outcome): unknown {
  if (outcome.kind === 'skipped') return outcome
  const { prompt, ...rest } = outcome
  const kept = prompt && { kind: prompt.kind, text: prompt.text, hash: prompt.hash }
  const form = kept === undefined ? rest : { ...rest, prompt: kept }
  if (outcome.kind === 'answered') return form
  const { message, code, reach, remedy, retryAfterMs } = outcome.error
  return { ...form, error: { message, code, reach, remedy, retryAfterMs } }
}
