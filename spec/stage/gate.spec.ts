import { createGate } from '../../lib/stage/gate.js'
import { settle } from '../support/fake-clock.js'
import { answer, range } from '../support/rows.js'

function gated(highest: number, limit: () => number) {
  const gate = createGate({ highest, limit })
  const open: (() => void)[] = []
  const aborter = new AbortController()
  const signals = { aborted: aborter.signal, stopping: aborter.signal }
  const act = () => new Promise(resolve => open.push(() => resolve(answer())))
  return { gate, open, aborter, ask: (_index: number) => gate.pass(signals, act) }
}

describe('createGate', () => {
  it('lets no more calls through than it has slots', async () => {
    const { gate, open, ask } = gated(3, () => 3)
    const asked = range(5).map(ask)
    await settle()
    expect(gate.inFlight()).toBe(3)
    expect(gate.waiting()).toBe(2)

    open.shift()?.()
    await settle()
    expect(gate.inFlight()).toBe(3)

    for (let turn = 0; turn < 5; turn += 1) {
      open.shift()?.()
      await settle()
    }
    await Promise.all(asked)
    expect(gate.inFlight()).toBe(0)
  })

  it('keeps slots back when the limit falls, and gives them out when it rises', async () => {
    let limit = 4
    const { gate, open, ask } = gated(4, () => limit)
    for (const index of range(12)) void ask(index)
    await settle()

    limit = 2
    for (let turn = 0; turn < 2; turn += 1) open.shift()?.()
    await settle()
    expect(gate.inFlight()).toBe(2)

    limit = 4
    open.shift()?.()
    await settle()
    expect(gate.inFlight()).toBe(4)
  })

  it('gives the slot of a failed call back', async () => {
    const gate = createGate({ highest: 1, limit: () => 1 })
    const { signal } = new AbortController()

    for (const _ of range(3)) {
      const passed = gate.pass({ aborted: signal, stopping: signal }, () =>
        Promise.reject(new Error('refused')),
      )
      await expect(passed).rejects.toThrow('refused')
    }
    expect(gate.inFlight()).toBe(0)
  })

  it('calls nothing for those that still wait when the run is stopping', async () => {
    const { open, aborter, ask } = gated(1, () => 1)
    const first = ask(0)
    const second = ask(1)
    await settle()
    const reason = new Error('stopping')

    aborter.abort(reason)
    open.shift()?.()

    await expect(first).resolves.toBeDefined()
    await expect(second).rejects.toBe(reason)
    expect(open).toEqual([])
  })

  it('gives out slots that it kept back when told that the limit has risen', async () => {
    let limit = 2
    const { gate, open, ask } = gated(2, () => limit)
    for (const index of range(4)) void ask(index)
    await settle()
    limit = 0
    open.shift()?.()
    open.shift()?.()
    await settle()
    expect(gate.inFlight()).toBe(0)

    limit = 2
    gate.refresh()
    await settle()

    expect(gate.inFlight()).toBe(2)
  })
})
