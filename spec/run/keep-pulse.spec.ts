import { BatchError } from '../../lib/error/batch-error.js'
import type { ErrorCode } from '../../lib/error/error-code.js'
import type { StopRequest } from '../../lib/port/batch-store.js'
import { keepPulse } from '../../lib/run/keep-pulse.js'
import { fakeClock } from '../support/fake-clock.js'

function pulsing() {
  const clock = fakeClock()
  const seen: string[] = []
  const state: { request: StopRequest | undefined; pulses: number; error?: BatchError } = {
    request: undefined,
    pulses: 0,
  }
  const end = keepPulse({
    async pulse() {
      state.pulses += 1
      if (state.error !== undefined) throw state.error
      return state.request
    },
    clock,
    stop: reason => seen.push(`stop ${reason.code}`),
    abort: reason => seen.push(`abort ${reason.code}`),
  })
  return { clock, seen, state, end }
}

describe('keepPulse', () => {
  it('says how far the run is at least once a second, until it is ended', async () => {
    const { clock, state, end } = pulsing()
    await clock.advance(3_000)
    expect(state.pulses).toBeGreaterThanOrEqual(3)

    end()
    const { pulses } = state
    await clock.advance(3_000)
    expect(state.pulses).toBe(pulses)
  })

  it('stops the run within a second when it is cancelled, and ends it when the grace is over', async () => {
    const { clock, seen, state } = pulsing()
    state.request = { kind: 'finish', graceMs: 30_000 }

    await clock.advance(1_000)
    expect(seen).toEqual(['stop RUN_CANCELLED'])
    await clock.advance(28_000)
    expect(seen).toHaveLength(1)
    await clock.advance(2_000)
    expect(seen).toEqual(['stop RUN_CANCELLED', 'abort RUN_CANCELLED'])
  })

  it('ends the run at once when it is cancelled again', async () => {
    const { clock, seen, state } = pulsing()
    state.request = { kind: 'finish', graceMs: 30_000 }
    await clock.advance(1_000)
    state.request = { kind: 'abort' }
    await clock.advance(500)

    expect(seen).toEqual(['stop RUN_CANCELLED', 'abort RUN_CANCELLED'])
  })

  it.each<[ErrorCode, string[]]>([
    ['BATCH_LOST', ['abort BATCH_LOST']],
    ['DATABASE_LOST', ['stop DATABASE_LOST']],
    ['DATABASE_UNUSABLE', []],
  ])('ends the run when it hears what nobody else would: %s', async (code, heard) => {
    const { clock, seen, state } = pulsing()
    state.error = new BatchError('so it is', { code, reach: 'run' })

    await clock.advance(600)

    expect(seen).toEqual(heard)
  })

  it('keeps no timer after the end', async () => {
    const { clock, end } = pulsing()
    end()
    await clock.advance(0)

    expect(clock.sleepers()).toBe(0)
  })

  it('goes on after a pulse that failed', async () => {
    const clock = fakeClock()
    let pulses = 0
    const end = keepPulse({
      async pulse() {
        pulses += 1
        throw new Error('locked')
      },
      clock,
      stop: () => {},
      abort: () => {},
    })
    await clock.advance(3_000)
    end()

    expect(pulses).toBeGreaterThan(2)
  })
})
