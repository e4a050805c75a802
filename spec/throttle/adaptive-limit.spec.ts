import fc from 'fast-check'
import { createAdaptiveLimit } from '../../lib/throttle/adaptive-limit.js'
import { range } from '../support/rows.js'
import { scale } from '../support/scale.js'
import { type SimulatedServer, simulateServer } from '../support/simulated-server.js'

/** Runs of which a mean or a median is taken. */
const seeds = scale > 1 ? 5 : 3

const auto = ({ inFlight }: { readonly inFlight: () => number }) =>
  createAdaptiveLimit({ highest: 1_000, isAuto: true, inFlight })

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN
}

/** A limit of a user's number whose server has `inFlight` calls beside the one that ends. */
function numbered(highest: number) {
  const calls = { inFlight: highest - 1 }
  return { calls, limit: createAdaptiveLimit({ highest, inFlight: () => calls.inFlight }) }
}

describe('createAdaptiveLimit, for a number', () => {
  it('begins where the user allows', () => {
    expect(numbered(8).limit.limit()).toBe(8)
  })

  it('falls to the calls that the server took', () => {
    const { limit, calls } = numbered(8)
    limit.onRefusal(0, 10)
    calls.inFlight = 6
    limit.onRefusal(0, 11)

    expect(limit.limit()).toBe(6)
  })

  it('never falls below 1', () => {
    const { limit, calls } = numbered(8)
    for (const ms of range(100)) {
      calls.inFlight = Math.max(0, limit.limit() - 1)
      limit.onRefusal(ms, ms)
    }

    expect(limit.limit()).toBe(1)
  })

  it('takes a burst of refusals for one, down to the calls in flight', () => {
    const { limit, calls } = numbered(64)
    for (const call of range(24)) {
      calls.inFlight = 63 - call
      limit.onRefusal(0, 100 + call)
    }

    expect(limit.limit()).toBe(40)
  })

  it('bears one refusal in ten answers', () => {
    const { limit } = numbered(8)
    for (const ms of range(10)) limit.onSuccess(ms, ms)
    limit.onRefusal(11, 11)
    expect(limit.limit()).toBe(8)

    limit.onRefusal(12, 12)
    expect(limit.limit()).toBe(7)
  })

  it('bears more refusals for which the pace is to blame', () => {
    const { limit } = numbered(8)
    for (const ms of range(10)) limit.onSuccess(ms, ms)
    for (const ms of range(2)) limit.onRefusal(40 + ms, 40 + ms, 'too-fast')
    expect(limit.limit()).toBe(8)

    limit.onRefusal(50, 50, 'too-fast')
    expect(limit.limit()).toBe(7)
  })

  it('rises with answers, up to where it began', () => {
    const { limit, calls } = numbered(8)
    for (const ms of range(8)) {
      calls.inFlight = limit.limit() - 1
      limit.onRefusal(ms, ms)
    }
    expect(limit.limit()).toBeLessThan(5)

    for (const ms of range(2_000)) {
      calls.inFlight = limit.limit() - 1
      limit.onSuccess(10 + ms * 10, 20 + ms * 10)
    }
    expect(limit.limit()).toBe(8)
  })

  it('keeps calls in flight when the server refuses one in twenty at random', () => {
    const server = { kind: 'refuses', ceiling: () => 1_000, latencyMs: () => 300 } as const
    const shares = range(seeds).map(seed => {
      const { limits } = simulateServer(
        { ...server, noise: 0.5, refusedShare: 0.05 },
        {
          seed,
          seconds: 60,
          limit: ({ inFlight }) => createAdaptiveLimit({ highest: 50, inFlight }),
        },
      )
      return mean(limits)
    })

    expect(Math.min(...shares)).toBeGreaterThan(10)
    expect(median(shares)).toBeGreaterThan(12)
  })

  it('takes a call that failed by itself for one that was not refused', () => {
    const { limit } = numbered(4)
    limit.onRefusal(0, 0)
    limit.onRefusal(0, 0)
    expect(limit.refusalsInRow()).toBe(2)

    limit.onTaken()
    expect(limit.refusalsInRow()).toBe(0)
  })

  it('counts refusals since the last answer', () => {
    const { limit } = numbered(4)
    limit.onRefusal(0, 0)
    limit.onSuccess(0, 1)

    expect(limit.refusalsInRow()).toBe(0)
  })

  it('is a whole number from 1 to the highest, whatever happens', () => {
    const event = fc.record({
      kind: fc.constantFrom('answer', 'refusal', 'too-fast', 'taken'),
      waitMs: fc.nat(500),
      durationMs: fc.nat(1_000),
      inFlight: fc.nat(60),
    })
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.boolean(),
        fc.array(event, { maxLength: 400 }),
        (highest, isAuto, events) => {
          let nowMs = 0
          let inFlight = 0
          const limit = createAdaptiveLimit({ highest, isAuto, inFlight: () => inFlight })
          for (const one of events) {
            nowMs += one.waitMs
            inFlight = one.inFlight
            const startedMs = Math.max(0, nowMs - one.durationMs)
            if (one.kind === 'answer') limit.onSuccess(startedMs, nowMs)
            else if (one.kind === 'refusal') limit.onRefusal(startedMs, nowMs)
            else if (one.kind === 'too-fast') limit.onRefusal(startedMs, nowMs, 'too-fast')
            else limit.onTaken()
            const found = limit.limit()
            if (!Number.isInteger(found) || found < 1 || found > highest)
              throw new Error(`${found}`)
          }
        },
      ),
    )
  })
})

describe('createAdaptiveLimit, for auto', () => {
  const steady = (ceiling: number, latencyMs: number): Omit<SimulatedServer, 'kind'> => ({
    ceiling: () => ceiling,
    latencyMs: () => latencyMs,
  })

  it('begins at 4, or at the highest if that is less', () => {
    const inFlight = () => 0
    expect(createAdaptiveLimit({ highest: 1_000, isAuto: true, inFlight }).limit()).toBe(4)
    expect(createAdaptiveLimit({ highest: 3, isAuto: true, inFlight }).limit()).toBe(3)
  })

  it.each(
    (['refuses', 'queues'] as const).flatMap(kind =>
      [0, 0.5].flatMap(noise => [4, 40, 400].map(ceiling => ({ kind, noise, ceiling }))),
    ),
  )('finds a ceiling of $ceiling ($kind, noise $noise), and stays', ({ kind, noise, ceiling }) => {
    const runs = range(ceiling === 400 ? 1 : seeds).map(seed =>
      simulateServer(
        { kind, noise, ...steady(ceiling, 150) },
        { seed: seed + 1, seconds: ceiling === 400 ? 30 : 60, limit: auto },
      ),
    )

    expect(median(runs.map(({ share }) => share))).toBeGreaterThan(0.9)
    expect(Math.min(...runs.map(({ share }) => share))).toBeGreaterThan(0.85)
    expect(Math.max(...runs.map(({ refusedShare }) => refusedShare))).toBeLessThan(0.02)
    // Little more than enough: a queue makes every call slower.
    const calls = runs.map(({ limits }) => mean(limits.slice(20)) / ceiling)
    expect(median(calls)).toBeLessThan(ceiling === 4 ? 3 : 1.6)
  })

  it.each([
    { kind: 'refuses', noise: 0 },
    { kind: 'refuses', noise: 0.5 },
    { kind: 'queues', noise: 0 },
    { kind: 'queues', noise: 0.5 },
  ] as const)('follows a ceiling of 40 that moves ($kind, noise $noise)', ({ kind, noise }) => {
    const full = 40 / 0.152
    const ceiling = (ms: number) => (ms >= 20_000 && ms < 40_000 ? 20 : 40)
    const runs = range(seeds).map(seed =>
      simulateServer(
        { kind, noise, ceiling, latencyMs: () => 150 },
        { seed: seed + 1, seconds: 60, limit: auto },
      ),
    )
    const during = (from: number, to: number) =>
      median(runs.map(({ answers }) => mean(answers.slice(from, to))))

    expect(during(22, 40)).toBeGreaterThan(0.9 * (full / 2))
    expect(during(50, 60)).toBeGreaterThan(0.9 * full)
    expect(median(runs.map(({ limits }) => limits[30] as number))).toBeLessThan(30)
    expect(Math.max(...runs.map(({ refusedShare }) => refusedShare))).toBeLessThan(0.02)
  })

  it('does not take prompts that become slower for a queue', () => {
    const shares = range(seeds).map(seed => {
      const latencyMs = (ms: number) => (ms < 20_000 ? 150 : 450)
      const server = { kind: 'queues', noise: 0.3, ceiling: () => 40, latencyMs } as const
      return simulateServer(server, { seed: seed + 1, seconds: 60, limit: auto }).share
    })

    expect(median(shares)).toBeGreaterThan(0.88)
  })

  it('does not send a queue of calls to a server of 30 s a call', () => {
    const server = { kind: 'queues', noise: 0.3, ...steady(4, 30_000) } as const
    const { limits, share } = simulateServer(server, { seed: 1, seconds: 1_200, limit: auto })

    // 12 calls at 4 places wait three times as long: 90 s.
    expect(Math.max(...limits)).toBeLessThanOrEqual(12)
    expect(share).toBeGreaterThan(0.9)
  })

  it('reaches the ceiling although the first call takes the whole run', () => {
    const server = { kind: 'refuses', noise: 0.3, ...steady(40, 150) } as const
    const run = { seed: 1, seconds: 20, limit: auto, stragglerMs: 60_000 }

    expect(simulateServer(server, run).share).toBeGreaterThan(0.85)
  })

  it('does not rise while the input gives fewer calls than allowed', () => {
    const server = { kind: 'queues', noise: 0.3, ...steady(400, 150) } as const
    const run = { seed: 1, seconds: 60, limit: auto, mostCalls: () => 10 }

    expect(Math.max(...simulateServer(server, run).limits)).toBeLessThanOrEqual(20)
  })

  it('goes on after an input that was idle', () => {
    const server = { kind: 'queues', noise: 0.3, ...steady(40, 150) } as const
    const mostCalls = (ms: number) => (ms > 10_000 && ms < 30_000 ? 0 : 1_000)
    const { answers } = simulateServer(server, { seed: 1, seconds: 60, limit: auto, mostCalls })

    expect(mean(answers.slice(35))).toBeGreaterThan((0.9 * 40) / 0.152)
  })

  it('asks with one call at once while everything is refused, and rises after that', () => {
    const ceiling = (ms: number) => (ms > 10_000 && ms < 12_000 ? 0 : 40)
    const server = { kind: 'refuses', noise: 0.3, ceiling, latencyMs: () => 150 } as const
    const { limits, answers } = simulateServer(server, { seed: 1, seconds: 60, limit: auto })

    expect(limits[11]).toBe(1)
    expect(mean(answers.slice(30))).toBeGreaterThan((0.9 * 40) / 0.152)
  })
})
