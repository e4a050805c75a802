import fc from 'fast-check'
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
    expect(readUsage('openai-chat', body)).toEqual({})
  })

  it('keeps further counts of a chat reply without zeros and nulls, as llm does', () => {
    const usage = {
      prompt_tokens: 9,
      completion_tokens: 0,
      total_tokens: 9,
      prompt_tokens_details: { cached_tokens: 1024, audio_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 0, audio_tokens: null },
    }
    expect(readUsage('openai-chat', { usage })).toEqual({
      inputTokens: 9,
      cachedInputTokens: 1024,
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
    expect(readUsage('openai-responses', { object: 'response', usage })).toEqual({
      inputTokens: 5,
      outputTokens: 6,
      reasoningTokens: 4,
      details: {
        input_tokens_details: { cached_tokens: 0 },
        output_tokens_details: { reasoning_tokens: 4 },
      },
    })
  })

  it('counts the thoughts of a Gemini model that said nothing', () => {
    const usageMetadata = { promptTokenCount: 3, thoughtsTokenCount: 10 }

    expect(readUsage('google', { usageMetadata })).toMatchObject({
      ...{ inputTokens: 3, outputTokens: 10, reasoningTokens: 10 },
    })
  })

  it('counts the thoughts of a Gemini model as output', () => {
    const usageMetadata = {
      promptTokenCount: 3,
      candidatesTokenCount: 4,
      thoughtsTokenCount: 10,
      totalTokenCount: 17,
    }
    expect(readUsage('google', { usageMetadata })).toEqual({
      inputTokens: 3,
      outputTokens: 14,
      reasoningTokens: 10,
      details: { thoughtsTokenCount: 10 },
    })
  })

  it.each([
    {
      name: 'OpenAI chat',
      wire: 'openai-chat' as const,
      body: {
        usage: {
          prompt_tokens: 100,
          completion_tokens: 50,
          total_tokens: 150,
          prompt_tokens_details: { cached_tokens: 60, cache_write_tokens: 20 },
          completion_tokens_details: { reasoning_tokens: 30 },
        },
      },
      counts: {
        inputTokens: 100,
        cachedInputTokens: 60,
        cacheWriteTokens: 20,
        outputTokens: 50,
        reasoningTokens: 30,
      },
    },
    {
      name: 'OpenAI Responses',
      wire: 'openai-responses' as const,
      body: {
        object: 'response',
        usage: {
          input_tokens: 100,
          input_tokens_details: { cached_tokens: 60 },
          output_tokens: 50,
          output_tokens_details: { reasoning_tokens: 30 },
        },
      },
      counts: { inputTokens: 100, cachedInputTokens: 60, outputTokens: 50, reasoningTokens: 30 },
    },
    {
      name: 'Anthropic, whose input leaves out cached tokens',
      wire: 'anthropic' as const,
      body: {
        usage: {
          input_tokens: 10,
          cache_read_input_tokens: 60,
          cache_creation_input_tokens: 30,
          output_tokens: 5,
        },
      },
      counts: {
        inputTokens: 100,
        loggedInputTokens: 10,
        cachedInputTokens: 60,
        cacheWriteTokens: 30,
        outputTokens: 5,
      },
    },
    {
      name: 'Anthropic without a cache',
      wire: 'anthropic' as const,
      body: {
        usage: { input_tokens: 10, cache_read_input_tokens: 0, output_tokens: 5 },
      },
      counts: { inputTokens: 10, outputTokens: 5 },
    },
    {
      name: 'a gateway that adds the names of Anthropic to the names of OpenAI',
      wire: 'openai-compatible' as const,
      body: {
        usage: { prompt_tokens: 100, completion_tokens: 5, cache_read_input_tokens: 60 },
      },
      counts: { inputTokens: 100, cachedInputTokens: 60, outputTokens: 5 },
    },
    {
      name: 'Gemini',
      wire: 'google' as const,
      body: {
        usageMetadata: {
          promptTokenCount: 100,
          cachedContentTokenCount: 60,
          candidatesTokenCount: 20,
          thoughtsTokenCount: 30,
          toolUsePromptTokenCount: 7,
        },
      },
      counts: {
        inputTokens: 107,
        loggedInputTokens: 100,
        cachedInputTokens: 60,
        outputTokens: 50,
        reasoningTokens: 30,
      },
    },
    {
      name: 'DeepSeek',
      wire: 'openai-compatible' as const,
      body: {
        usage: {
          prompt_tokens: 100,
          prompt_cache_hit_tokens: 60,
          prompt_cache_miss_tokens: 40,
          completion_tokens: 5,
        },
      },
      counts: { inputTokens: 100, cachedInputTokens: 60, outputTokens: 5 },
    },
    {
      name: 'xAI, whose output leaves out the reasoning',
      wire: 'openai-compatible' as const,
      body: {
        usage: {
          prompt_tokens: 32,
          completion_tokens: 9,
          total_tokens: 135,
          completion_tokens_details: { reasoning_tokens: 94 },
        },
      },
      counts: { inputTokens: 32, outputTokens: 103, loggedOutputTokens: 9, reasoningTokens: 94 },
    },
  ])('counts what is billed by $name', ({ wire, body, counts }) => {
    const { details, ...usage } = readUsage(wire, body)

    expect(usage).toEqual(counts)
  })

  it('never takes an odd count for a count, and never loses another count to an odd one', () => {
    const odd = fc.oneof(
      fc.constantFrom<unknown>(null, 'many', -1, Number.NaN, Infinity, {}, [], true, 3),
      fc.anything(),
    )
    const body = fc.record({
      usage: fc.record({
        prompt_tokens: fc.constant(11),
        completion_tokens: fc.constant(7),
        total_tokens: odd,
        prompt_tokens_details: fc.oneof(odd, fc.record({ cached_tokens: odd })),
        completion_tokens_details: fc.oneof(odd, fc.record({ reasoning_tokens: odd })),
        cache_read_input_tokens: odd,
        cache_creation_input_tokens: odd,
        prompt_cache_hit_tokens: odd,
      }),
    })

    fc.assert(
      fc.property(body, given => {
        const usage = readUsage('openai-chat', given)
        const { cachedInputTokens = 1, cacheWriteTokens = 1, reasoningTokens = 1 } = usage

        expect(usage.loggedInputTokens ?? usage.inputTokens).toBe(11)
        expect(usage.loggedOutputTokens ?? usage.outputTokens).toBe(7)
        for (const count of [cachedInputTokens, cacheWriteTokens, reasoningTokens]) {
          expect(count).toBeGreaterThan(0)
          expect(count).toBeLessThan(Number.POSITIVE_INFINITY)
        }
      }),
    )
  })
})
