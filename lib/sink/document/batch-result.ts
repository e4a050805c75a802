import { hash } from 'node:crypto'
import type { Answer, Usage } from '../../row/answer.js'
import type { Answered } from '../../row/outcome.js'
import type { Columns, ColumnValue, Row } from '../../row/row.js'
import type { WrittenOutcome } from './outcome-columns.js'
import type { RowFields } from './write-json.js'

/**
 * A result line of OpenAI's batches, from what the record keeps of an answer: its text, whether it
 * was cut, its tokens, and the model of its request. So a resumed batch writes the same lines. Ids
 * are made from the row, and the time of the answer is 0.
 *
 * @see https://platform.openai.com/docs/api-reference/batch/request-output
 */
export function batchResult(outcome: WrittenOutcome): RowFields {
  const { row } = outcome
  const id = idOf(row)
  const customId = row.columns.custom_id ?? null
  const start = [
    ['id', `batch_req_${id}`],
    ['custom_id', customId],
  ] as const
  if (outcome.kind === 'failed') {
    const { code, message } = outcome.error
    return [...start, ['response', null], ['error', { code, message }]]
  }
  const response = { status_code: 200, request_id: `req_${id}`, body: bodyOf(outcome, id) }
  return [...start, ['response', response], ['error', null]]
}

function idOf({ index, columns }: Row): string {
  return hash('sha256', JSON.stringify([index, String(columns.custom_id)])).slice(0, 24)
}

function bodyOf({ row, answer }: Answered, id: string): ColumnValue {
  const { url, body } = row.columns
  const model = (body as Columns).model ?? null
  switch (url) {
    case '/v1/responses':
      return responsesBody(answer, id, model)
    case '/v1/completions':
      return {
        ...{ id: `cmpl-${id}`, object: 'text_completion', created: 0, model },
        choices: [
          { text: answer.text, index: 0, logprobs: null, finish_reason: finishReason(answer) },
        ],
        usage: chatUsage(answer.usage),
      }
    default:
      return {
        ...{ id: `chatcmpl-${id}`, object: 'chat.completion', created: 0, model },
        choices: [
          {
            index: 0,
            message: { role: 'assistant', content: answer.text, refusal: null },
            logprobs: null,
            finish_reason: finishReason(answer),
          },
        ],
        usage: chatUsage(answer.usage),
      }
  }
}

function responsesBody(answer: Answer, id: string, model: ColumnValue): ColumnValue {
  const isCut = answer.finishReason === 'length'
  const status = isCut ? 'incomplete' : 'completed'
  const text = { type: 'output_text', text: answer.text, annotations: [] }
  return {
    ...{ id: `resp_${id}`, object: 'response', created_at: 0, status, error: null },
    incomplete_details: isCut ? { reason: 'max_output_tokens' } : null,
    model,
    output: [{ type: 'message', id: `msg_${id}`, status, role: 'assistant', content: [text] }],
    usage: responsesUsage(answer.usage),
  }
}

/** The record keeps only whether an answer was cut. */
function finishReason({ finishReason }: Answer): string {
  return finishReason === 'length' ? 'length' : 'stop'
}

function chatUsage(usage: Usage): ColumnValue {
  const { inputTokens, outputTokens, cachedInputTokens, reasoningTokens } = usage
  if (inputTokens === undefined || outputTokens === undefined) return null
  return {
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens,
    ...(cachedInputTokens !== undefined && {
      prompt_tokens_details: { cached_tokens: cachedInputTokens },
    }),
    ...(reasoningTokens !== undefined && {
      completion_tokens_details: { reasoning_tokens: reasoningTokens },
    }),
  }
}

/** Here OpenAI always has the details. */
function responsesUsage(usage: Usage): ColumnValue {
  const { inputTokens, outputTokens, cachedInputTokens = 0, reasoningTokens = 0 } = usage
  if (inputTokens === undefined || outputTokens === undefined) return null
  return {
    input_tokens: inputTokens,
    input_tokens_details: { cached_tokens: cachedInputTokens },
    output_tokens: outputTokens,
    output_tokens_details: { reasoning_tokens: reasoningTokens },
    total_tokens: inputTokens + outputTokens,
  }
}
