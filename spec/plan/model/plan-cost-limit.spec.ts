import { planCostLimit } from '../../../lib/plan/model/plan-cost-limit.js'
import type { ModelPrice } from '../../../lib/pricing/model-price.js'
import { tokensCostUsd } from '../../../lib/pricing/token-rates.js'
import { makePrompt } from '../../support/make-prompt.js'

const reference = { id: 'gpt-4o-mini', apiName: 'gpt-4o-mini' } as any
const rates = { input: 1, output: 10 }
const priced = (more = {}): ModelPrice => ({
  kind: 'priced',
  basis: 'a price',
  costUsd: usage => tokensCostUsd({ ...rates, ...more }, usage),
})
const plan = (changes: object = {}) =>
  planCostLimit({
    maxCostUsd: 5,
    model: { reference, modelOptions: { max_tokens: 100 } } as any,
    price: priced(),
    concurrency: 10,
    ...changes,
  })
const worstUsd = (planned: ReturnType<typeof plan>) =>
  planned.costLimit?.worstCallUsd(makePrompt('x'.repeat(44)))

describe('planCostLimit', () => {
  it('takes the price of each byte of the prompt and of the longest answer', () => {
    expect(worstUsd(plan())).toBeCloseTo((300 * 1 + 100 * 10) / 1e6, 12)
  })

  it('takes the dearest way to bill the same tokens', () => {
    const price = priced({ cacheWrite: 1.25, reasoning: 20 })

    expect(worstUsd(plan({ price }))).toBeCloseTo((300 * 1.25 + 100 * 20) / 1e6, 12)
  })

  it('takes the dearest hour in which the call may end', async () => {
    const { priceModel } = await import('../../../lib/pricing/price-model.js')
    const place = { kind: 'listed', provider: 'deepseek', title: 'DeepSeek' } as const
    // A minute before the night's price ends.
    const price = await priceModel({
      modelId: 'deepseek-reasoner',
      place: { ...place, model: 'deepseek-reasoner' },
      nowMs: () => Date.UTC(2026, 10, 30, 0, 29),
    })

    expect(worstUsd(plan({ price }))).toBeCloseTo((300 * 0.55 + 100 * 2.19) / 1e6, 12)
  })

  it('limits nothing without a cap, and for a model that costs nothing', () => {
    const free: ModelPrice = { kind: 'free', basis: 'it is yours', costUsd: () => 0 }

    expect(plan({ maxCostUsd: undefined })).toEqual({ warnings: [] })
    expect(plan({ price: free })).toEqual({ warnings: [] })
  })

  it('refuses a model whose price is not known, with what the price said of it', () => {
    const price: ModelPrice = {
      kind: 'unknown',
      basis: 'the price is not known: state it',
      costUsd: () => undefined,
    }

    expect(() => plan({ price })).toThrow(
      expect.objectContaining({
        code: 'PRICE_UNKNOWN',
        remedy: 'The price is not known: state it',
      }),
    )
    expect(plan({ price, maxCostUsd: undefined })).toEqual({ warnings: [] })
  })

  it('warns if fewer calls fit under the cap than the user wants at once', () => {
    expect(plan({ maxCostUsd: 0.0101 }).warnings).toEqual([])
    expect(plan({ maxCostUsd: 0.0035 }).warnings).toEqual([
      expect.stringContaining('at most 3 calls run at once: each reserves $0.001 for an answer'),
    ])
    expect(plan({ maxCostUsd: 0.0001 }).warnings[0]).toContain('no call runs')
  })

  it('warns if the longest answer of the model is not known', () => {
    const model = { reference: { id: 'x/y', apiName: 'y' }, modelOptions: {} }

    expect(plan({ model, maxCostUsd: 100 }).warnings).toEqual([
      'The longest answer of x/y is not known, so --max-cost reserves 131,072 output tokens for each call. -o max_tokens N sets a limit.',
    ])
  })
})
