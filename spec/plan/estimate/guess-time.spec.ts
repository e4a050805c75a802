import { guessTime } from '../../../lib/plan/estimate/guess-time.js'

const calls = {
  rows: 100,
  inputTokens: 60_000,
  outputTokens: 3000,
  concurrency: 10,
  rateLimit: undefined,
  tokenLimit: undefined,
  durationsMs: [1000, 3000],
}

describe('guessTime', () => {
  it('is by earlier calls, as many at once as the batch makes', () => {
    expect(guessTime(calls)).toEqual({
      seconds: 20,
      basis: '10 calls at once, 2.0 s each (by earlier calls)',
    })
    // The last round is not full.
    expect(guessTime({ ...calls, rows: 101 }).seconds).toBe(22)
  })

  it('is by an assumed speed if nothing is recorded', () => {
    expect(guessTime({ ...calls, durationsMs: [] })).toEqual({
      seconds: 10,
      basis: '10 calls at once, 1.0 s each (assuming 60 tokens/s)',
    })
  })

  it('is by the limit that is the slowest', () => {
    expect(guessTime({ ...calls, rateLimit: 60 })).toEqual({
      seconds: 101,
      basis: '60 calls a minute',
    })
    expect(guessTime({ ...calls, rateLimit: 60, tokenLimit: 9000 })).toEqual({
      seconds: 420,
      basis: '9000 tokens a minute',
    })
    expect(guessTime({ ...calls, rateLimit: 6000 }).seconds).toBe(20)
  })

  it('is nothing if no row is asked', () => {
    expect(guessTime({ ...calls, rows: 0, outputTokens: 0 }).seconds).toBe(0)
  })
})
