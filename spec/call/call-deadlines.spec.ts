import { callDeadlines } from '../../lib/call/call-deadlines.js'
import { fakeClock, settle } from '../support/fake-clock.js'

function watched(timeoutMs = 1_000) {
  const clock = fakeClock()
  const overdue: string[] = []
  const deadlines = callDeadlines<string>({
    timeoutMs,
    clock,
    onOverdue: call => overdue.push(call),
  })
  return { clock, overdue, deadlines }
}

describe('callDeadlines', () => {
  it('says which call is over its time, and watches it no more', async () => {
    const { clock, overdue, deadlines } = watched()
    deadlines.begin('a')

    await clock.advance(999)
    expect(overdue).toEqual([])
    await clock.advance(1)

    expect(overdue).toEqual(['a'])
    expect(deadlines.end('a')).toBe(false)
  })

  it('gives each call its own full time, with one timer for all', async () => {
    const { clock, overdue, deadlines } = watched()
    deadlines.begin('a')
    await clock.advance(600)
    deadlines.begin('b')
    expect(clock.sleepers()).toBe(1)

    await clock.advance(400)
    expect(overdue).toEqual(['a'])
    await clock.advance(600)
    expect(overdue).toEqual(['a', 'b'])
  })

  it('says nothing of a call that ended in time', async () => {
    const { clock, overdue, deadlines } = watched()
    deadlines.begin('a')
    deadlines.begin('b')

    expect(deadlines.end('a')).toBe(true)
    expect(deadlines.inFlight()).toBe(1)
    await clock.advance(1_000)

    expect(overdue).toEqual(['b'])
  })

  it('watches no call that is held, and gives it its full time when it goes on', async () => {
    const { clock, overdue, deadlines } = watched()
    deadlines.begin('a')
    await clock.advance(900)
    deadlines.hold('a')
    await clock.advance(5_000)
    expect([overdue, deadlines.inFlight()]).toEqual([[], 1])

    deadlines.goOn('a')
    await clock.advance(999)
    expect(overdue).toEqual([])
    await clock.advance(1)
    expect(overdue).toEqual(['a'])
  })

  it('ends a call that is held, which then never goes on', async () => {
    const { clock, overdue, deadlines } = watched()
    for (const call of ['a', 'b']) {
      deadlines.begin(call)
      deadlines.hold(call)
    }

    expect(deadlines.end('a')).toBe(true)
    expect(deadlines.endAll()).toEqual(['b'])
    for (const call of ['a', 'b']) deadlines.goOn(call)
    await clock.advance(1_000)

    expect([overdue, deadlines.inFlight()]).toEqual([[], 0])
  })

  it('keeps no timer when nothing is in flight', async () => {
    const { clock, deadlines } = watched()
    deadlines.begin('a')
    deadlines.end('a')
    await settle()

    expect(clock.sleepers()).toBe(0)
  })

  it('watches a call that begins just as the last one ends', async () => {
    const { clock, overdue, deadlines } = watched()
    deadlines.begin('a')
    deadlines.end('a')
    deadlines.begin('b')

    await clock.advance(1_000)

    expect(overdue).toEqual(['b'])
  })

  it('watches a call that begins as another one is given up', async () => {
    const clock = fakeClock()
    const overdue: string[] = []
    const deadlines = callDeadlines<string>({
      timeoutMs: 1_000,
      clock,
      onOverdue(call) {
        overdue.push(call)
        if (call === 'a') deadlines.begin('b')
      },
    })
    deadlines.begin('a')

    await clock.advance(2_000)

    expect(overdue).toEqual(['a', 'b'])
    expect(clock.sleepers()).toBe(0)
  })

  it('gives all calls in flight and watches none of them any more', async () => {
    const { clock, overdue, deadlines } = watched()
    deadlines.begin('a')
    deadlines.begin('b')

    expect(deadlines.endAll()).toEqual(['a', 'b'])
    await clock.advance(5_000)

    expect(overdue).toEqual([])
    expect(clock.sleepers()).toBe(0)
  })
})
