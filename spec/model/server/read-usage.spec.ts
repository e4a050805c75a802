import { readUsage } from '../../../lib/model/server/read-usage.js'

describe('readUsage', () => {
  it.each([
    {},
    { usage: null },
    { usage: 'many' },
    { usage: [{ prompt_tokens: 1 }] },
    { usage: { prompt_tokens: 'many', completion_tokens: null, total_tokens: 3 } },
    { usageMetadata: { promptTokenCount: '3' } },
  ])('returns no counts if the provider gives none: %j', body => {
    expect(readUsage(body)).toEqual({})
  })

  it('keeps further counts of a chat reply without zeros and nulls, as llm does', () => {
    const usage = {
      prompt_tokens: 9,
      completion_tokens: 0,
      total_tokens: 9,
      prompt_tokens_details: { cached_tokens: 1024, audio_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 0, audio_tokens: null },
    }
    expect(readUsage({ usage })).toEqual({
      inputTokens: 9,
      outputTokens: 0,
      details: { prompt_tokens_details: { cached_tokens: 1024 } },
    })
  })

  it('keeps the details of a Responses reply unchanged, and no other counts, as llm does', () => {
    const usage = {
      input_tokens: 5,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens: 6,
      output_tokens_details: { reasoning_tokens: 4 },
      total_tokens: 11,
      other: 3,
    }
    expect(readUsage({ object: 'response', usage })).toEqual({
      inputTokens: 5,
      outputTokens: 6,
      details: {
        input_tokens_details: { cached_tokens: 0 },
        output_tokens_details: { reasoning_tokens: 4 },
      },
    })
  })

  it('counts the thoughts of a Gemini model as output', () => {
    const usageMetadata = {
      promptTokenCount: 3,
      candidatesTokenCount: 4,
      thoughtsTokenCount: 10,
      totalTokenCount: 17,
    }
    expect(readUsage({ usageMetadata })).toEqual({
      inputTokens: 3,
      outputTokens: 14,
      details: { thoughtsTokenCount: 10 },
    })
  })
})
