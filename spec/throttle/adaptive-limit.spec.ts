import { createAdaptiveLimit } from '../../lib/throttle/adaptive-limit.js'

describe('createAdaptiveLimit', () => {
  it('begins where the user allows', () => {
    expect(createAdaptiveLimit({ highest: 8 }).limit()).toBe(8)
  })

  it('falls at each refusal, never below 1', () => {
    const limit = createAdaptiveLimit({ highest: 8 })
    const seen = [0, 1, 2, 3, 4, 5, 6].map(ms => {
      limit.onRefusal(ms, ms)
      return limit.limit()
    })

    expect(seen).toEqual([5, 3, 2, 1, 1, 1, 1])
  })

  it('takes a burst of refusals for one', () => {
    const limit = createAdaptiveLimit({ highest: 8 })
    for (let call = 0; call < 8; call += 1) limit.onRefusal(0, 100 + call)

    expect(limit.limit()).toBe(5)
  })

  it('rises with successes, up to where it began', () => {
    const limit = createAdaptiveLimit({ highest: 4 })
    limit.onRefusal(0, 0)
    expect(limit.limit()).toBe(2)
    for (let call = 0; call < 4; call += 1) limit.onSuccess()
    expect(limit.limit()).toBe(3)

    for (let call = 0; call < 100; call += 1) limit.onSuccess()
    expect(limit.limit()).toBe(4)
  })

  it('keeps most of its calls when one in twenty is refused', () => {
    const limit = createAdaptiveLimit({ highest: 50 })
    let calls = 0
    for (let round = 1; round <= 400; round += 1) {
      const inFlight = limit.limit()
      for (let call = 0; call < inFlight; call += 1, calls += 1) {
        if ((calls * 7919) % 20 === 0) limit.onRefusal(round, round + 0.5)
        else limit.onSuccess()
      }
    }

    expect(calls / 400).toBeGreaterThan(12)
  })

  it('takes a call that failed by itself for one that was not refused', () => {
    const limit = createAdaptiveLimit({ highest: 4 })
    limit.onRefusal(0, 0)
    limit.onTaken()

    expect(limit.refusalsInRow()).toBe(0)
  })

  it('counts refusals since the last success', () => {
    const limit = createAdaptiveLimit({ highest: 4 })
    limit.onRefusal(0, 0)
    limit.onRefusal(0, 0)
    expect(limit.refusalsInRow()).toBe(2)

    limit.onSuccess()
    expect(limit.refusalsInRow()).toBe(0)
  })
})
