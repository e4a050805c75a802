import { guessOutput } from '../../../lib/plan/estimate/guess-output.js'

const nothing = { rows: 100, inputTokens: 9000, sampled: [], earlier: [], maxTokens: undefined }
const tens = [8, 10, 12, 9, 11]

describe('guessOutput', () => {
  it('is a stated ratio if nothing tells', () => {
    expect(guessOutput(nothing)).toEqual({
      tokens: 3000,
      evidence: 'ratio',
      basis: 'a guess: a third of the input tokens',
    })
  })

  it('is the upper end if max_tokens is set', () => {
    expect(guessOutput({ ...nothing, maxTokens: 50 })).toEqual({
      tokens: 5000,
      high: 5000,
      evidence: 'max-tokens',
      basis: 'at most: each answer may have 50 tokens (max_tokens)',
    })
  })

  it('is the mean of earlier answers, with a range, before max_tokens', () => {
    const guess = guessOutput({ ...nothing, earlier: tens, maxTokens: 50 })

    expect(guess).toMatchObject({ tokens: 1000, evidence: 'earlier-answers' })
    expect(guess.low).toBeLessThan(900)
    expect(guess.high).toBeGreaterThan(1100)
    expect(guess.basis).toBe(
      'by earlier answers to this template and model: 5 answers of 10 tokens on average, nine of ten with 8 to 12',
    )
  })

  it('holds earlier answers to max_tokens, and concludes nothing from a few', () => {
    expect(guessOutput({ ...nothing, earlier: tens, maxTokens: 5 }).tokens).toBe(500)
    expect(guessOutput({ ...nothing, earlier: [10, 10] }).evidence).toBe('ratio')
  })

  it('is by the sample before all else, and counts the sampled rows as they were', () => {
    const guess = guessOutput({ ...nothing, rows: 5, sampled: tens, earlier: [1, 1, 1, 1, 1, 1] })

    expect(guess).toMatchObject({ tokens: 50, low: 50, high: 50, evidence: 'sample' })
  })

  it('gives no range from a sample of one row', () => {
    const guess = guessOutput({ ...nothing, sampled: [10] })

    expect(guess).toEqual({
      tokens: 1000,
      evidence: 'sample',
      basis: 'by the sample: 1 answer of 10 tokens',
    })
  })
})
