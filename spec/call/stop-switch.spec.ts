import { createStopSwitch } from '../../lib/call/stop-switch.js'
import { fault } from '../support/rows.js'

describe('createStopSwitch', () => {
  it('keeps the first reason it is given, and aborts once', () => {
    const stop = createStopSwitch()
    const first = fault('KEY_INVALID', 'run')
    let aborts = 0
    stop.signal.addEventListener('abort', () => {
      aborts += 1
    })
    expect(stop.reason()).toBeUndefined()

    stop.request(first)
    stop.request(fault('QUOTA_EXHAUSTED', 'run'))

    expect(stop.reason()).toBe(first)
    expect(stop.signal.reason).toBe(first)
    expect(aborts).toBe(1)
  })

  it('knows its reason before it tells anybody', () => {
    const stop = createStopSwitch()
    const reasons: unknown[] = []
    stop.signal.addEventListener('abort', () => reasons.push(stop.reason()))
    const reason = fault('KEY_INVALID', 'run')

    stop.request(reason)

    expect(reasons).toEqual([reason])
  })
})
