import { quotaFailureLimits } from '../../../lib/model/error-reply/quota-failure.js'

const body = (violations: unknown, retryDelay: unknown = '45.8s') =>
  JSON.stringify({
    error: {
      code: 429,
      details: [
        { '@type': 'type.googleapis.com/google.rpc.QuotaFailure', violations },
        { '@type': 'type.googleapis.com/google.rpc.Help', links: [] },
        { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay },
      ],
    },
  })

describe('quotaFailureLimits', () => {
  it('reads the used-up limits of a minute with the wait, and of a day without it', () => {
    const said = body([
      { quotaId: 'GenerateRequestsPerMinutePerProjectPerModel-FreeTier', quotaValue: '10' },
      { quotaId: 'GenerateContentInputTokensPerModelPerMinute-FreeTier', quotaValue: '250000' },
      { quotaId: 'GenerateRequestsPerDayPerProjectPerModel-FreeTier', quotaValue: '250' },
    ])

    expect(quotaFailureLimits(said)).toMatchObject([
      { kind: 'requests', windowMs: 60_000, limit: 10, remaining: 0, resetMs: 45_800 },
      { kind: 'input-tokens', windowMs: 60_000, limit: 250_000, remaining: 0, resetMs: 45_800 },
      { kind: 'requests', windowMs: 86_400_000, limit: 250, remaining: 0 },
    ])
    expect(quotaFailureLimits(said)[2]).not.toHaveProperty('resetMs')
  })

  it.each([
    ['no JSON', 'oops'],
    ['no details', '{"error": {"details": 5}}'],
    ['a list of nothing', body([null, 7, {}, { quotaId: 8 }])],
    ['another quota', body([{ quotaId: 'ConcurrentSessions' }])],
    ['no list', body('all')],
  ])('reads nothing in %s', (_what, text) => expect(quotaFailureLimits(text)).toEqual([]))

  it('leaves out a limit and a wait that make no sense', () => {
    const [limit] = quotaFailureLimits(
      body([{ quotaId: 'RequestsPerMinute', quotaValue: '-1' }], -4),
    )

    expect(limit).toMatchObject({ remaining: 0, limit: undefined, resetMs: undefined })
  })
})
