import { leaseWatch } from '../../../lib/store/batches/lease-watch.js'
import { storeClock } from '../store-clock.js'

function watched() {
  const clock = storeClock()
  const state: { checks: number; error?: Error } = { checks: 0 }
  let aheadMs = 0
  const sleepy = { ...clock, nowMs: () => clock.nowMs() + aheadMs }
  const watch = leaseWatch({
    async check() {
      state.checks += 1
      if (state.error !== undefined) throw state.error
    },
    clock: sleepy,
  })
  /** The machine sleeps: one clock stands still. */
  const sleep = (ms: number): void => {
    aheadMs += ms
  }
  return { clock, watch, state, sleep }
}

describe('leaseWatch', () => {
  it('has no doubt while time passes as it should', async () => {
    const { clock, watch, state } = watched()

    await clock.advance(3_600_000)

    expect(watch.confirm()).toBeUndefined()
    expect(state.checks).toBe(0)
    watch.end()
  })

  it('looks once after its machine slept', async () => {
    const { clock, watch, state, sleep } = watched()
    sleep(60_000)
    await clock.advance(500)

    await watch.confirm()

    expect(watch.confirm()).toBeUndefined()
    expect(state.checks).toBe(1)
    watch.end()
  })

  it('looks before the first tick after its process was stopped', async () => {
    const { watch, state, sleep } = watched()
    sleep(60_000)

    await watch.confirm()

    expect(state.checks).toBe(1)
    watch.end()
  })

  it('never takes a lease for its own again once it was lost, or could not be looked at', async () => {
    const { watch, state } = watched()
    state.error = new Error('lost')
    watch.doubt()

    await expect(watch.confirm()).rejects.toThrow('lost')
    await expect(watch.confirm()).rejects.toThrow('lost')

    expect(state.checks).toBe(1)
    watch.end()
  })

  it('keeps no timer after its end', async () => {
    const { clock, watch } = watched()

    watch.end()
    await clock.advance(0)

    expect(clock.sleepers()).toBe(0)
  })
})
