import fc from 'fast-check'
import { retryDelay } from '../../lib/throttle/retry-delay.js'

const options = { baseMs: 1_000, ceilingMs: 60_000, random: () => 0.5 }

describe('retryDelay', () => {
  it('draws below a bound that doubles with each attempt', () => {
    expect([1, 2, 3, 4].map(attempt => retryDelay(attempt, options))).toEqual([
      500, 1_000, 2_000, 4_000,
    ])
  })

  it('lets the bound grow no further than its ceiling', () => {
    expect(retryDelay(40, options)).toBe(30_000)
  })

  it('never waits less than the server asked for, however long that is', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 0, max: 10_000_000 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (attempt, retryAfterMs, chance) =>
          retryDelay(attempt, { ...options, random: () => chance, retryAfterMs }) >= retryAfterMs,
      ),
    )
  })

  it('waits as long as without the server if the server asks for less', () => {
    const late = { ...options, retryAfterMs: 0 }
    expect([1, 2, 3, 4].map(attempt => retryDelay(attempt, late))).toEqual([
      500, 1_000, 2_000, 4_000,
    ])
  })

  it('spreads those that were told the same moment', () => {
    const told = (chance: number) =>
      retryDelay(1, { ...options, random: () => chance, retryAfterMs: 5_000 })

    expect(told(0.1)).not.toBe(told(0.9))
  })

  it('takes an attempt below 1 for a bug of its caller', () => {
    expect(() => retryDelay(0, options)).toThrow(RangeError)
  })
})
