import { estimateJson } from '../../../lib/cli/text/estimate-json.js'
import { estimateText, timeText } from '../../../lib/cli/text/estimate-text.js'
import type { CostEstimate } from '../../../lib/plan/estimate/cost-estimate.js'

const estimate: CostEstimate = {
  model: 'gpt-4o-mini',
  rows: 1000,
  failingRows: 0,
  recordedRows: 0,
  isReusing: false,
  isChaining: false,
  input: { tokens: 45_000, isCounted: true, basis: 'counted' },
  output: { tokens: 15_000, evidence: 'ratio', basis: 'a guess' },
  cost: { kind: 'priced', usd: 0.68, basis: 'the list price' },
  time: { seconds: 180, basis: '5 calls at once' },
}
const sample = { answered: 4, failed: 1, inputTokens: 90, outputTokens: 20, costUsd: 0.001 }

describe('estimateText', () => {
  it('begins with three lines of fixed form', () => {
    expect(estimateText(estimate)).toBe(`Estimated tokens: 45,000 input, 15,000 output
Estimated cost (gpt-4o-mini): $0.68
Estimated time: 3 minutes
Rows: 1,000 to ask
Input tokens: counted
Output tokens: a guess
Price: the list price
Time: 5 calls at once
Not included: retries, reasoning, discounts for cached input
`)
  })

  it('says what is not asked, how far off the count may be, and the ranges', () => {
    const text = estimateText({
      ...estimate,
      ...{ failingRows: 2, recordedRows: 1234, sample },
      input: { ...estimate.input, error: 0.0123 },
      output: { ...estimate.output, low: 14_000, high: 16_000, evidence: 'sample' },
      cost: { ...estimate.cost, lowUsd: 0.64, highUsd: 0.72 },
    })

    expect(text).toContain(
      'Rows: 1,000 to ask, 1,234 answered already, 2 that fail and cost nothing\n',
    )
    expect(text).toContain('which is off by 1.2 % at most in nine cases of ten\n')
    expect(text).toContain('Output tokens: a guess; 14,000 to 16,000 in all in nine cases of ten\n')
    expect(text).toContain('Price: the list price; $0.64 to $0.72 in all in nine cases of ten\n')
    expect(text).toContain(
      'Sample: 4 rows answered, 1 failed: 90 input, 20 output tokens, $0.0010, included above\n',
    )
    expect(text).toContain('Not included: retries, discounts for cached input\n')
  })

  it('says that rows with a reused answer are counted', () => {
    expect(estimateText({ ...estimate, isReusing: true })).toContain(
      'Not included: retries, answers that rows take from equal prompts or the cache, reasoning',
    )
  })

  it.each<[string, Partial<CostEstimate>, string]>([
    [
      'a sample without failures and of unknown cost',
      { sample: { ...sample, failed: 0, costUsd: undefined } },
      'Sample: 4 rows answered: 90 input, 20 output tokens, included above\n',
    ],
    [
      'rows that use tools',
      { isChaining: true },
      'Not included: retries, further calls of rows that use tools (--sample counts them), reas',
    ],
  ])('says of %s', (_what, change, shown) => {
    expect(estimateText({ ...estimate, ...change })).toContain(shown)
  })

  it('never takes an unknown price for $0', () => {
    const cost = { kind: 'unknown', usd: undefined, basis: 'not known' } as const

    const text = estimateText({ ...estimate, cost })

    expect(text).toContain('Estimated cost (gpt-4o-mini): unknown\n')
    expect(text).toContain('Price: not known\n')
    expect(text).not.toContain('$')
  })
})

describe('timeText', () => {
  it.each([
    [0, '1 second'],
    [1.2, '1 second'],
    [45, '45 seconds'],
    [59.6, '1 minute'],
    [180, '3 minutes'],
    [3600, '1 hour'],
    [7800, '2 hours 10 minutes'],
    [86_400 * 3 + 3600 * 4, '3 days 4 hours'],
  ])('shows %d seconds as %s', (seconds, text) => {
    expect(timeText(seconds)).toBe(text)
  })
})

describe('estimateJson', () => {
  it('is one object on one line, with null for what is not known', () => {
    const cost = { kind: 'unknown', usd: undefined, basis: 'not known' } as const
    const line = estimateJson({ ...estimate, cost }, undefined)

    expect(line.trimEnd().split('\n')).toHaveLength(1)
    expect(JSON.parse(line)).toMatchObject({
      ...{ model: 'gpt-4o-mini', rows: 1000, input_tokens: 45_000, output_tokens: 15_000 },
      ...{ cost_usd: null, seconds: 180, output_tokens_low: null, sample: null },
      basis: {
        rows: { kind: 'counted' },
        input_tokens: { kind: 'counted', basis: 'counted' },
        output_tokens: { kind: 'estimated', evidence: 'ratio' },
        cost_usd: { kind: 'estimated', price: 'unknown' },
        seconds: { kind: 'estimated' },
      },
    })
  })

  it('has what the sample used', () => {
    expect(JSON.parse(estimateJson({ ...estimate, sample }, 'b'))).toMatchObject({
      sample: { batch_id: 'b', answered: 4, failed: 1, cost_usd: 0.001 },
    })
  })

  it('says what is only estimated, and null for what a sample does not know', () => {
    const input = { ...estimate.input, isCounted: false, error: 0.1 }
    const output = { ...estimate.output, low: 1, high: 2 }
    const unpriced = { ...sample, costUsd: undefined }
    const line = estimateJson({ ...estimate, input, output, sample: unpriced }, undefined)
    expect(JSON.parse(line)).toMatchObject({
      ...{ input_tokens_error: 0.1, output_tokens_low: 1, output_tokens_high: 2, cost_usd: 0.68 },
      basis: { input_tokens: { kind: 'estimated' }, cost_usd: { price: 'priced' } },
      sample: { batch_id: null, cost_usd: null },
    })
  })
})
