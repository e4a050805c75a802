import fc from 'fast-check'
import { createTokenEstimate } from '../../lib/throttle/token-estimate.js'

describe('createTokenEstimate', () => {
  it('takes the rough count, and the limit of the answer or a guess, until an answer is known', () => {
    const { input, output } = createTokenEstimate()

    expect([input(100), output(undefined), output(30), output(4_000)]).toEqual([
      100, 500, 30, 4_000,
    ])
  })

  it('learns the factor of the input, and the mean of the output', () => {
    const estimate = createTokenEstimate()
    estimate.learn(100, { inputTokens: 150, outputTokens: 20 })

    expect(estimate.input(10)).toBe(15)
    expect(estimate.output(undefined)).toBe(20)
    expect(estimate.output(8)).toBe(8)
  })

  it('follows a change of the prompts', () => {
    const estimate = createTokenEstimate()
    for (let call = 0; call < 50; call += 1) {
      estimate.learn(100, { inputTokens: 100, outputTokens: 10 })
    }
    for (let call = 0; call < 300; call += 1) {
      estimate.learn(100, { inputTokens: 200, outputTokens: 90 })
    }

    expect(estimate.input(100)).toBeGreaterThan(195)
    expect(estimate.output(undefined)).toBeGreaterThan(88)
  })

  it('learns nothing from counts that are absent or make no sense', () => {
    const { learn, input, output } = createTokenEstimate()
    learn(100, {})
    learn(100, { inputTokens: Number.NaN, outputTokens: -4 })
    learn(0, { inputTokens: 10 })

    expect([input(100), output(undefined)]).toEqual([100, 500])
  })

  it('stays between the least and the most that was billed', () => {
    const billed = fc.record({ rough: fc.integer({ min: 1, max: 9_999 }), output: fc.nat(9_999) })
    fc.assert(
      fc.property(fc.array(billed, { minLength: 1 }), all => {
        const estimate = createTokenEstimate()
        for (const { rough, output } of all) {
          estimate.learn(rough, { inputTokens: rough * 2, outputTokens: output })
        }
        const outputs = all.map(({ output }) => output)

        expect(estimate.input(50)).toBeGreaterThanOrEqual(100)
        expect(estimate.input(50)).toBeLessThanOrEqual(101)
        expect(estimate.output(undefined)).toBeGreaterThanOrEqual(Math.min(...outputs))
        expect(estimate.output(undefined)).toBeLessThanOrEqual(Math.max(...outputs) + 1)
      }),
    )
  })
})
