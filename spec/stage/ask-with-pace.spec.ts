import { askWithPace } from '../../lib/stage/ask-with-pace.js'
import { createAdaptiveLimit } from '../../lib/throttle/adaptive-limit.js'
import { createPacer } from '../../lib/throttle/pacer.js'
import { fakeClock, settle } from '../support/fake-clock.js'
import { answer, fault, prompt, range } from '../support/rows.js'

function paced(options: { callsPerMinute?: number; highest?: number; fail?: Error }) {
  const clock = fakeClock()
  const startsMs: number[] = []
  const adaptiveLimit = createAdaptiveLimit({ highest: options.highest ?? 4 })
  const pacer = createPacer({ callsPerMinute: options.callsPerMinute })
  const stop = new AbortController()
  const state = { fail: options.fail }
  const ask = askWithPace(
    async () => {
      startsMs.push(clock.monotonicMs())
      if (state.fail !== undefined) throw state.fail
      return answer()
    },
    { pacer, adaptiveLimit, clock },
  )
  const signals = { aborted: new AbortController().signal, stopping: stop.signal }
  return { clock, startsMs, adaptiveLimit, stop, state, ask: () => ask(prompt(0), signals) }
}

describe('askWithPace', () => {
  it('spaces calls, every attempt counted', async () => {
    const { ask, clock, startsMs } = paced({ callsPerMinute: 60 })
    const asked = range(4).map(ask)

    await clock.advance(3_000)
    await Promise.all(asked)

    expect(startsMs).toEqual([0, 1_000, 2_000, 3_000])
  })

  it('lets others go on when the server asks one call to wait', async () => {
    const { ask, state, startsMs } = paced({ fail: fault('RATE_LIMITED', 'attempt', 60_000) })
    await expect(ask()).rejects.toMatchObject({ code: 'RATE_LIMITED' })
    state.fail = undefined as never

    await ask()

    expect(startsMs).toEqual([0, 0])
  })

  it('lets everybody wait when the server only refuses', async () => {
    const { ask, clock, startsMs } = paced({ fail: fault('RATE_LIMITED', 'attempt', 60_000) })
    for (const _ of range(3)) await ask().catch(() => {})

    const next = ask().catch(() => {})
    await clock.advance(59_000)
    expect(startsMs).toHaveLength(3)
    await clock.advance(1_000)
    await next

    expect(startsMs).toEqual([0, 0, 0, 60_000])
  })

  it('lowers the limit at a refusal, and not at a fault of the row', async () => {
    const refused = paced({ fail: fault('SERVER_OVERLOADED', 'attempt') })
    await refused.ask().catch(() => {})
    expect(refused.adaptiveLimit.limit()).toBe(2)

    const rejected = paced({ fail: fault('REQUEST_REJECTED', 'row') })
    await rejected.ask().catch(() => {})
    expect(rejected.adaptiveLimit.limit()).toBe(4)
  })

  it('calls nothing after a stop during its wait', async () => {
    const { ask, stop, startsMs } = paced({ callsPerMinute: 1 })
    await ask()
    const second = ask()
    await settle()
    const reason = new Error('stop')

    stop.abort(reason)

    await expect(second).rejects.toBe(reason)
    expect(startsMs).toHaveLength(1)
  })
})
