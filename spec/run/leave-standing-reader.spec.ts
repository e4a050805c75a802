import { createStopSwitch } from '../../lib/call/stop-switch.js'
import { leaveStandingReader } from '../../lib/run/leave-standing-reader.js'
import { fakeClock } from '../support/fake-clock.js'
import { fault } from '../support/rows.js'

const reason = fault('RUN_INTERRUPTED', 'run')

function watched(changes: { isStoppedBefore?: boolean } = {}) {
  const clock = fakeClock()
  const stop = createStopSwitch()
  const aborts: unknown[] = []
  const state = { rowsWritten: 0, isTaken: false, isIdle: true }
  if (changes.isStoppedBefore) stop.request(reason)
  const end = leaveStandingReader({
    sink: { isTaken: () => state.isTaken, rowsWritten: () => state.rowsWritten },
    stop,
    clock,
    isIdle: () => state.isIdle,
    abort: why => aborts.push(why),
  })
  return { clock, stop, aborts, state, end }
}

describe('leaveStandingReader', () => {
  it('ends a run that is to stop when its reader takes nothing', async () => {
    const { clock, stop, aborts } = watched()
    await clock.advance(60_000)
    expect(aborts).toEqual([])

    stop.request(reason)
    await clock.advance(1_999)
    expect(aborts).toEqual([])
    await clock.advance(2_001)

    expect(aborts).toEqual([reason])
  })

  it('watches a run that was asked to stop before it began', async () => {
    const { clock, aborts } = watched({ isStoppedBefore: true })
    await clock.advance(4_000)

    expect(aborts).toEqual([reason])
  })

  it.each([
    [
      'the reader takes something',
      (state: any) => {
        state.rowsWritten += 1
      },
    ],
    [
      'the reader has taken all',
      (state: any) => {
        state.isTaken = true
      },
    ],
    [
      'something is not recorded',
      (state: any) => {
        state.isIdle = false
      },
    ],
  ])('waits as long as %s', async (_, change) => {
    const { clock, stop, aborts, state } = watched()
    stop.request(reason)
    for (let turn = 0; turn < 20; turn += 1) {
      change(state)
      await clock.advance(1_000)
    }

    expect(aborts).toEqual([])
  })

  it('keeps no timer after its end', async () => {
    const { clock, stop, end, aborts } = watched()
    stop.request(reason)
    await clock.advance(1_000)
    end()
    await clock.advance(10_000)

    expect(aborts).toEqual([])
    expect(clock.sleepers()).toBe(0)
  })
})
