import { limitInWords, waitInWords } from '../../lib/throttle/limit-in-words.js'

describe('limitInWords', () => {
  it.each([
    [
      'Rate limit reached for gpt-4o in organization org-1 on tokens per min (TPM): Limit 30000, Used 29000, Requested 1500. Please try again in 1s.',
      { kind: 'tokens', windowMs: 60_000, limit: 30_000, remaining: 1_000 },
    ],
    [
      'Rate limit reached for gpt-4o in organization org-1 on requests per day (RPD): Limit 200, Used 200, Requested 1. Please try again in 7m12s.',
      { kind: 'requests', windowMs: 86_400_000, limit: 200, remaining: 0 },
    ],
    [
      'Rate limit reached for model `m` in organization `o` on tokens per day (TPD): Limit 500000, Used 500060, Requested 642.',
      { kind: 'tokens', windowMs: 86_400_000, limit: 500_000, remaining: 0 },
    ],
    [
      'Rate limit reached on requests per min (RPM): Limit: 1,200, Used: 1,199',
      { kind: 'requests', windowMs: 60_000, limit: 1_200, remaining: 1 },
    ],
  ])('reads %j', (message, limit) => expect(limitInWords(message)).toMatchObject(limit))

  it.each([
    '',
    'Rate limit reached for requests',
    'on tokens per min (TPM): Limit 0, Used 0',
    'on tokens per fortnight (TPF): Limit 5, Used 5',
  ])('reads no limit in %j', message => expect(limitInWords(message)).toBeUndefined())
})

describe('waitInWords', () => {
  it('reads the wait, and none where there is none', () => {
    expect(waitInWords('Please try again in 7m12s. Visit us.')).toBe(432_000)
    expect(waitInWords('Please try again later.')).toBeUndefined()
  })
})
