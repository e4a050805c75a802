import { outputLimit } from '../../../lib/model/catalog/output-limit.js'

const limitOf = (apiName: string, options = {}, defaultOptions = {}) =>
  outputLimit({ apiName, defaultOptions }, options)

describe('outputLimit', () => {
  it.each([
    ['gpt-4o-mini', 16_384],
    ['ft:gpt-4o-2024-08-06:acme', 16_384],
    ['gpt-4.1-nano', 32_768],
    ['gpt-4', 8_192],
    ['gpt-4-turbo-2024-04-09', 4_096],
    ['gpt-3.5-turbo', 4_096],
    ['o3-mini', 100_000],
    ['openai/o1', 100_000],
    ['gpt-5-mini', 128_000],
    ['gpt-5.6-luna', 128_000],
    ['openai/gpt-oss-120b', 131_072],
    ['claude-opus-5-5', 128_000],
    ['claude-sonnet-4-5', 64_000],
    ['claude-opus-4-1-20250805', 32_000],
    ['anthropic/claude-3.5-haiku', 8_192],
    // Asked through a gateway, 128,000 with the long output of its beta.
    ['anthropic/claude-3.7-sonnet', 128_000],
    ['gemini-2.5-flash', 65_536],
    ['gemini-2.0-flash', 8_192],
  ])('knows the longest answer of %s', (apiName, tokens) => {
    expect(limitOf(apiName)).toEqual({ tokens, basis: 'model' })
  })

  it('takes what is sent: the user’s option, else the model’s default', () => {
    expect(limitOf('gpt-5', { max_tokens: 200 })).toEqual({ tokens: 200, basis: 'asked' })
    expect(limitOf('gemini-2.5-pro', { max_output_tokens: 300, max_tokens: 9 }).tokens).toBe(300)
    expect(limitOf('gpt-3.5-turbo-instruct', {}, { max_tokens: 256 }).tokens).toBe(256)
  })

  it('assumes the most for a model that it does not know', () => {
    expect(limitOf('meta-llama/llama-4')).toEqual({ tokens: 131_072, basis: 'assumed' })
  })

  it('is not below what the AI SDK sends for Anthropic’s models', async () => {
    const sdk = await import('@ai-sdk/anthropic/internal')
    for (const apiName of [
      ...['claude-opus-5-5', 'claude-sonnet-5-5', 'claude-haiku-5-5', 'claude-opus-5'],
      ...['claude-sonnet-5', 'claude-opus-4-8', 'claude-sonnet-4-6', 'claude-haiku-4-5'],
      ...['claude-opus-4-5', 'claude-opus-4-1', 'claude-sonnet-4-0', 'claude-3-haiku-20240307'],
      ...['claude-opus-4-20250514', 'claude-sonnet-4-20250514', 'claude-next-9'],
    ]) {
      let sent = 0
      const model = new sdk.AnthropicMessagesLanguageModel(apiName, {
        provider: 'anthropic.messages',
        baseURL: 'http://127.0.0.1:9',
        headers: () => ({}),
        fetch: async (_url: unknown, init: any) => {
          sent = JSON.parse(init.body).max_tokens
          throw new Error('seen')
        },
      })
      const content = [{ type: 'text' as const, text: 'hello' }]
      await model.doGenerate({ prompt: [{ role: 'user', content }] }).catch(() => {})

      expect(sent).toBeGreaterThan(0)
      expect([apiName, limitOf(apiName).tokens >= sent]).toEqual([apiName, true])
    }
  })
})
