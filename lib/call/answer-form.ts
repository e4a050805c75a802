import { type BatchError, rowError } from '../error/batch-error.js'
import type { Answer } from '../row/answer.js'
import type { JsonSchema } from '../row/json-schema.js'
import { textMessage, withParagraph } from '../row/message.js'
import { isMessage, type Prompt } from '../row/prompt.js'
import { findAnswerJson } from '../schema/find-answer-json.js'

/** What is asked of a row next, if its answer or the server's refusal does not end it. */
export interface AnswerForm {
  /** What to send for a prompt. */
  readonly asked: (prompt: Prompt) => Prompt
  /** Judges an answer to what was sent. Returns undefined if the answer is good. */
  readonly judge: (asked: Prompt, answer: Answer) => AnswerFault | undefined
  /** What to ask instead of what the server rejected; undefined if that fails the row. */
  readonly afterRejection: (asked: Prompt) => Prompt | undefined
  /** What a person should know after the run; absent if nothing. */
  readonly note: () => string | undefined
}

/** Why an answer is not good, and what to ask next, if asking again may help. */
export interface AnswerFault {
  readonly error: BatchError
  readonly next?: Prompt
}

export interface AnswerFormOptions {
  readonly schema: JsonSchema
  /** Says what is wrong with the parsed answer; undefined if it fits the schema. */
  readonly faultOf: (value: unknown) => string | undefined
  /** Whether the schema goes in the prompt's text, because the model has no structured output. */
  readonly isInText: boolean
}

/**
 * Gets answers that fit a schema.
 *
 * An answer that does not fit is asked once more, with the fault named to the model. If the server
 * rejects a prompt, and has not answered any with structured output, the prompt is asked once with
 * the schema in its text. Once such a prompt is answered, all later prompts go that way.
 */
export function answerForm({ schema, faultOf, isInText }: AnswerFormOptions): AnswerForm {
  let hasStructured = false
  let isRefused = false
  const instruction = `Answer with JSON that fits this JSON Schema, and with nothing else:\n${JSON.stringify(schema)}`

  return {
    asked: prompt => (isInText || isRefused ? inText(prompt) : prompt),
    judge(asked, answer) {
      if (asked.schema !== undefined) hasStructured = true
      else if (!isInText && !hasStructured) isRefused = true
      const json = findAnswerJson(answer.text)
      const fault = json === undefined ? 'the answer is not JSON' : faultOf(JSON.parse(json))
      if (fault === undefined) return undefined
      const error = mismatch(fault)
      if (asked.followUps?.some(isMessage)) return { error }
      return { error, next: askedAgain(asked, answer, fault) }
    },
    afterRejection: asked =>
      asked.schema === undefined || hasStructured ? undefined : inText(asked),
    note: () =>
      isRefused
        ? 'The server refused structured output, so the schema went in the text of the prompts.'
        : undefined,
  }

  function inText(prompt: Prompt): Prompt {
    if (prompt.messages !== undefined) {
      return { ...prompt, messages: withParagraph(prompt.messages, instruction), schema: undefined }
    }
    const text = prompt.text === '' ? instruction : `${prompt.text}\n\n${instruction}`
    return { ...prompt, text, schema: undefined }
  }

  function askedAgain(asked: Prompt, answer: Answer, fault: string): Prompt {
    const complaint = `That does not fit the schema: ${fault}. ${instruction}`
    return {
      ...asked,
      followUps: [
        ...(asked.followUps ?? []),
        textMessage('assistant', answer.text),
        textMessage('user', complaint),
      ],
    }
  }
}

function mismatch(fault: string): BatchError {
  return rowError(
    'SCHEMA_MISMATCH',
    `The answer does not fit the schema: ${fault}`,
    'Make the schema simpler, say in the prompt what you want, or use a stronger model.',
  )
}
