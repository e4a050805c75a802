import { calcPrice, findProvider } from '@pydantic/genai-prices'
import fc from 'fast-check'
import { listedRates } from '../../lib/pricing/listed-rates.js'
import { tokensCostUsd } from '../../lib/pricing/token-rates.js'

describe('tokensCostUsd', () => {
  const rates = { input: 2, cachedInput: 0.5, cacheWrite: 2.5, output: 8, reasoning: 4 }

  it('bills each kind of token at its own rate', () => {
    const usage = {
      inputTokens: 1000,
      cachedInputTokens: 400,
      cacheWriteTokens: 100,
      outputTokens: 100,
      reasoningTokens: 60,
    }
    const expected = (500 * 2 + 400 * 0.5 + 100 * 2.5 + 40 * 8 + 60 * 4) / 1e6

    expect(tokensCostUsd(rates, usage)).toBeCloseTo(expected, 12)
  })

  it('bills kinds without a rate of their own as input and output', () => {
    const usage = { inputTokens: 10, cachedInputTokens: 4, outputTokens: 10, reasoningTokens: 4 }

    expect(tokensCostUsd({ input: 1, output: 2 }, usage)).toBe(0.00003)
  })

  it('bills a whole call at the tier of its input', () => {
    const input = { base: 1, tiers: [200, 400].map(start => ({ start, price: start / 100 })) }
    const cost = (inputTokens: number) => tokensCostUsd({ input, output: 0 }, { inputTokens })

    expect(cost(200)).toBe(0.0002)
    expect(cost(201)).toBe(0.000402)
    expect(cost(401)).toBe(0.001604)
  })

  it('takes absent output for none, and gives no cost if the input is not counted', () => {
    expect(tokensCostUsd(rates, { inputTokens: 1 })).toBe(0.000002)
    expect(tokensCostUsd(rates, { outputTokens: 1 })).toBeUndefined()
    expect(tokensCostUsd(rates, {})).toBeUndefined()
    expect(tokensCostUsd(rates, { inputTokens: -1 })).toBeUndefined()
    expect(tokensCostUsd(rates, { inputTokens: 1, outputTokens: Number.NaN })).toBeUndefined()
  })

  it('never bills more tokens than the whole, whatever the parts say', () => {
    const usage = { inputTokens: 10, cachedInputTokens: 1024, cacheWriteTokens: 5, outputTokens: 0 }

    expect(tokensCostUsd(rates, usage)).toBe(0.000005)
  })

  it('gives the same cost as genai-prices for every model of every provider that we call', async () => {
    const names = [
      ...['openai', 'anthropic', 'google', 'openrouter', 'groq', 'mistral', 'together'],
      ...['deepseek', 'x-ai', 'fireworks', 'cerebras'],
    ]
    const models = names.flatMap(provider =>
      (findProvider({ providerId: provider })?.models ?? []).map(({ id }) => ({
        provider,
        model: id,
      })),
    )
    const usages = fc.record({
      input: fc.nat(400_000),
      cached: fc.double({ min: 0, max: 1, noNaN: true }),
      written: fc.double({ min: 0, max: 1, noNaN: true }),
      output: fc.nat(100_000),
      reasoning: fc.double({ min: 0, max: 1, noNaN: true }),
    })
    const atMs = Date.UTC(2026, 10, 29)
    let compared = 0

    for (const name of models) {
      const rates = (await listedRates(name))?.at(atMs)
      if (rates === undefined) continue
      fc.assert(
        fc.property(usages, ({ input, cached, written, output, reasoning }) => {
          const inputTokens = input
          const cachedInputTokens = Math.floor(input * cached)
          const cacheWriteTokens = Math.floor((input - cachedInputTokens) * written)
          const reasoningTokens = Math.floor(output * reasoning)
          const listed = calcPrice(
            {
              input_tokens: input,
              cache_read_tokens: cachedInputTokens,
              cache_write_tokens: cacheWriteTokens,
              output_tokens: output,
              output_reasoning_tokens: reasoningTokens,
            },
            name.model,
            { providerId: name.provider, timestamp: new Date(atMs) },
          )
          const ours = tokensCostUsd(rates, {
            inputTokens,
            cachedInputTokens,
            cacheWriteTokens,
            outputTokens: output,
            reasoningTokens,
          })
          expect(ours).toBeCloseTo(listed?.total_price ?? Number.NaN, 9)
        }),
        { numRuns: 5 },
      )
      compared += 1
    }
    expect(compared).toBeGreaterThan(500)
  })
})
