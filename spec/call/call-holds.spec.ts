import { answer, fault, range } from '../support/rows.js'
import { wayToModel } from './way-to-model.js'

const refused = (seconds: number) => fault('RATE_LIMITED', 'attempt', seconds * 1000)

describe('callHolds', () => {
  it('is held by nothing while there is room', async () => {
    const { path, ask } = wayToModel()
    await ask(2)

    expect(path.bottleneck()).toBeUndefined()
    expect(path.attemptWait()).toBeUndefined()
    expect(path.leastLeftMs()).toBe(0)
  })

  it('says the last error and the next attempt while a row waits for one', async () => {
    const { path, ask, end } = wayToModel()
    await ask(2)
    expect(path.retrying()).toBeUndefined()

    await end(fault('SERVER_FAILED', 'attempt', 9_000))

    const { error, ms } = path.retrying() ?? {}
    expect(error).toBe('a fault of kind SERVER_FAILED')
    expect(ms).toBeGreaterThanOrEqual(9_000)
  })

  it('is held by the concurrency when every slot is taken', async () => {
    const { path, ask } = wayToModel()
    await ask(5)

    expect(path.bottleneck()).toEqual({ kind: 'concurrency' })
  })

  it('is held by the rate limit between two calls, however far apart they are', async () => {
    const { path, ask } = wayToModel({ rateLimit: 3 })
    await ask(3)

    expect(path.bottleneck()).toEqual({ kind: 'limit', what: 'requests per minute', ms: 20_000 })
  })

  it('is held by the token limit', async () => {
    const { path, ask } = wayToModel({ tokenLimit: 510 })
    await ask(3)

    expect(path.bottleneck()).toMatchObject({ kind: 'limit', what: 'tokens per minute' })
  })

  it('names the provider whose limit holds the next call', async () => {
    const { path, ask, end, release } = wayToModel()
    const rateLimits = [
      {
        name: 'x',
        kind: 'input-tokens',
        windowMs: 60_000,
        limit: 60,
        remaining: 0,
        resetMs: 12_000,
      },
    ] as const
    await ask(3)
    await end(answer('yes', { rateLimits }))
    release()
    await ask(1)

    expect(path.bottleneck()).toEqual({
      kind: 'limit',
      what: 'input tokens per minute',
      provider: 'a scripted model',
      ms: 12_000,
    })
  })

  it('is held by the server when it takes fewer at once', async () => {
    const { path, ask, end } = wayToModel()
    await ask(4)
    await end(refused(60))

    expect(path.bottleneck()).toEqual({ kind: 'server', limit: 2 })
  })

  it('says how long everybody waits when the server only refuses', async () => {
    const { clock, path, ask, end } = wayToModel()
    await ask(5)
    for (const _ of range(3)) await end(refused(20))

    expect(path.bottleneck()).toEqual({ kind: 'wait', ms: 20_000 })
    await clock.advance(16_000)
    expect(path.bottleneck()).toEqual({ kind: 'wait', ms: 4_000 })
  })

  it('is held by nothing of its own while rows wait for their next attempts: others may go on', async () => {
    const { clock, path, ask, end } = wayToModel()
    await ask(2)
    await end(refused(60))
    await clock.advance(2_000)
    await end(refused(30))

    expect(path.bottleneck()).toBeUndefined()
    expect(path.attemptWait()).toEqual({ kind: 'wait', ms: 30_000 })
    expect(path.leastLeftMs()).toBe(58_000)
  })

  it('waits for the next attempts even where the rate limit’s next place comes sooner', async () => {
    const { path, ask, end } = wayToModel({ rateLimit: 60 })
    await ask(1)
    await end(refused(20))

    expect(path.bottleneck()).toBeUndefined()
    expect(path.attemptWait()).toEqual({ kind: 'wait', ms: 20_000 })
  })

  it('forgets a wait when it is over', async () => {
    const { clock, path, ask, end } = wayToModel()
    await ask(1)
    await end(refused(20))
    await clock.advance(20_000)

    expect(path.attemptWait()).toBeUndefined()
    expect(path.callsInFlight()).toBe(1)
    await end(answer())
    expect(path.leastLeftMs()).toBe(0)
  })
})
