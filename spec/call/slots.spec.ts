import { createSlots } from '../../lib/call/slots.js'

function slotsOf(limit: () => number) {
  const seen = { freed: 0 }
  const slots = createSlots({
    limit,
    mostBytes: 100,
    onFree: () => {
      seen.freed += 1
    },
  })
  const takeAll = (): number => {
    let taken = 0
    while (tryTake()) taken += 1
    return taken
  }
  const tryTake = (bytes = 0): boolean => {
    const isFree = slots.isFree(bytes)
    if (isFree) slots.take(bytes)
    return isFree
  }
  return { slots, seen, takeAll, tryTake }
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
    const { slots, seen, takeAll, tryTake } = slotsOf(() => limit)
    takeAll()
    limit = 2

    slots.giveBack(2)
    expect(tryTake()).toBe(false)
    expect(seen.freed).toBe(0)
    slots.giveBack(1)

    expect(seen.freed).toBe(1)
    expect(takeAll()).toBe(1)
  })

  it('gives no slot over a limit that falls while others are free', () => {
    let limit = 10
    const { takeAll, tryTake } = slotsOf(() => limit)
    tryTake()
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

  it('takes only bytes that fit, and tells that they are what is missing', () => {
    const { slots, tryTake } = slotsOf(() => 10)
    expect(tryTake(60)).toBe(true)
    expect(tryTake(40)).toBe(true)
    expect(slots.lacksBytes()).toBe(false)

    expect(tryTake(1)).toBe(false)
    expect(slots.lacksBytes()).toBe(true)
    expect(tryTake()).toBe(true)
    slots.giveBackBytes(60)

    expect(slots.lacksBytes()).toBe(false)
    expect(tryTake(60)).toBe(true)
    expect(slots.taken()).toBe(4)
  })

  it('takes a call with more bytes than there are, alone', () => {
    const { slots, tryTake } = slotsOf(() => 10)
    expect(tryTake(500)).toBe(true)
    expect(tryTake(1)).toBe(false)
    slots.giveBackBytes(500)
    expect(tryTake(1)).toBe(true)
    expect(tryTake(500)).toBe(false)
  })

  it('takes no bytes without a slot', () => {
    const { slots, tryTake } = slotsOf(() => 1)
    tryTake(100)
    expect(tryTake(50)).toBe(false)
    expect(slots.lacksBytes()).toBe(false)
  })
})
