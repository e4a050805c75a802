import type { Answer } from '../../../lib/row/answer.js'
import type { Answered } from '../../../lib/row/outcome.js'
import { batchResult } from '../../../lib/sink/document/batch-result.js'
import { answer, fault, prompt, row } from '../../support/rows.js'

function answeredAt(url: string, changes: Partial<Answer> = {}, index = 0): Answered {
  const columns = { custom_id: 'request-1', method: 'POST', url, body: { model: 'gpt-4o-mini' } }
  const own = { ...answer('Como.', { usage: { inputTokens: 5, outputTokens: 2 } }), ...changes }
  return {
    kind: 'answered',
    row: row(index, columns),
    prompt: prompt(index),
    answer: own,
    attempts: 1,
  }
}
const resultOf = (outcome: Parameters<typeof batchResult>[0]): any =>
  Object.fromEntries(batchResult(outcome))

describe('batchResult', () => {
  it('writes a chat completion, as OpenAI does', () => {
    const result = resultOf(answeredAt('/v1/chat/completions'))

    expect(Object.keys(result)).toEqual(['id', 'custom_id', 'response', 'error'])
    expect(result).toEqual({
      id: expect.stringMatching(/^batch_req_[0-9a-f]{24}$/),
      custom_id: 'request-1',
      response: {
        status_code: 200,
        request_id: expect.stringMatching(/^req_[0-9a-f]{24}$/),
        body: {
          id: expect.stringMatching(/^chatcmpl-[0-9a-f]{24}$/),
          object: 'chat.completion',
          created: 0,
          model: 'gpt-4o-mini',
          choices: [
            {
              index: 0,
              message: { role: 'assistant', content: 'Como.', refusal: null },
              logprobs: null,
              finish_reason: 'stop',
            },
          ],
          usage: { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 },
        },
      },
      error: null,
    })
  })

  it('writes an answer of the Responses API, whole and cut', () => {
    const usage = { inputTokens: 5, outputTokens: 2, reasoningTokens: 1 }
    const whole = resultOf(answeredAt('/v1/responses', { usage })).response.body
    const cut = resultOf(answeredAt('/v1/responses', { finishReason: 'length' })).response.body

    expect(whole).toMatchObject({
      object: 'response',
      status: 'completed',
      incomplete_details: null,
      output: [{ role: 'assistant', content: [{ type: 'output_text', text: 'Como.' }] }],
      usage: {
        input_tokens: 5,
        input_tokens_details: { cached_tokens: 0 },
        output_tokens: 2,
        output_tokens_details: { reasoning_tokens: 1 },
        total_tokens: 7,
      },
    })
    expect(cut).toMatchObject({
      status: 'incomplete',
      incomplete_details: { reason: 'max_output_tokens' },
    })
  })

  it('writes a text completion, and says that it was cut', () => {
    expect(
      resultOf(answeredAt('/v1/completions', { finishReason: 'length' })).response.body,
    ).toMatchObject({
      object: 'text_completion',
      choices: [{ text: 'Como.', index: 0, finish_reason: 'length' }],
    })
  })

  it('says null where the tokens are not known, and details where they are', () => {
    const known = { inputTokens: 5, outputTokens: 2, cachedInputTokens: 3, reasoningTokens: 1 }
    const usageOf = (usage: Answer['usage'], url = '/v1/chat/completions') =>
      resultOf(answeredAt(url, { usage })).response.body.usage

    expect([usageOf({}), usageOf({ inputTokens: 5 }), usageOf({}, '/v1/responses')]).toEqual([
      null,
      null,
      null,
    ])
    expect(usageOf(known)).toMatchObject({
      prompt_tokens_details: { cached_tokens: 3 },
      completion_tokens_details: { reasoning_tokens: 1 },
    })
  })

  it('writes a failed row with its error, also one that could not be read', () => {
    const failed = {
      kind: 'failed',
      row: row(0, {}),
      error: fault('RECORD_INVALID', 'row'),
      attempts: 0,
    } as const

    expect(resultOf(failed)).toEqual({
      id: expect.stringMatching(/^batch_req_/),
      custom_id: null,
      response: null,
      error: { code: 'RECORD_INVALID', message: 'a fault of kind RECORD_INVALID' },
    })
  })

  it('gives the rows of one file different ids, and the same row the same', () => {
    const idOf = (index: number) => resultOf(answeredAt('/v1/responses', {}, index)).id

    expect(idOf(1)).toBe(idOf(1))
    expect(idOf(2)).not.toBe(idOf(1))
  })
})
