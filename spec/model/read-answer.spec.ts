import { readAnswer } from '../../lib/model/read-answer.js'

const read = (body: object, content: object[] = []) =>
  readAnswer({
    content,
    finishReason: { unified: 'stop', raw: 'stop' },
    warnings: [],
    response: { body },
  } as any)

describe('readAnswer', () => {
  it('gives no counts where the provider gives none', () => {
    expect(read({}).usage).toEqual({})
    expect(read({ usage: null }).usage).toEqual({})
    expect(read({ usage: { prompt_tokens: 'many' } }).usage).toEqual({})
  })

  it('keeps the further counts of a chat reply as llm does, without zeros and nulls', () => {
    const usage = {
      prompt_tokens: 9,
      completion_tokens: 0,
      total_tokens: 9,
      prompt_tokens_details: { cached_tokens: 1024, audio_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 0, audio_tokens: null },
    }
    expect(read({ usage }).usage).toEqual({
      inputTokens: 9,
      outputTokens: 0,
      details: { prompt_tokens_details: { cached_tokens: 1024 } },
    })
  })

  it('keeps the details of a Responses reply whole, as llm does', () => {
    const usage = {
      input_tokens: 5,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens: 6,
      output_tokens_details: { reasoning_tokens: 4 },
      total_tokens: 11,
    }
    expect(read({ object: 'response', usage }).usage.details).toEqual({
      input_tokens_details: { cached_tokens: 0 },
      output_tokens_details: { reasoning_tokens: 4 },
    })
  })

  it('counts what a Gemini model thought as output', () => {
    const usageMetadata = {
      promptTokenCount: 3,
      candidatesTokenCount: 4,
      thoughtsTokenCount: 10,
      totalTokenCount: 17,
    }
    expect(read({ usageMetadata }).usage).toEqual({
      inputTokens: 3,
      outputTokens: 14,
      details: { thoughtsTokenCount: 10 },
    })
  })

  it('joins the parts of the text, and keeps the thinking apart', () => {
    const content = [
      { type: 'reasoning', text: 'Hm. ' },
      { type: 'text', text: 'Yes' },
      { type: 'text', text: '.' },
    ]
    expect(read({}, content)).toMatchObject({ text: 'Yes.', reasoning: 'Hm. ' })
    expect(read({})).not.toHaveProperty('reasoning')
  })

  it('keeps the reply without nulls and empty objects', () => {
    const body = { id: 'x', error: null, meta: { a: null }, list: [{ b: null, c: 0 }], text: '' }
    expect(read(body).reply).toEqual({ id: 'x', list: [{ c: 0 }], text: '' })
  })

  it('knows by OpenRouter’s ending that the provider broke off', () => {
    expect(read({ choices: [{ finish_reason: 'error' }] }).finishReason).toBe('error')
  })
})
