import fc from 'fast-check'
import { createCallBudget } from '../../lib/call/call-budget.js'
import type { CallPlace } from '../../lib/call/call-place.js'
import type { OwnLimits } from '../../lib/call/limits-in-force.js'
import type { StatedLimit } from '../../lib/error/stated-limit.js'
import { fakeClock } from '../support/fake-clock.js'
import { prompt, range } from '../support/rows.js'

const minuteMs = 60_000

/** A run that joins a budget, and what it starts. */
function joined(own: OwnLimits = {}) {
  const clock = fakeClock()
  const budget = createCallBudget({ clock })
  const member = budget.join(own)
  const started: { name: string; atMs: number; place: CallPlace }[] = []
  const enter = (name = 'a call', text = 'Name a lake.', options = {}) =>
    member.enter({
      asked: { ...prompt(0, text), options },
      onTurn: place => void started.push({ name, atMs: clock.monotonicMs(), place }),
    })
  const times = () => started.map(({ atMs }) => Math.round(atMs))
  return { clock, budget, member, started, enter, times }
}

const taken = { isTaken: true }
const requests = (given: Partial<StatedLimit>): readonly StatedLimit[] => [
  { name: 'x', kind: 'requests', windowMs: minuteMs, ...given },
]

describe('createCallBudget', () => {
  it('starts calls at once, without a timer, where there is no limit', () => {
    const { clock, enter, times } = joined()
    for (const _ of range(3)) enter()

    expect(times()).toEqual([0, 0, 0])
    expect(clock.sleepers()).toBe(0)
  })

  it('waits for the place in the pace with one timer for all', async () => {
    const { clock, enter, times } = joined({ requests: 60 })
    for (const _ of range(4)) enter()
    expect(clock.sleepers()).toBe(1)
    await clock.advance(10_000)

    expect(times()).toEqual([0, 1_000, 2_000, 3_000])
    expect(clock.sleepers()).toBe(0)
  })

  it('estimates tokens by the limit of the answer, and gives back what was not billed', async () => {
    const { clock, member, started, enter, times } = joined({ tokens: 6_000 })
    enter('a', 'x'.repeat(368), { max_tokens: 1_900 })
    enter('b')
    // 100 tokens of the prompt and 1,900 of the answer are paid for in 20 s.
    await clock.advance(5_000)
    expect(times()).toEqual([0])

    const usage = { inputTokens: 100, outputTokens: 700 }
    member.end(started[0]?.place as CallPlace, { usage, isTaken: true })
    await clock.advance(60_000)
    expect(times()).toEqual([0, 8_000])
  })

  it('takes the mean of what was billed for the next calls', async () => {
    const { clock, member, started, enter, times } = joined({ tokens: 6_000 })
    enter('a', 'x'.repeat(368), { max_tokens: 1_900 })
    const usage = { inputTokens: 50, outputTokens: 50 }
    member.end(started[0]?.place as CallPlace, { usage, isTaken: true })
    for (const _ of range(3)) enter('b', 'x'.repeat(368), { max_tokens: 1_900 })
    await clock.advance(60_000)

    expect(times()).toEqual([0, 1_000, 2_000, 3_000])
  })

  it('gives back the tokens of a call that the server refused', async () => {
    const { clock, member, started, enter, times } = joined({ tokens: 1_000 })
    enter('a', 'x', { max_tokens: 5_000 })
    enter('b')
    await clock.advance(1_000)
    member.end(started[0]?.place as CallPlace, { isTaken: false })

    expect(times()).toEqual([0, 1_000])
  })

  it('lets a call that costs more than the limit of a minute go, and then nobody for long', async () => {
    const { clock, member, enter, times } = joined({ tokens: 1_000 })
    enter('a', 'x', { max_tokens: 5_000 })
    enter('b')
    expect(member.hold()).toMatchObject({ what: 'tokens per minute', isAfterLargeCall: true })
    await clock.advance(299_000)
    expect(times()).toEqual([0])

    await clock.advance(10_000)
    expect(times()).toHaveLength(2)
  })

  it('starts no more calls at once than all runs together may have in flight', () => {
    const { budget, member, started, enter } = joined({ calls: 2 })
    const other = budget.join({ calls: 3 })
    for (const _ of range(2)) enter()
    other.enter({
      asked: prompt(1),
      onTurn: place => void started.push({ name: 'other', atMs: 0, place }),
    })
    expect(started).toHaveLength(2)
    expect(other.hold()).toMatchObject({ what: 'calls at once', isProviders: false })

    member.end(started[0]?.place as CallPlace, taken)
    expect(started.map(({ name }) => name)).toEqual(['a call', 'a call', 'other'])
  })

  it('starts nothing during a pause', async () => {
    const { clock, member, enter, times } = joined()
    member.pauseUntil(5_000)
    enter()
    expect(member.hold()).toEqual({ what: undefined, ms: 5_000 })
    await clock.advance(2_000)
    member.pauseUntil(9_000)
    await clock.advance(20_000)

    expect(times()).toEqual([9_000])
    expect(member.hold()).toBeUndefined()
  })

  it('learns the provider’s limits from each reply, and names the one that holds', async () => {
    const { clock, member, started, enter, times } = joined()
    enter()
    const limits = requests({ limit: 60, remaining: 10, resetMs: 50_000 })
    member.end(started[0]?.place as CallPlace, { ...taken, limits })
    enter()
    enter()

    expect(member.hold()).toMatchObject({ what: 'requests per minute', isProviders: true })
    await clock.advance(60_000)
    expect(times()).toEqual([0, 5_000, 8_286])
  })

  it('keeps several limits at once', async () => {
    const { clock, member, started, enter } = joined({ requests: 600 })
    enter()
    const limits: StatedLimit[] = [
      { name: 'day', kind: 'requests', windowMs: 86_400_000, limit: 50, remaining: 1 },
      { name: 'minute', kind: 'requests', windowMs: minuteMs, limit: 600, remaining: 599 },
    ]
    member.end(started[0]?.place as CallPlace, { ...taken, limits })
    enter()
    enter()
    await clock.advance(minuteMs)

    expect(started).toHaveLength(2)
    expect(member.hold()).toEqual({
      what: 'requests per day',
      isProviders: true,
      ms: Number.POSITIVE_INFINITY,
    })
    member.end(started[1]?.place as CallPlace, taken)
    expect(started).toHaveLength(3)
  })

  it('takes a run’s calls out of the queue, and keeps the others in order', async () => {
    const { clock, budget, member, started, enter } = joined({ requests: 60 })
    const other = budget.join({})
    enter('first')
    enter('mine')
    other.enter({
      asked: prompt(1),
      onTurn: place => void started.push({ name: 'other', atMs: clock.monotonicMs(), place }),
    })
    expect(other.hold()).toMatchObject({ what: 'requests per minute', isProviders: false })

    expect(member.leaveQueue()).toHaveLength(1)
    expect(member.hold()).toBeUndefined()
    await clock.advance(5_000)
    expect(started.map(({ name, atMs }) => [name, atMs])).toEqual([
      ['first', 0],
      ['other', 1_000],
    ])
  })

  it('starts the call of another run once a dearer call before it is taken out', () => {
    const { budget, member, started, enter } = joined()
    const limits = [
      { name: 'day', kind: 'tokens', windowMs: 24 * 60 * minuteMs, limit: 9_000, remaining: 1_000 },
    ] as const
    enter('first')
    enter('in flight')
    member.end(started[0]?.place as CallPlace, { ...taken, limits })
    enter('dear', 'x'.repeat(20_000), { max_tokens: 1 })
    const other = budget.join({})
    other.enter({
      asked: { ...prompt(1), options: { max_tokens: 1 } },
      onTurn: place => void started.push({ name: 'other', atMs: 0, place }),
    })
    expect(started).toHaveLength(2)

    member.leaveQueue()

    expect(started.map(({ name }) => name)).toEqual(['first', 'in flight', 'other'])
  })

  const steps = fc.array(
    fc.oneof(
      { weight: 4, arbitrary: fc.constant('enter' as const) },
      { weight: 3, arbitrary: fc.constant('answer' as const) },
      { weight: 1, arbitrary: fc.constant('refuse' as const) },
      { weight: 2, arbitrary: fc.integer({ min: 1, max: 20_000 }) },
    ),
    { maxLength: 80 },
  )

  it('keeps the user’s limits, and starts every call, whatever the provider states', async () => {
    const limit = fc.record({
      limit: fc.option(fc.integer({ min: 1, max: 500 }), { nil: undefined }),
      remaining: fc.option(fc.integer({ min: 0, max: 500 }), { nil: undefined }),
      resetMs: fc.option(fc.integer({ min: 1, max: 100_000 }), { nil: undefined }),
      windowMs: fc.constantFrom(1_000, minuteMs, 86_400_000),
    })
    await fc.assert(
      fc.asyncProperty(steps, fc.array(limit, { minLength: 1 }), async (given, stated) => {
        const { clock, member, started, enter } = joined({ requests: 120 })
        let entered = 0
        let ended = 0
        const end = (isTaken: boolean) => {
          const place = started[ended]?.place
          if (place === undefined) return
          const said = stated[ended % stated.length] as Partial<StatedLimit>
          ended += 1
          member.end(place, { isTaken, limits: requests(said) })
        }
        for (const step of given) {
          if (step === 'enter') {
            enter()
            entered += 1
          } else if (typeof step === 'number') await clock.advance(step)
          else end(step === 'answer')
        }
        for (let turn = 0; turn < 400 && started.length < entered; turn += 1) {
          while (ended < started.length) end(true)
          await clock.advance(60_000)
        }

        expect(started).toHaveLength(entered)
        for (const [index, { atMs }] of started.entries()) {
          expect(atMs - (started[index - 1]?.atMs ?? -500)).toBeGreaterThanOrEqual(479.999)
        }
      }),
      { numRuns: 60 },
    )
  })
})
