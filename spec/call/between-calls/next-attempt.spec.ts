import { nextAttempt } from '../../../lib/call/between-calls/next-attempt.js'
import { fault } from '../../support/rows.js'

const options = { attempts: 1, maxAttempts: 4, leftMs: 600_000, random: () => 0.5 }

describe('nextAttempt', () => {
  it('waits longer after each attempt, by a draw from nothing up to a bound that doubles', () => {
    const error = fault('SERVER_FAILED', 'attempt')
    const waits = (chance: number) =>
      [1, 2, 3, 8, 9].map(attempts =>
        nextAttempt(error, { ...options, maxAttempts: 20, attempts, random: () => chance }),
      )

    expect(waits(0)).toEqual([0, 0, 0, 0, 0])
    expect(waits(0.5)).toEqual([500, 1_000, 2_000, 30_000, 30_000])
  })

  it('waits at least as long as the server asked for, and a little longer', () => {
    const error = fault('RATE_LIMITED', 'attempt', 5_000)

    expect(nextAttempt(error, { ...options, random: () => 0 })).toBe(5_000)
    expect(nextAttempt(error, { ...options, random: () => 0.99 })).toBeCloseTo(5_099)
  })

  it.each(['row', 'run'] as const)('tries nothing again that reaches the %s', reach => {
    const error = fault('REQUEST_REJECTED', reach)

    expect(nextAttempt(error, options)).toBe(error)
  })

  it('gives the last error when the attempts are used up', () => {
    const error = fault('SERVER_FAILED', 'attempt')

    expect(nextAttempt(error, { ...options, attempts: 4 })).toBe(error)
    expect(nextAttempt(error, { ...options, maxAttempts: 1 })).toBe(error)
  })

  it('fails the row at once when the wait would pass its deadline, and says so', () => {
    const error = fault('RATE_LIMITED', 'attempt', 3_600_000)

    const last = nextAttempt(error, { ...options, leftMs: 60_000 })

    expect(last).toMatchObject({ code: 'RATE_LIMITED', reach: 'row', cause: error })
    expect((last as Error).message).toMatch(
      /^Rate limit exceeded: the next attempt would be in 360\d s, the row has 60 s left$/,
    )
  })

  it('names the error itself when it is no rate limit', () => {
    const last = nextAttempt(fault('SERVER_FAILED', 'attempt'), { ...options, leftMs: 100 })

    expect((last as Error).message).toMatch(/^a fault of kind SERVER_FAILED: the next attempt/)
  })
})
