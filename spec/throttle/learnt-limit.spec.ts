import fc from 'fast-check'
import type { StatedLimit } from '../../lib/error/stated-limit.js'
import { createLearntLimit, type LearntLimit } from '../../lib/throttle/learnt-limit.js'
import { type Counting, limitedBucket } from '../support/limited-bucket.js'
import { scale } from '../support/scale.js'

const minuteMs = 60_000
const dayMs = 86_400_000
const stated = (given: Partial<StatedLimit>): StatedLimit => ({
  name: 'x',
  kind: 'requests',
  windowMs: minuteMs,
  ...given,
})
const at = (nowMs: number, changes = {}) => ({
  nowMs,
  startedMs: nowMs,
  costSince: 0,
  isTaken: true,
  ...changes,
})
const learnt = (given: Partial<StatedLimit>, changes = {}) =>
  createLearntLimit(stated(given), at(0, changes))

describe('createLearntLimit', () => {
  it('lets calls go at once while nearly all is left', () => {
    const limit = learnt({ limit: 10_000, remaining: 9_999, resetMs: 6 })
    limit.take(1, 0)

    expect(limit.waitMs(1, 0, 1)).toBeLessThan(0.01)
  })

  it('goes at the pace of the refill when half is left', () => {
    const limit = learnt({ limit: 60, remaining: 31, resetMs: 29_000 })
    limit.take(1, 0)

    expect(limit.waitMs(1, 0, 1)).toBeCloseTo(1_000, 3)
  })

  it('spreads what is left over a window that ends all at once', () => {
    const limit = learnt({ limit: 60, remaining: 11, resetMs: 50_000 })
    limit.take(1, 0)

    expect(limit.waitMs(1, 0, 1)).toBeCloseTo(5_000, 3)
    expect(limit.waitMs(1, 50_000, 1)).toBe(0)
  })

  it('waits for one refill of an empty bucket that fills steadily', () => {
    const limit = learnt({ limit: 60, remaining: 0, resetMs: minuteMs })

    expect(limit.waitMs(1, 0, 1)).toBeCloseTo(1_000, 3)
  })

  it('waits for the end of an empty window', () => {
    expect(learnt({ limit: 60, remaining: 0, resetMs: 11_380 }).waitMs(1, 0, 1)).toBe(11_380)
  })

  it('waits for the reset of a limit whose size is not stated, and then for nothing', () => {
    const limit = learnt({ remaining: 0, resetMs: 7_000 })

    expect(limit.waitMs(1, 0, 1)).toBe(7_000)
    expect(limit.waitMs(1, 7_000, 1)).toBe(0)
    limit.take(1, 7_000)
    expect(limit.waitMs(1, 7_000, 1)).toBe(0)
  })

  it('takes the most that was left for the limit where only that is stated', () => {
    const limit = learnt({ remaining: 60 })
    limit.observe(stated({ remaining: 30 }), at(0))
    limit.take(1, 0)

    expect(limit.waitMs(1, 0, 1)).toBeGreaterThan(900)
  })

  it('counts the calls that started after the one whose reply came', () => {
    const limit = learnt({ limit: 10, remaining: 5, resetMs: 50_000 }, { costSince: 5 })

    expect(limit.waitMs(1, 0, 5)).toBe(50_000)
  })

  it('does not count them twice where the refill has covered them', () => {
    const limit = learnt(
      { limit: 60, remaining: 30, resetMs: 30_000 },
      { nowMs: 20_000, startedMs: 0, costSince: 20 },
    )
    limit.take(1, 20_000)

    expect(limit.waitMs(1, 20_000, 20)).toBeLessThan(1_100)
  })

  it('believes the newest call, not the newest reply', () => {
    const limit = createLearntLimit(
      stated({ limit: 60, remaining: 2, resetMs: 58_000 }),
      at(10_000, { startedMs: 9_000 }),
    )
    limit.take(1, 10_000)
    const waitMs = limit.waitMs(1, 10_000, 1)
    limit.observe(stated({ limit: 60, remaining: 60, resetMs: 1 }), at(10_000, { startedMs: 100 }))

    expect(limit.waitMs(1, 10_000, 1)).toBe(waitMs)
  })

  it('lets a call that costs more than the whole limit go when all of it is left', () => {
    const limit = learnt({ limit: 1_000, remaining: 400, resetMs: 36_000 })

    expect(limit.waitMs(5_000, 0, 1)).toBe(36_000)
    expect(limit.waitMs(5_000, 36_000, 1)).toBe(0)
    limit.take(5_000, 36_000)
    expect(limit.waitMs(10, 36_000, 1)).toBeGreaterThan(200_000)
  })

  it('does not spread the limit of a day', () => {
    const limit = learnt({ limit: 14_400, remaining: 20, resetMs: dayMs / 2, windowMs: dayMs })
    limit.take(1, 0)

    expect(limit.waitMs(1, 0, 1)).toBe(0)
  })

  it('lets one call at a time ask whether the limit of a day is used up', () => {
    const limit = learnt({ limit: 50, remaining: 1, resetMs: dayMs / 2, windowMs: dayMs })
    expect(limit.waitMs(1, 0, 0)).toBe(0)
    limit.take(1, 0)

    expect(limit.waitMs(1, 0, 1)).toBe(Number.POSITIVE_INFINITY)
    expect(limit.waitMs(1, 0, 0)).toBe(0)
  })

  it('does not obey a limit of a day of which nothing is left while the server takes calls', () => {
    const empty = stated({ limit: 50, remaining: 0, windowMs: dayMs })
    const limit = createLearntLimit(empty, at(0))
    expect(limit.waitMs(1, 0, 1)).toBe(Number.POSITIVE_INFINITY)
    limit.take(1, 5)
    limit.observe(empty, at(9, { startedMs: 5 }))

    expect(limit.waitMs(1, 9, 100)).toBe(0)
  })

  it('obeys it again once the server refuses', () => {
    const empty = stated({ limit: 50, remaining: 0, windowMs: dayMs })
    const limit = createLearntLimit(empty, at(0))
    limit.take(1, 5)
    limit.observe(empty, at(9, { startedMs: 5 }))
    limit.take(1, 10)
    limit.observe(empty, at(20, { startedMs: 10, isTaken: false }))

    expect(limit.waitMs(1, 20, 1)).toBe(Number.POSITIVE_INFINITY)
  })
})

interface Server {
  readonly counting: Counting
  readonly limit: number
  readonly windowMs: number
  readonly isResetStated: boolean
  /** Share of a window that is over, or of a bucket that others have used, at the start. */
  readonly usedShare: number
}

interface Load {
  readonly concurrency: number
  readonly latencyMs: number
  readonly costs: readonly number[]
}

/** Calls as fast as the limit lets them, against a server that counts for itself. */
function simulate(server: Server, load: Load, runMs: number) {
  const { counting, limit, windowMs, isResetStated, usedShare } = server
  const startMs = counting === 'window' ? -windowMs * usedShare : 0
  const bucket = limitedBucket({ counting, limit, windowMs, startMs })
  if (counting === 'steady') bucket.take(limit * usedShare, 0)
  const inFlight: { startedMs: number; endMs: number; upTo: number; state: any; left: number }[] =
    []
  let learntLimit: LearntLimit | undefined
  let upTo = 0
  let nowMs = 0
  let taken = 0
  let spent = 0
  let refused = 0
  let knownRefused = 0
  for (let call = 0; nowMs < runMs; ) {
    const cost = load.costs[call % load.costs.length] as number
    // Until the first reply, nothing is known: one call asks.
    const most = learntLimit === undefined ? 1 : load.concurrency
    const waitMs =
      inFlight.length >= most
        ? Number.POSITIVE_INFINITY
        : (learntLimit?.waitMs(cost, nowMs, inFlight.length) ?? 0)
    const nextEndMs = inFlight[0]?.endMs ?? Number.POSITIVE_INFINITY
    if (waitMs === 0) {
      upTo += cost
      learntLimit?.take(cost, nowMs)
      const state = bucket.take(cost, nowMs)
      inFlight.push({ startedMs: nowMs, endMs: nowMs + load.latencyMs, upTo, state, left: cost })
      call += 1
      if (state.isTaken) {
        taken += 1
        spent += cost
      } else {
        refused += 1
        if (learntLimit !== undefined) knownRefused += 1
      }
    } else if (nextEndMs <= nowMs + waitMs) {
      const ended = inFlight.shift()
      if (ended === undefined) throw new Error('nothing moves')
      nowMs = ended.endMs
      const { remaining, resetMs, isTaken } = ended.state
      const one = stated({
        limit,
        remaining,
        windowMs,
        ...(isResetStated && { resetMs: Math.round(resetMs) }),
      })
      const costSince = upTo - ended.upTo
      const statement = { nowMs, startedMs: ended.startedMs, costSince, isTaken }
      if (learntLimit === undefined) learntLimit = createLearntLimit(one, statement)
      else learntLimit.observe(one, statement)
    } else nowMs += Math.max(waitMs, 0.01)
  }
  return { taken, spent, refused, knownRefused }
}

const servers = fc.record({
  counting: fc.constantFrom<Counting>('steady', 'window'),
  limit: fc.constantFrom(10, 60, 500, 5_000),
  windowMs: fc.constant(minuteMs),
  isResetStated: fc.constant(true),
  usedShare: fc.double({ min: 0, max: 0.9, noNaN: true }),
})
const loads = fc.record({
  concurrency: fc.constantFrom(1, 5, 50),
  latencyMs: fc.constantFrom(50, 700, 5_000),
  costs: fc.array(fc.constantFrom(1, 1, 1, 2, 3), { minLength: 1, maxLength: 5 }),
})

describe('createLearntLimit, against servers that count for themselves', () => {
  it('is refused next to nothing', () => {
    fc.assert(
      fc.property(servers, loads, (server, load) => {
        const { knownRefused } = simulate(server, load, 4 * minuteMs)

        expect(knownRefused).toBeLessThanOrEqual(1)
      }),
      { numRuns: 50 * scale },
    )
  })

  it('uses what the server gives, and what the calls can take', () => {
    fc.assert(
      fc.property(servers, loads, (server, load) => {
        const runMs = 6 * minuteMs
        const { spent } = simulate(server, load, runMs)
        const meanCost = load.costs.reduce((sum, cost) => sum + cost, 0) / load.costs.length
        const mostByCalls = (runMs / load.latencyMs) * load.concurrency * meanCost
        const mostByServer = (runMs / minuteMs) * server.limit

        // In each window, a rest may be too little for the next call.
        const rests = (runMs / minuteMs) * Math.max(...load.costs)
        expect(spent).toBeGreaterThan(0.85 * Math.min(mostByCalls, mostByServer) - rests)
      }),
      { numRuns: 50 * scale },
    )
  })

  it('is refused little by a limit a second, and uses it', () => {
    const perSecond = servers.map(server => ({ ...server, windowMs: 1_000 }))
    const quick = fc.record({
      concurrency: fc.constantFrom(1, 5, 50),
      latencyMs: fc.constantFrom(50, 700, 5_000),
      costs: fc.constant([1]),
    })
    fc.assert(
      fc.property(perSecond, quick, (server, load) => {
        const runMs = 20_000
        const { spent, taken, knownRefused } = simulate(server, load, runMs)
        const meanCost = load.costs.reduce((sum, cost) => sum + cost, 0) / load.costs.length
        const mostByCalls = (runMs / load.latencyMs - 1) * load.concurrency * meanCost
        const mostByServer = (runMs / 1_000) * server.limit

        expect(knownRefused).toBeLessThanOrEqual(1 + taken * 0.02)
        expect(spent).toBeGreaterThan(0.5 * Math.min(mostByCalls, mostByServer))
      }),
      { numRuns: 50 * scale },
    )
  })

  it('is refused next to nothing where no reset is stated', () => {
    fc.assert(
      fc.property(servers, loads, (server, load) => {
        const { knownRefused, taken } = simulate(
          { ...server, isResetStated: false },
          load,
          4 * minuteMs,
        )

        expect(knownRefused).toBeLessThanOrEqual(1 + taken * 0.05)
      }),
      { numRuns: 50 * scale },
    )
  })
})
