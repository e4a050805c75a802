import { type PriceModelOptions, priceModel } from '../../lib/pricing/price-model.js'

const openai = {
  kind: 'listed',
  provider: 'openai',
  title: 'OpenAI',
  model: 'gpt-4o-mini',
} as const
const usage = { inputTokens: 1_000_000, cachedInputTokens: 400_000, outputTokens: 1_000_000 }

function price(options: Partial<PriceModelOptions>) {
  const modelId = 'gpt-4o-mini'
  return priceModel({ modelId, place: openai, nowMs: () => Date.UTC(2026, 10, 29), ...options })
}

describe('priceModel', () => {
  it('takes the list price of a model', async () => {
    const found = await price({})

    expect(found.kind).toBe('priced')
    expect(found.basis).toBe(
      "OpenAI's list price of gpt-4o-mini: $0.15 input, $0.075 cached input, $0.60 output per million tokens",
    )
    expect(found.costUsd(usage)).toBe(0.6 * 0.15 + 0.4 * 0.075 + 0.6)
  })

  it('says that a gateway may charge a different price', async () => {
    const { basis } = await price({ place: { ...openai, gateway: 'gate.example:8080' } })

    expect(basis).toMatch(
      /; the calls go to gate\.example:8080, which may charge a different price$/,
    )
  })

  it.each([
    ['gpt-4o-mini-2024-07-18', 'priced'],
    ['ft:gpt-4o-mini-2024-07-18:acme::x1', 'priced'],
    ['ft:gpt-4.1-mini-2025-04-14:acme::x1', 'unknown'],
    ['ft:gpt-4o-mini:acme::x1', 'unknown'],
    ['gpt-4o-mini-of-tomorrow', 'unknown'],
    ['gpt-99', 'unknown'],
  ])('knows that the price of %s is %s', async (model, kind) => {
    const found = await price({ modelId: model, place: { ...openai, model } })

    expect(found.kind).toBe(kind)
    expect(found.costUsd(usage) === undefined).toBe(kind === 'unknown')
  })

  it('bills a fine-tuned model more than its base', async () => {
    const tuned = { ...openai, model: 'ft:gpt-4o-mini-2024-07-18:acme::x1' }

    expect((await price({ place: tuned })).costUsd(usage)).toBe(1.5)
  })

  it('says how to state a price that is not known, and never takes it for nothing', async () => {
    const model = 'ft:gpt-4o-mini:acme::x1'
    const found = await price({ modelId: model, place: { ...openai, model } })

    expect(found.costUsd(usage)).toBeUndefined()
    expect(found.basis).toBe(
      'the price of ft:gpt-4o-mini:acme::x1 is not known: the list has no price of OpenAI for it. State the price in batch-config.yaml, in US dollars per million tokens: prices: {"ft:gpt-4o-mini:acme::x1": {input: 1.5, output: 6}}',
    )
  })

  it('takes a stated price before the list, and before a place without a list', async () => {
    const stated = { input: 2, output: 4, cachedInput: 1, batchDiscount: 0.5 }
    const places = [
      openai,
      { kind: 'unlisted', why: 'it is elsewhere' },
      { kind: 'own', why: 'it is here' },
    ] as const

    for (const place of places) {
      const found = await price({ stated, place })
      expect(found).toMatchObject({ kind: 'priced', batchDiscount: 0.5 })
      expect(found.basis).toMatch(/^your own price of gpt-4o-mini: \$2\.00 input, \$1\.00 cached/)
      expect(found.costUsd(usage)).toBe(0.6 * 2 + 0.4 * 1 + 4)
    }
  })

  it('says that a model of the own machine, or one priced at nothing, costs nothing', async () => {
    const own = await price({ place: { kind: 'own', why: 'it runs here and costs nothing' } })
    const stated = await price({ stated: { input: 0, output: 0 } })

    expect(own).toMatchObject({ kind: 'free', basis: 'it runs here and costs nothing' })
    expect(own.costUsd({})).toBe(0)
    expect(stated).toMatchObject({
      kind: 'free',
      basis: 'your own prices say that gpt-4o-mini costs nothing',
    })
  })

  it('follows a price that changes with the hour', async () => {
    let nowMs = Date.UTC(2026, 10, 29, 12)
    const place = { kind: 'listed', provider: 'deepseek', title: 'DeepSeek' } as const
    const found = await price({ place: { ...place, model: 'deepseek-chat' }, nowMs: () => nowMs })

    const byDay = found.costUsd({ inputTokens: 1_000_000 })
    nowMs = Date.UTC(2026, 10, 29, 20)
    const byNight = found.costUsd({ inputTokens: 1_000_000 })

    expect([byDay, byNight]).toEqual([0.27, 0.135])
    expect(found.mostCostUsd?.({ inputTokens: 1_000_000 })).toBe(0.27)
  })
})
