import { createAlarm } from '../../lib/call/alarm.js'
import { fakeClock } from '../support/fake-clock.js'

function set() {
  const clock = fakeClock()
  const rung: number[] = []
  const alarm = createAlarm({ clock, onAlarm: () => rung.push(clock.monotonicMs()) })
  return { clock, alarm, rung }
}

describe('createAlarm', () => {
  it('rings once, at the earliest time', async () => {
    const { clock, alarm, rung } = set()
    alarm.setTo(500)
    alarm.setTo(200)
    alarm.setTo(300)
    await clock.advance(1_000)

    expect(rung).toEqual([200])
    expect(clock.sleepers()).toBe(0)
  })

  it('can be set again by what it starts', async () => {
    const { clock, alarm, rung } = set()
    alarm.setTo(200)
    await clock.advance(250)
    alarm.setTo(300)
    await clock.advance(1_000)

    expect(rung).toEqual([200, 300])
  })

  it('does not ring, and waits for nothing, once it is cleared', async () => {
    const { clock, alarm, rung } = set()
    alarm.setTo(200)
    alarm.clear()
    await clock.advance(1_000)

    expect(rung).toEqual([])
    expect(clock.sleepers()).toBe(0)
  })
})
