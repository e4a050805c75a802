import fc from 'fast-check'
import { createSharedPace, type SharedPace } from '../../lib/throttle/shared-pace.js'
import { scale } from '../support/scale.js'

/** A time line that gives time at once, or when `give` is called. */
function timeLine() {
  let nextMs = 0
  return (ms: number, nowMs: number) => {
    const startMs = Math.max(nextMs, nowMs)
    nextMs = startMs + ms
    return { startMs, endMs: nextMs }
  }
}

function paced(perMinute: number | undefined, callsWaiting = 1) {
  const asked: number[] = []
  const pace = createSharedPace({
    perMinute: () => perMinute,
    callsWaiting: () => callsWaiting,
    isInOnePiece: true,
    ask: ms => asked.push(Math.round(ms)),
  })
  return { pace, asked }
}

describe('createSharedPace', () => {
  it('asks for nothing without a limit', () => {
    const { pace, asked } = paced(undefined)

    expect(pace.waitMs(0, 1)).toBe(0)
    expect(asked).toEqual([])
  })

  it('asks once for the time of a call, a tenth longer than the limit says', () => {
    const { pace, asked } = paced(600)

    expect(pace.waitMs(0, 1)).toBe(Number.POSITIVE_INFINITY)
    expect(pace.waitMs(0, 1)).toBe(Number.POSITIVE_INFINITY)
    expect(asked).toEqual([110])
  })

  it('asks for as many calls as wait, and for no more than a block', () => {
    const few = paced(6_000, 3)
    few.pace.waitMs(0, 1)
    const many = paced(6_000, 500)
    many.pace.waitMs(0, 1)

    expect([few.asked, many.asked]).toEqual([[33], [198]])
  })

  it('starts each call at the start of its own time', () => {
    const { pace } = paced(600, 2)
    pace.waitMs(0, 1)
    pace.onSpan({ startMs: 50, endMs: 270 })
    expect(pace.waitMs(0, 1)).toBe(50)
    pace.take(1, 50)

    expect(pace.waitMs(50, 1)).toBeCloseTo(110, 6)
  })

  it('asks for the next call’s time before it is needed', () => {
    const { pace, asked } = paced(600, 2)
    pace.waitMs(0, 1)
    pace.onSpan({ startMs: 50, endMs: 160 })
    pace.waitMs(0, 1)

    expect(asked).toEqual([110, 110])
  })

  it('loses time that has passed, so that late calls do not come in a bunch', () => {
    const { pace, asked } = paced(600, 1)
    pace.waitMs(0, 1)
    pace.onSpan({ startMs: 0, endMs: 330 })

    expect(pace.waitMs(215, 1)).toBe(0)
    pace.take(1, 215)
    expect(pace.waitMs(215, 1)).toBe(Number.POSITIVE_INFINITY)
    expect(asked).toEqual([110, 110])
  })

  it('asks again if there was no time', () => {
    const { pace, asked } = paced(600)
    pace.waitMs(0, 1)
    pace.onSpan(undefined)
    pace.waitMs(0, 1)

    expect(asked).toEqual([110, 110])
  })

  it('pays later for a call that cost more, and asks for less after one that cost less', () => {
    const { pace, asked } = paced(6_000)
    pace.waitMs(0, 100)
    pace.onSpan({ startMs: 0, endMs: 1_100 })
    pace.take(100, 0)
    pace.correct(50)
    pace.waitMs(0, 10)
    expect(asked).toEqual([1_100, 660])

    pace.onSpan({ startMs: 1_100, endMs: 1_760 })
    pace.take(10, 1_100)
    pace.correct(-100)
    expect(pace.waitMs(1_100, 10)).toBe(0)
  })

  it('lets a call that costs more than a minute’s limit start, with all its time', () => {
    const { pace, asked } = paced(100)
    pace.waitMs(0, 500)
    expect(asked).toEqual([330_000])
    pace.onSpan({ startMs: 0, endMs: 330_000 })

    expect(pace.waitMs(0, 500)).toBe(0)
  })

  const processes = fc.integer({ min: 1, max: 5 })
  const perMinutes = fc.constantFrom(30, 600, 1_200, 6_000, 60_000)
  const delays = fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 1, maxLength: 20 })

  it('keeps all processes together below the limit in every second, and wastes little', () => {
    fc.assert(
      fc.property(processes, perMinutes, delays, (count, perMinute, waits) => {
        const starts = runTogether(count, perMinute, waits)
        const mostASecond = Math.max(1, perMinute / 60)
        for (const [index, startMs] of starts.entries()) {
          const nextMs = starts[index + mostASecond] ?? Number.POSITIVE_INFINITY
          if (nextMs < startMs + 1_000) expect([startMs, nextMs]).toEqual('a second apart')
        }
        const slowest = Math.max(...waits)
        const allowed = runMs * (perMinute / 60_000)
        // A process asks for what its waiting calls need, and then waits for SQLite.
        const asked = (count * callsWaiting * runMs) / Math.max(1, slowest)
        const least = Math.floor(0.7 * Math.min(allowed, asked))
        if (slowest <= 20) expect(starts.length).toBeGreaterThanOrEqual(least)
      }),
      { numRuns: 60 * scale },
    )
  })
})

const runMs = 6_000
const callsWaiting = 4

/** Processes that always have calls waiting. SQLite answers after some delay. */
function runTogether(count: number, perMinute: number, delays: readonly number[]): number[] {
  const take = timeLine()
  const starts: number[] = []
  let asks = 0
  const answers: { atMs: number; answer: () => void }[] = []
  let nowMs = 0
  const paces: SharedPace[] = Array.from({ length: count }, (_, index) => {
    const pace = createSharedPace({
      perMinute: () => perMinute,
      callsWaiting: () => callsWaiting,
      isInOnePiece: true,
      ask(ms) {
        asks += 1
        const span = take(ms, nowMs)
        const atMs = nowMs + (delays[asks % delays.length] as number)
        answers.push({ atMs, answer: () => paces[index]?.onSpan(span) })
      },
    })
    return pace
  })
  for (; nowMs < runMs; nowMs += 1) {
    for (const { answer } of answers.filter(({ atMs }) => atMs <= nowMs)) answer()
    answers.splice(0, answers.length, ...answers.filter(({ atMs }) => atMs > nowMs))
    for (const pace of paces) {
      while (pace.waitMs(nowMs, 1) <= 0) {
        pace.take(1, nowMs)
        starts.push(nowMs)
      }
    }
  }
  return starts
}
