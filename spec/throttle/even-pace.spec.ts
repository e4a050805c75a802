import fc from 'fast-check'
import { createEvenPace } from '../../lib/throttle/even-pace.js'

const minuteMs = 60_000

/** The starts of calls that come one after another, each as soon as it may. */
function starts(
  perMinute: number,
  calls: readonly { cost: number; pauseMs: number; lateMs?: number }[],
) {
  const pace = createEvenPace(() => perMinute)
  let nowMs = 0
  return calls.map(({ cost, pauseMs, lateMs = 0 }) => {
    const cameMs = nowMs + pauseMs
    const dueMs = cameMs + pace.waitMs(cameMs, cost)
    const startMs = dueMs + (dueMs > cameMs ? lateMs : 0)
    pace.take(cost, startMs, startMs - dueMs)
    nowMs = startMs
    return { dueMs, startMs, cameMs, cost }
  })
}

const times = (count: number, cost = 1, pauseMs = 0) =>
  Array.from({ length: count }, () => ({ cost, pauseMs }))

describe('createEvenPace', () => {
  it('lets calls start at once without a limit', () => {
    const pace = createEvenPace(() => undefined)
    pace.take(1, 0)

    expect(pace.waitMs(0, 1)).toBe(0)
  })

  it('spaces calls evenly, the first at once', () => {
    expect(starts(20, times(3)).map(({ startMs }) => startMs)).toEqual([0, 3_000, 6_000])
  })

  it('keeps limits below one a minute', () => {
    expect(starts(0.5, times(2)).map(({ startMs }) => startMs)).toEqual([0, 120_000])
  })

  it('saves nothing up for a burst after a pause', () => {
    const pace = createEvenPace(() => 60)
    pace.take(1, 0)
    pace.take(1, minuteMs)

    expect(pace.waitMs(minuteMs, 1)).toBe(1_000)
  })

  it('lets a call of more than a minute’s limit start, and the next one when it is paid for', () => {
    expect(starts(1_000, [...times(1, 2_500), ...times(1, 10)]).map(s => s.startMs)).toEqual([
      0, 150_000,
    ])
  })

  it('makes up for a timer that came a little late, and not for one that came very late', () => {
    const late = (ms: number) => {
      const pace = createEvenPace(() => 600)
      pace.take(1, 0)
      pace.take(1, 100 + ms, ms)
      return pace.waitMs(100 + ms, 1)
    }

    expect(late(5)).toBe(95)
    expect(late(1_000)).toBe(80)
  })

  it('waits longer after a call that cost more than was thought, and less after one that cost less', () => {
    const pace = createEvenPace(() => 6_000)
    pace.take(100, 0)
    pace.correct(50)
    expect(pace.waitMs(0, 1)).toBe(1_500)

    pace.correct(-120)
    expect(pace.waitMs(0, 1)).toBe(300)
  })

  it('follows a limit that changes', () => {
    let limit = 60
    const pace = createEvenPace(() => limit)
    pace.take(1, 0)
    limit = 6
    pace.take(1, 1_000)

    expect(pace.waitMs(1_000, 1)).toBe(10_000)
  })

  const calls = fc.array(
    fc.record({
      cost: fc.oneof(fc.constant(1), fc.double({ min: 0.01, max: 5_000, noNaN: true })),
      pauseMs: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 90_000, noNaN: true })),
      lateMs: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 50, noNaN: true })),
    }),
    { minLength: 1, maxLength: 60 },
  )
  const limit = fc.double({ min: 0.2, max: 100_000, noNaN: true })

  it('never gives more in any window than the limit, 20 ms of it, and one call', () => {
    fc.assert(
      fc.property(
        limit,
        calls,
        fc.double({ min: 1, max: 200_000, noNaN: true }),
        (perMinute, given, windowMs) => {
          const made = starts(perMinute, given)
          for (const { startMs: fromMs } of made) {
            const within = made.filter(s => s.startMs >= fromMs && s.startMs < fromMs + windowMs)
            const last = within.at(-1)?.cost ?? 0
            const spent = within.reduce((sum, { cost }) => sum + cost, 0) - last
            expect(spent).toBeLessThanOrEqual(((windowMs + 20) * perMinute) / minuteMs + 1e-6)
          }
        },
      ),
    )
  })

  it('is never idle while the calls before are paid for', () => {
    fc.assert(
      fc.property(limit, calls, (perMinute, given) => {
        let paidMs = Number.NEGATIVE_INFINITY
        for (const { dueMs, startMs, cameMs, cost } of starts(perMinute, given)) {
          expect(dueMs).toBeLessThanOrEqual(Math.max(cameMs, paidMs) + 1e-6)
          paidMs = Math.max(paidMs, startMs) + (cost * minuteMs) / perMinute
        }
      }),
    )
  })
})
