import { createSlots } from '../../lib/call/slots.js'

function slotsOf(limit: () => number) {
  const seen = { freed: 0 }
  const slots = createSlots({
    limit,
    onFree: () => {
      seen.freed += 1
    },
  })
  const takeAll = (): number => {
    let taken = 0
    while (slots.tryTake()) taken += 1
    return taken
  }
  return { slots, seen, takeAll }
}

describe('createSlots', () => {
  it('gives no more slots than the limit, and others when some are given back', () => {
    const { slots, takeAll } = slotsOf(() => 3)
    expect(takeAll()).toBe(3)

    slots.giveBack(2)

    expect(slots.taken()).toBe(1)
    expect(takeAll()).toBe(2)
  })

  it('takes no slot away when the limit falls, and gives none out before enough came back', () => {
    let limit = 4
    const { slots, seen, takeAll } = slotsOf(() => limit)
    takeAll()
    limit = 2

    slots.giveBack(2)
    expect(slots.tryTake()).toBe(false)
    expect(seen.freed).toBe(0)
    slots.giveBack(1)

    expect(seen.freed).toBe(1)
    expect(takeAll()).toBe(1)
  })

  it('gives no slot over a limit that falls while others are free', () => {
    let limit = 10
    const { slots, takeAll } = slotsOf(() => limit)
    slots.tryTake()
    limit = 2

    expect(takeAll()).toBe(1)
  })

  it('gives more out after the limit has risen', () => {
    let limit = 1
    const { slots, seen, takeAll } = slotsOf(() => limit)
    takeAll()
    limit = 3

    slots.giveBack(1)

    expect(seen.freed).toBe(1)
    expect(takeAll()).toBe(3)
  })
})
