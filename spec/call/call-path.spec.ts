import { callPath } from '../../lib/call/call-path.js'
import { createStopSwitch } from '../../lib/call/stop-switch.js'
import type { Outcome } from '../../lib/row/outcome.js'
import { fakeClock, settle } from '../support/fake-clock.js'
import { answer, fault, prompt, range } from '../support/rows.js'
import { clientKinds } from '../support/scripted-client.js'
import { limits, wayToModel } from './way-to-model.js'

const serverFailed = () => fault('SERVER_FAILED', 'attempt')
const refused = (ms?: number) => fault('RATE_LIMITED', 'attempt', ms)
const stopped = fault('RUN_STOPPED', 'run')

describe.each(clientKinds)('callPath to a client with `%s`', kind => {
  it('gives the answer and how many calls it took', async () => {
    const { ask, end, outcomes, path, clock } = wayToModel({}, kind)
    await ask(1)
    await end(answer('yes'))

    expect(outcomes).toMatchObject([{ kind: 'answered', answer: { text: 'yes' }, attempts: 1 }])
    expect(path.callsInFlight()).toBe(0)
    expect(clock.sleepers()).toBe(0)
  })

  it('says what the answer cost: as the gateway states, else by the price', async () => {
    const price = { costUsd: ({ inputTokens = 0 }) => inputTokens / 1000 }
    const { ask, end, outcomes } = wayToModel({ price }, kind)
    await ask(3)
    await end(answer('priced', { usage: { inputTokens: 5 } }))
    await end(answer('stated', { usage: { inputTokens: 5 }, statedCostUsd: 0 }))
    await end(answer('', { usage: { inputTokens: 7 } }))

    expect(outcomes).toMatchObject([
      { kind: 'answered', costUsd: 0.005 },
      { kind: 'answered', costUsd: 0 },
      { kind: 'failed', costUsd: 0.007 },
    ])
  })

  it('gives no cost where none is known, and where no attempt was answered', async () => {
    const price = { costUsd: () => undefined }
    const { ask, end, outcomes } = wayToModel({ price, retries: 0 }, kind)
    await ask(2)
    await end(answer('unpriced'))
    await end(serverFailed())

    expect(outcomes).toMatchObject([{ kind: 'answered' }, { kind: 'failed' }])
    for (const outcome of outcomes) expect(outcome).not.toHaveProperty('costUsd', expect.anything())
  })

  it('tries again after a failed attempt', async () => {
    const { ask, end, outcomes, clock } = wayToModel({}, kind)
    clock.chance = 0.5
    await ask(1)
    await end(serverFailed())
    await clock.advance(499)
    expect(outcomes).toEqual([])
    await clock.advance(1)
    await end()

    expect(outcomes).toMatchObject([{ kind: 'answered', attempts: 2 }])
  })

  it('waits at least as long as the server asked for', async () => {
    const { ask, end, begun, clock } = wayToModel({}, kind)
    await ask(1)
    await end(refused(5_000))

    await clock.advance(4_999)
    expect(begun).toEqual([0])
    await clock.advance(1)
    expect(begun).toEqual([0, 0])
  })

  it('fails the row when its attempts are used up, with the last error', async () => {
    const { ask, end, outcomes } = wayToModel({ retries: 2 }, kind)
    await ask(1)
    for (const _ of range(3)) await end(serverFailed())

    expect(outcomes).toMatchObject([
      { kind: 'failed', attempts: 3, error: { code: 'SERVER_FAILED' } },
    ])
  })

  it('does not try again what cannot succeed', async () => {
    const { ask, end, begun, outcomes } = wayToModel({}, kind)
    await ask(1)
    await end(fault('REQUEST_REJECTED', 'row'))

    expect(outcomes).toMatchObject([{ kind: 'failed', error: { code: 'REQUEST_REJECTED' } }])
    expect(begun).toEqual([0])
  })

  it('keeps a partial answer with the failure', async () => {
    const { ask, end, outcomes } = wayToModel({}, kind)
    const cut = answer('part', { finishReason: 'length' })
    await ask(1)
    await end(cut)

    expect(outcomes).toMatchObject([
      { kind: 'failed', error: { code: 'ANSWER_TRUNCATED' }, answer: cut },
    ])
  })

  it('gives an attempt up when its time is over, breaks its call off, and tries again', async () => {
    const { ask, end, brokenOff, outcomes, clock } = wayToModel({ timeoutMs: 1_000 }, kind)
    await ask(1)
    await clock.advance(1_000)
    await end()

    expect(brokenOff).toMatchObject([
      { code: 'CALL_TIMED_OUT', reach: 'attempt', message: 'No answer within 1 s' },
    ])
    expect(outcomes).toMatchObject([{ kind: 'answered', attempts: 2 }])
  })

  it('passes on whatever is no error of ours', async () => {
    const { ask, end, broken, outcomes } = wayToModel({}, kind)
    const bug = new TypeError('a bug')
    await ask(1)
    await end(bug)

    expect(broken).toEqual([bug])
    expect(outcomes).toEqual([])
  })

  it('lets calls in flight finish after a stop, and begins no other', async () => {
    const { ask, end, begun, stop, outcomes } = wayToModel({ concurrency: 2 }, kind)
    await ask(5)
    stop.request(stopped)
    await end()
    await end(serverFailed())

    expect(outcomes.map(({ kind }) => kind)).toEqual(['answered', 'skipped'])
    expect(begun).toEqual([0, 1])
  })

  it('breaks calls off, and tells nobody anything more', async () => {
    const { ask, end, path, brokenOff, open, outcomes, clock } = wayToModel({}, kind)
    await ask(3)
    await end(refused(9_000))
    const reason = new Error('now')

    path.breakOff(reason)
    await clock.advance(60_000)

    expect(brokenOff).toEqual([reason, reason])
    expect(open).toEqual([])
    expect(outcomes).toEqual([])
    expect(path.callsInFlight()).toBe(0)
    expect(clock.sleepers()).toBe(0)
  })
})

describe('callPath', () => {
  it('keeps the slot of a call until its outcome is released, once', async () => {
    const { ask, end, begun, release, outcomes, path } = wayToModel({ concurrency: 2 })
    await ask(4)
    await end()
    expect(begun).toEqual([0, 1])

    release()
    release()

    expect(begun).toEqual([0, 1, 2])
    path.release([{ ...(outcomes[0] as any) }])
    expect(begun).toEqual([0, 1, 2])
  })

  it('gives the slot of a row that waits for its next attempt to others, and lets it go before new ones', async () => {
    const { ask, end, begun, clock, release } = wayToModel({ concurrency: 1 })
    await ask(3)
    await end(serverFailed())
    expect(begun).toEqual([0, 1])

    await clock.advance(1_000)
    await end()
    release()
    await settle()

    expect(begun).toEqual([0, 1, 0])
  })

  it('counts the time of a row from its first call, not from when it began to wait for its turn', async () => {
    const { ask, end, clock, outcomes } = wayToModel({ rateLimit: 1, deadlineMs: 50_000 })
    clock.chance = 0.5
    await ask(2)
    await end()
    await clock.advance(60_000)
    await end(serverFailed())
    await clock.advance(60_000)
    await end()

    expect(outcomes).toMatchObject([{ attempts: 1 }, { kind: 'answered', attempts: 2 }])
  })

  it('says Rate limit exceeded at once when the wait would pass the deadline of the row', async () => {
    const { ask, end, outcomes } = wayToModel({ deadlineMs: 60_000 })
    await ask(1)
    await end(refused(3_600_000))

    expect(outcomes).toMatchObject([
      { kind: 'failed', error: { code: 'RATE_LIMITED', reach: 'row' } },
    ])
  })

  it('spaces calls by the rate limit, every attempt counted', async () => {
    const { ask, end, clock, startsMs } = wayToModel({ rateLimit: 60 })
    await ask(3)
    await end(serverFailed())
    await clock.advance(5_000)

    expect(startsMs).toEqual([0, 1_000, 2_000, 3_000])
  })

  it('begins no call before the end of a pause that the server asks for, whatever place a row had', async () => {
    const { ask, end, clock, startsMs } = wayToModel({ rateLimit: 60, concurrency: 4, retries: 9 })
    await ask(8)
    await clock.advance(2_000)
    for (const _ of range(3)) await end(refused(20_000))
    expect(startsMs).toEqual([0, 1_000, 2_000])

    await clock.advance(19_999)
    expect(startsMs).toHaveLength(3)
    await clock.advance(10_000)

    const later = startsMs.slice(3)
    expect(later[0]).toBe(22_000)
    for (const [index, startMs] of later.slice(1).entries()) {
      expect(startMs - (later[index] as number)).toBeGreaterThanOrEqual(1_000)
    }
  })

  it('gives slots of rows that wait for their place back when a stop comes, and skips the rows', async () => {
    const { ask, end, begun, clock, stop, outcomes, path } = wayToModel({ rateLimit: 1 })
    await ask(3)
    stop.request(stopped)
    await settle()

    expect(outcomes).toMatchObject([
      { kind: 'skipped', row: { index: 1 } },
      { kind: 'skipped', row: { index: 2 } },
    ])
    expect(path.callsInFlight()).toBe(1)
    await end()
    await clock.advance(300_000)
    expect(begun).toEqual([0])
    expect(outcomes).toHaveLength(3)
  })

  it('skips rows that wait for their next attempt, and those whose wait is over, when a stop comes', async () => {
    const { ask, end, clock, stop, outcomes, begun } = wayToModel({ concurrency: 1 })
    await ask(3)
    await end(refused(60_000))
    await end(refused(1_000))
    await clock.advance(1_000)
    expect(begun).toEqual([0, 1, 2])

    stop.request(stopped)
    await settle()

    expect(outcomes.map(({ row }) => row.index)).toEqual([1, 0])
    expect(outcomes.every(({ kind }) => kind === 'skipped')).toBe(true)
  })

  it('calls nothing when a stop comes in the moment in which a wait ends', async () => {
    const waking: (() => void)[] = []
    const sleep = () => new Promise<void>(resolve => waking.push(resolve))
    const { ask, end, stop, outcomes, begun } = wayToModel({ clock: { ...fakeClock(), sleep } })
    await ask(1)
    await end(refused(1_000))

    for (const wake of waking) wake()
    stop.request(stopped)
    await settle()

    expect(begun).toEqual([0])
    expect(outcomes).toMatchObject([{ kind: 'skipped' }])
  })

  it('calls nothing when a stop comes in the moment in which a place in the pace comes', async () => {
    const waking: (() => void)[] = []
    const sleep = () => new Promise<void>(resolve => waking.push(resolve))
    const { ask, stop, outcomes, begun } = wayToModel({
      clock: { ...fakeClock(), sleep },
      rateLimit: 60,
    })
    await ask(2)

    for (const wake of waking) wake()
    stop.request(stopped)
    await settle()

    expect(begun).toEqual([0])
    expect(outcomes).toMatchObject([{ kind: 'skipped', row: { index: 1 } }])
  })

  it('calls nothing from a listener of the stop itself', async () => {
    const { ask, begun, stop, release, end, clock } = wayToModel({ concurrency: 1 })
    await ask(1)
    await end(refused(1_000))
    await ask(1)
    await clock.advance(1_000)
    await end()
    stop.signal.addEventListener('abort', release)

    stop.request(stopped)

    expect(begun).toEqual([0, 1])
  })

  it('tells the outcome before it begins another call, so that who hears it may stop the run', async () => {
    const { ask, end, begun, stop, path, open, queue, release } = wayToModel({
      concurrency: 2,
      retries: 0,
    })
    for (const given of [refused(), answer(), answer()]) {
      await ask(1)
      await end(given)
      release()
    }
    path.tryBegin(prompt(9), { ended: () => stop.request(stopped), broken: () => {} })
    await ask(1)
    expect(queue).toEqual([3])

    open[0]?.answer()
    await settle()

    expect(begun).toEqual([0, 1, 2, 9])
  })

  it('takes what a client throws at once for the end of that call, and tells it later', async () => {
    const clock = fakeClock()
    const error = fault('REQUEST_REJECTED', 'row')
    const outcomes: Outcome[] = []
    const path = callPath(
      {
        ask: () => {
          throw error
        },
      },
      { ...limits, clock, stop: createStopSwitch() },
    )

    path.tryBegin(prompt(0), { ended: outcome => outcomes.push(outcome), broken: () => {} })
    expect(outcomes).toEqual([])
    await settle()

    expect(outcomes).toMatchObject([{ kind: 'failed', error, attempts: 1 }])
  })
})
