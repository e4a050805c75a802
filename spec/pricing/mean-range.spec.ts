import fc from 'fast-check'
import { guessSum, spreadOf, studentQuantile } from '../../lib/pricing/mean-range.js'

/** A fixed sequence that looks like chance, the same on every machine. */
function* uniform(seed: number): Generator<number> {
  let state = seed
  for (;;) {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32
    yield state / 2 ** 32
  }
}

describe('spreadOf', () => {
  it('gives the mean, the deviation, and the range of nine values of ten', () => {
    const values = Array.from({ length: 101 }, (_, index) => index)

    expect(spreadOf(values)).toEqual({
      ...{ count: 101, mean: 50, low: 5, high: 95 },
      deviation: expect.closeTo(29.3, 1),
    })
    expect(spreadOf([7])).toEqual({ count: 1, mean: 7, deviation: 0, low: 7, high: 7 })
  })
})

describe('guessSum', () => {
  it('has the sum of further values in its range in nine cases of ten', () => {
    const next = uniform(1)
    const draw = () => 20 + 100 * (next.next().value as number) ** 2
    let hits = 0

    for (let round = 0; round < 2000; round += 1) {
      const { low, high } = guessSum(spreadOf(Array.from({ length: 10 }, draw)), 100)
      const sum = Array.from({ length: 100 }, draw).reduce((total, value) => total + value, 0)
      if (sum >= low && sum <= high) hits += 1
    }

    expect(hits / 2000).toBeGreaterThan(0.87)
    expect(hits / 2000).toBeLessThan(0.93)
  })

  it('is never negative, holds what is expected, and is exact where nothing varies', () => {
    const values = fc.array(fc.nat(1000), { minLength: 1, maxLength: 30 })
    fc.assert(
      fc.property(values, fc.nat(100_000), (given, further) => {
        const { low, expected, high } = guessSum(spreadOf(given), further)
        expect(low).toBeGreaterThanOrEqual(0)
        expect(low).toBeLessThanOrEqual(expected)
        expect(expected).toBeLessThanOrEqual(high)
      }),
    )
    expect(guessSum(spreadOf([5, 5, 5]), 10)).toEqual({ expected: 50, low: 50, high: 50 })
  })
})

describe('studentQuantile', () => {
  it.each([
    [1, 6.314],
    [5, 2.015],
    [6, 1.943],
    [10, 1.812],
    [30, 1.697],
    [1000, 1.646],
  ])('is, for %d degrees of freedom, %d as in the tables', (degrees, quantile) => {
    expect(studentQuantile(degrees)).toBeCloseTo(quantile, 2)
  })
})
