import { callPath } from '../../lib/batch/call-path.js'
import type { Answer } from '../../lib/row/answer.js'
import { fakeClock, settle } from '../support/fake-clock.js'
import { answer, fault, prompt, range } from '../support/rows.js'

/** A way to a model whose calls end when the spec says so. */
function way(options: { concurrency?: number; rateLimit?: number } = {}) {
  const clock = fakeClock()
  clock.chance = 0
  const inFlight: PromiseWithResolvers[] = []
  const path = callPath(
    () =>
      new Promise<Answer>((resolve, reject) => {
        inFlight.push({ resolve, reject })
      }),
    {
      concurrency: 3,
      retries: 5,
      timeoutMs: 600_000,
      deadlineMs: 3_600_000,
      acceptTruncated: false,
      clock,
      ...options,
    },
  )
  const signals = { aborted: new AbortController().signal, stopping: new AbortController().signal }
  async function ask(count: number): Promise<void> {
    for (const index of range(count)) path.settle(prompt(index), signals, () => {}).catch(() => {})
    await settle()
  }
  async function end(result: Answer | Error): Promise<void> {
    const call = inFlight.shift()
    if (result instanceof Error) call?.reject(result)
    else call?.resolve(result)
    await settle()
  }
  return { clock, path, ask, end }
}

interface PromiseWithResolvers {
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: Error) => void
}

const refused = (seconds: number) => fault('RATE_LIMITED', 'attempt', seconds * 1000)

describe('callPath', () => {
  it('is held by nothing while there is room', async () => {
    const { path, ask } = way()
    await ask(2)

    expect(path.holdUp()).toBeUndefined()
    expect(path.attemptWait()).toBeUndefined()
    expect(path.leastLeftMs()).toBe(0)
  })

  it('is held by the concurrency when every slot is taken', async () => {
    const { path, ask } = way()
    await ask(5)

    expect(path.holdUp()).toEqual({ kind: 'concurrency' })
    expect(path.rowsHeld()).toBe(5)
  })

  it('is held by the rate limit between two calls, however far apart they are', async () => {
    const { path, ask } = way({ rateLimit: 3 })
    await ask(3)

    expect(path.holdUp()).toEqual({ kind: 'rate-limit' })
  })

  it('is held by the server when it takes fewer at once', async () => {
    const { path, ask, end } = way()
    await ask(4)
    await end(refused(60))

    expect(path.holdUp()).toEqual({ kind: 'server', limit: 2 })
  })

  it('says how long everybody waits when the server only refuses', async () => {
    const { clock, path, ask, end } = way()
    await ask(4)
    for (const _ of range(3)) await end(refused(20))

    expect(path.holdUp()).toEqual({ kind: 'wait', ms: 20_000 })
    await clock.advance(16_000)
    expect(path.holdUp()).toEqual({ kind: 'server' })
  })

  it('is held by nothing of its own while rows wait for their next attempts: others may go on', async () => {
    const { clock, path, ask, end } = way()
    await ask(2)
    await end(refused(60))
    await clock.advance(2_000)
    await end(refused(30))

    expect(path.holdUp()).toBeUndefined()
    expect(path.attemptWait()).toEqual({ kind: 'wait', ms: 30_000 })
    expect(path.leastLeftMs()).toBe(58_000)
    expect(path.rowsHeld()).toBe(2)
  })

  it('waits for the next attempts even where the rate limit’s next place comes sooner', async () => {
    const { path, ask, end } = way({ rateLimit: 60 })
    await ask(1)
    await end(refused(20))

    expect(path.holdUp()).toBeUndefined()
    expect(path.attemptWait()).toEqual({ kind: 'wait', ms: 20_000 })
  })

  it('forgets a wait when it is over', async () => {
    const { clock, path, ask, end } = way()
    await ask(1)
    await end(refused(20))
    await clock.advance(20_000)

    expect(path.attemptWait()).toBeUndefined()
    expect(path.callsInFlight()).toBe(1)
    await end(answer())
    expect(path.rowsHeld()).toBe(0)
    expect(path.leastLeftMs()).toBe(0)
  })
})
