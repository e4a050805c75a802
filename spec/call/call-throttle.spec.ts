import type { CallPlace } from '../../lib/call/call-place.js'
import { callThrottle } from '../../lib/call/call-throttle.js'
import { BatchError } from '../../lib/error/batch-error.js'
import { fakeClock } from '../support/fake-clock.js'
import { answer, fault, prompt, range } from '../support/rows.js'

function throttled(options: { concurrency?: number; rateLimit?: number } = {}) {
  const clock = fakeClock()
  const throttle = callThrottle({ concurrency: 4, clock, inFlight: () => 3, ...options })
  const started: { atMs: number; place: CallPlace }[] = []
  const enter = (): CallPlace | undefined => {
    const before = started.length
    throttle.enter({
      asked: prompt(0),
      onTurn: place => started.push({ atMs: clock.monotonicMs(), place }),
    })
    return started[before]?.place
  }
  const fail = (error: BatchError) => throttle.onFailure(error, enter() as CallPlace)
  return { clock, throttle, started, enter, fail }
}

const refused = (retryAfterMs?: number) => fault('RATE_LIMITED', 'attempt', retryAfterMs)

describe('callThrottle', () => {
  it('spaces calls by the rate limit', async () => {
    const { clock, started, enter } = throttled({ rateLimit: 60 })
    for (const _ of range(4)) enter()
    await clock.advance(10_000)

    expect(started.map(({ atMs }) => atMs)).toEqual([0, 1_000, 2_000, 3_000])
  })

  it('lets others go on when the server asks one call to wait', () => {
    const { throttle, started, enter, fail } = throttled()
    fail(refused(60_000))
    enter()

    expect(started).toHaveLength(2)
    expect(throttle.pauseMs()).toBe(0)
  })

  it('lets everybody wait when the server only refuses', async () => {
    const { clock, throttle, started, enter, fail } = throttled()
    await clock.advance(500)
    for (const _ of range(3)) fail(refused(60_000))
    enter()
    expect(throttle.pauseMs()).toBe(60_000)
    expect(throttle.hold()).toEqual({ what: undefined, ms: 60_000 })

    await clock.advance(60_000)
    expect(started.at(-1)?.atMs).toBe(60_500)
  })

  it('lets nobody wait when one call was taken between the refusals', () => {
    const { throttle, fail } = throttled()
    for (const _ of range(2)) fail(refused(60_000))
    fail(fault('REQUEST_REJECTED', 'row'))
    for (const _ of range(2)) fail(refused(60_000))

    expect(throttle.pauseMs()).toBe(0)
  })

  it.each([
    ['RATE_LIMITED', 'attempt', 3],
    ['SERVER_OVERLOADED', 'attempt', 3],
    ['SERVER_FAILED', 'attempt', 4],
    ['REQUEST_REJECTED', 'row', 4],
  ] as const)('after %s of reach %s allows %d of 4 calls at once', (code, reach, limit) => {
    const { throttle, fail } = throttled()
    fail(fault(code, reach))

    expect(throttle.limit()).toBe(limit)
  })

  it('allows as many at once as before if calls came too fast: then the limit is known', () => {
    const { throttle, enter, fail } = throttled()
    const limits = [
      { name: 'x', kind: 'requests', windowMs: 60_000, limit: 60, remaining: 0, resetMs: 9_000 },
    ] as const
    fail(new BatchError('too fast', { code: 'RATE_LIMITED', reach: 'attempt', limits }))
    enter()

    expect(throttle.limit()).toBe(4)
    expect(throttle.hold()).toEqual({ what: 'requests per minute', isProviders: true, ms: 9_000 })
  })

  it('raises the limit again as calls are answered', async () => {
    const { clock, throttle, enter, fail } = throttled()
    fail(refused())
    fail(refused())
    expect(throttle.limit()).toBe(3)
    for (const _ of range(20)) {
      await clock.advance(100)
      throttle.onAnswer(answer(), enter() as CallPlace)
    }

    expect(throttle.limit()).toBe(4)
  })
})
