import { createPacer } from '../../lib/throttle/pacer.js'

const minute = 60_000

describe('createPacer', () => {
  it('lets calls start at once when no limit is known', () => {
    const pacer = createPacer({})

    expect([pacer.reserve(0), pacer.reserve(0), pacer.reserve(0)]).toEqual([0, 0, 0])
  })

  it('spaces calls evenly, the first at once', () => {
    const pacer = createPacer({ callsPerMinute: 20 })

    expect([pacer.reserve(0), pacer.reserve(0), pacer.reserve(0)]).toEqual([0, 3_000, 6_000])
  })

  it('saves nothing up for a burst after a pause', () => {
    const pacer = createPacer({ callsPerMinute: 60 })
    pacer.reserve(0)

    expect([pacer.reserve(minute), pacer.reserve(minute)]).toEqual([0, 1_000])
  })

  it('keeps fractional rates', () => {
    const pacer = createPacer({ callsPerMinute: 0.5 })
    pacer.reserve(0)

    expect(pacer.reserve(0)).toBe(120_000)
  })

  it('starts nothing before the end of a pause, and spaces on from there', () => {
    const pacer = createPacer({ callsPerMinute: 60 })
    pacer.pauseUntil(10_000)

    expect([pacer.reserve(0), pacer.reserve(0)]).toEqual([10_000, 11_000])
  })

  it('never brings a start forward', () => {
    const pacer = createPacer({})
    pacer.pauseUntil(10_000)
    pacer.pauseUntil(5_000)

    expect(pacer.reserve(0)).toBe(10_000)
  })

  it('does not slow down while a bucket holds plenty', () => {
    const pacer = createPacer({})
    pacer.observe({ requests: { limit: 60, remaining: 30, windowMs: minute } }, 10, 0)

    expect([pacer.reserve(0), pacer.reserve(0)]).toEqual([0, 0])
  })

  it('goes at the pace of the refill when a bucket is scarce', () => {
    const pacer = createPacer({})
    pacer.observe({ requests: { limit: 60, remaining: 6, windowMs: minute } }, 10, 0)

    expect([pacer.reserve(0), pacer.reserve(0)]).toEqual([0, 1_000])
  })

  it('waits for one refill, not for a full bucket, when a bucket is empty', () => {
    const pacer = createPacer({})
    const empty = { limit: 60, remaining: 0, resetMs: minute, windowMs: minute }
    pacer.observe({ requests: empty }, 10, 0)

    expect(pacer.reserve(0)).toBe(1_000)
  })

  it('counts tokens by what calls have cost', () => {
    const pacer = createPacer({})
    const tokens = { limit: 60_000, remaining: 1_000, windowMs: minute }
    pacer.observe({ tokens }, 500, 0)
    pacer.reserve(0)

    expect(pacer.reserve(0)).toBe(500)
  })

  it('speeds up again when the bucket has filled', () => {
    const pacer = createPacer({})
    pacer.observe({ requests: { limit: 60, remaining: 1, windowMs: minute } }, 10, 0)
    pacer.observe({ requests: { limit: 60, remaining: 50, windowMs: minute } }, 10, 0)

    expect([pacer.reserve(0), pacer.reserve(0)]).toEqual([0, 0])
  })

  it('never goes faster than it was told, whatever the server allows', () => {
    const pacer = createPacer({ callsPerMinute: 6 })
    pacer.observe({ requests: { limit: 600, remaining: 60, windowMs: minute } }, 10, 0)
    pacer.reserve(0)

    expect(pacer.reserve(0)).toBe(10_000)
  })

  it('waits for the reset of an empty bucket whose size is unsaid', () => {
    const pacer = createPacer({})
    pacer.observe({ requests: { remaining: 0, resetMs: 7_000, windowMs: minute } }, 10, 0)

    expect(pacer.reserve(0)).toBe(7_000)
  })

  it('is held by nobody when the next call may start at once', () => {
    const pacer = createPacer({ callsPerMinute: 60 })
    pacer.reserve(0)

    expect(pacer.hold(1_000)).toBeUndefined()
  })

  it('is held by our rate limit between two of its places', () => {
    const pacer = createPacer({ callsPerMinute: 60 })
    pacer.reserve(0)

    expect(pacer.hold(400)).toEqual({ by: 'rate-limit' })
  })

  it('is held by the server during a pause, and knows for how long', () => {
    const pacer = createPacer({ callsPerMinute: 60 })
    pacer.pauseUntil(10_000)

    expect(pacer.hold(4_000)).toEqual({ by: 'server', pauseMs: 6_000 })
    expect(pacer.hold(10_000)).toBeUndefined()
  })

  it('is held by the server where its bucket is empty, or refills slower than we would call', () => {
    const pacer = createPacer({ callsPerMinute: 600 })
    pacer.observe({ requests: { limit: 60, remaining: 0, windowMs: minute } }, 10, 0)

    expect(pacer.hold(0)).toEqual({ by: 'server', pauseMs: 1_000 })
    pacer.reserve(1_000)
    expect(pacer.hold(1_000)).toEqual({ by: 'server' })
  })
})
