import { type CostEstimateOptions, costEstimate } from '../../../lib/plan/estimate/cost-estimate.js'
import type { InputCount } from '../../../lib/plan/estimate/count-input.js'
import type { SampleUsage } from '../../../lib/plan/estimate/sample-outcomes.js'
import type { ModelPrice } from '../../../lib/pricing/model-price.js'
import { tokenFamily } from '../../../lib/pricing/token-family.js'

/** A dollar for a million of input tokens, two for a million of output tokens. */
const priced: ModelPrice = {
  kind: 'priced',
  basis: 'stated',
  costUsd: ({ inputTokens = 0, outputTokens = 0 }) => (inputTokens + 2 * outputTokens) / 1e6,
}
const unknown: ModelPrice = { kind: 'unknown', basis: 'nobody knows', costUsd: () => undefined }

const counted: InputCount = {
  askedRows: 10,
  failingRows: 0,
  recordedRows: 0,
  textTokens: 900,
  textError: 0,
  wrappingTokens: 70,
  attachmentTokens: 0,
  sample: [],
}

const sampled: SampleUsage = {
  answered: 5,
  failed: 0,
  inputTokens: 1_000,
  outputTokens: 50,
  costUsd: 0.5,
  outputs: [10, 10, 10, 10, 10],
  durationsMs: [100, 100, 100, 100, 100],
  prompts: Array.from({ length: 5 }, () => ({ counted: 100, billed: 200 })),
}

const tools = { specs: [], chainLimit: 5, runner: { run: () => Promise.reject(new Error('none')) } }

interface Said extends Omit<Partial<CostEstimateOptions>, 'plan' | 'count'> {
  readonly plan?: Partial<CostEstimateOptions['plan']>
  readonly count?: Partial<InputCount>
}

function estimateOf({ plan, count, ...said }: Said = {}) {
  return costEstimate({
    plan: {
      modelId: 'gpt-4o-mini',
      concurrency: 2,
      isConcurrencyAuto: false,
      sharedConcurrency: undefined,
      rateLimit: undefined,
      tokenLimit: undefined,
      price: priced,
      form: undefined,
      tools: undefined,
      isDeduping: false,
      cacheAgeMs: undefined,
      ...plan,
    },
    count: { ...counted, ...count },
    family: tokenFamily('gpt-4o-mini'),
    evidence: { outputTokens: [], durationsMs: [] },
    sample: undefined,
    maxTokens: undefined,
    ...said,
  })
}

describe('costEstimate', () => {
  it('prices the calls by their mean size', () => {
    const { input, output, cost } = estimateOf({ sample: sampled })
    expect(input).toMatchObject({ tokens: 970, isCounted: true, error: undefined })
    expect(output.tokens).toBe(100)
    expect(cost.usd).toBeCloseTo((970 + 200) / 1e6, 12)
    expect(cost).toMatchObject({ kind: 'priced', basis: 'stated' })
  })

  it.each([
    ['costs nothing', priced, 0],
    ['costs nobody knows what', unknown, undefined],
  ])('of no row %s', (_, price, usd) => {
    const count = { askedRows: 0, textTokens: 0, wrappingTokens: 0 }
    const { input, cost, rows } = estimateOf({ count, plan: { price } })
    expect(rows).toBe(0)
    expect(input).toMatchObject({ tokens: 0, basis: 'no row is asked' })
    expect(cost.usd).toBe(usd)
  })

  it('states the error of a count of a part, as a share of the tokens', () => {
    const { input } = estimateOf({ count: { textError: 45 } })
    expect(input).toMatchObject({ isCounted: false, error: 0.05 })
    const none = estimateOf({ count: { textError: 45, textTokens: 0 } })
    expect(none.input.error).toBeUndefined()
  })

  it('adds attachments, says that they are guessed, and corrects them by a sample', () => {
    const count = { attachmentTokens: 500 }
    const plain = estimateOf({ count })
    expect(plain.input).toMatchObject({ tokens: 1_470, isCounted: false })
    expect(plain.input.basis).toMatch(/encoding \(o200k_base\); attachments are guessed by/)
    const { input } = estimateOf({ count, sample: sampled })
    expect(input.tokens).toBe(2 * 1_470)
    expect(input.basis).toMatch(/billed for 5 earlier prompts; attachments are guessed by/)
  })

  it.each([
    ['tools and no sample', { tools }, undefined, true],
    ['tools and a sample', { tools }, sampled, false],
    ['no tools', {}, undefined, false],
  ] as const)('may be chaining with %s', (_, plan, sample, isChaining) => {
    expect(estimateOf({ plan, sample }).isChaining).toBe(isChaining)
  })

  it.each([
    ['none of both', {}, false],
    ['equal prompts', { isDeduping: true }, true],
    ['the cache', { cacheAgeMs: 0 }, true],
  ])('tells whether answers are reused: %s', (_, plan, isReusing) => {
    expect(estimateOf({ plan }).isReusing).toBe(isReusing)
  })

  it('shows what the sample used, without its single calls', () => {
    const usage = { answered: 5, failed: 0, inputTokens: 1_000, outputTokens: 50, costUsd: 0.5 }
    expect(estimateOf({ sample: sampled }).sample).toEqual(usage)
    expect(estimateOf().sample).toBeUndefined()
  })

  it('takes the time of earlier calls if no sampled row was answered', () => {
    const evidence = { outputTokens: [], durationsMs: Array.from({ length: 9 }, () => 4_000) }
    const none = { ...sampled, outputs: [], durationsMs: [] }
    expect(estimateOf({ evidence, sample: none }).time).toEqual(estimateOf({ evidence }).time)
    const quick = estimateOf({ evidence, sample: sampled }).time
    expect(quick.seconds).toBeLessThan(estimateOf({ evidence }).time.seconds ?? 0)
  })
})
