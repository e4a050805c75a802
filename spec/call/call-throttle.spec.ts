import { callThrottle } from '../../lib/call/call-throttle.js'
import { fakeClock } from '../support/fake-clock.js'
import { answer, fault, range } from '../support/rows.js'

function throttled(options: { concurrency?: number; rateLimit?: number } = {}) {
  const clock = fakeClock()
  return { clock, throttle: callThrottle({ concurrency: 4, clock, ...options }) }
}

describe('callThrottle', () => {
  it('spaces calls by the rate limit', () => {
    const { throttle } = throttled({ rateLimit: 60 })

    expect(range(4).map(throttle.reserve)).toEqual([0, 1_000, 2_000, 3_000])
  })

  it('lets others go on when the server asks one call to wait', () => {
    const { throttle } = throttled()
    throttle.onFailure(fault('RATE_LIMITED', 'attempt', 60_000), 0)

    expect(throttle.reserve()).toBe(0)
    expect(throttle.pauseEndMs()).toBe(0)
  })

  it('lets everybody wait when the server only refuses', async () => {
    const { clock, throttle } = throttled()
    await clock.advance(500)
    for (const _ of range(3)) throttle.onFailure(fault('RATE_LIMITED', 'attempt', 60_000), 0)

    expect(throttle.reserve()).toBe(60_000)
    expect(throttle.pauseEndMs()).toBe(60_500)
  })

  it('lets nobody wait when one call was taken between the refusals', () => {
    const { throttle } = throttled()
    const refuse = () => throttle.onFailure(fault('RATE_LIMITED', 'attempt', 60_000), 0)
    refuse()
    refuse()
    throttle.onFailure(fault('REQUEST_REJECTED', 'row'), 0)
    refuse()
    refuse()

    expect(throttle.reserve()).toBe(0)
  })

  it.each([
    ['RATE_LIMITED', 'attempt', 2],
    ['SERVER_OVERLOADED', 'attempt', 2],
    ['SERVER_FAILED', 'attempt', 4],
    ['REQUEST_REJECTED', 'row', 4],
  ] as const)('after %s of reach %s allows %d of 4 calls at once', (code, reach, limit) => {
    const { throttle } = throttled()
    throttle.onFailure(fault(code, reach), 0)

    expect(throttle.limit()).toBe(limit)
  })

  it('raises the limit again as calls are answered', () => {
    const { throttle } = throttled()
    throttle.onFailure(fault('RATE_LIMITED', 'attempt'), 0)
    for (const _ of range(8)) throttle.onAnswer(answer())

    expect(throttle.limit()).toBe(4)
  })

  it('slows down by what a provider says of its limits', () => {
    const { throttle } = throttled()
    const requests = { limit: 60, remaining: 0, resetMs: 60_000, windowMs: 60_000 }
    throttle.onAnswer(answer('yes', { rateLimits: { requests } }))

    expect(throttle.reserve()).toBe(1_000)
    expect(throttle.reserve()).toBe(2_000)
  })
})
