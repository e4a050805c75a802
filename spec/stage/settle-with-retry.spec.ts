import type { Answer } from '../../lib/row/answer.js'
import type { Outcome } from '../../lib/row/outcome.js'
import { createGate } from '../../lib/stage/gate.js'
import { settleWithRetry } from '../../lib/stage/settle-with-retry.js'
import { fakeClock, settle as settled } from '../support/fake-clock.js'
import { answer, fault, prompt } from '../support/rows.js'

type Step = Answer | Error

/** A model that gives the steps one after the other. */
function scripted(steps: Step[], changes: Partial<Parameters<typeof settleWithRetry>[1]> = {}) {
  const clock = fakeClock()
  const stop = new AbortController()
  const abort = new AbortController()
  const stopping = AbortSignal.any([stop.signal, abort.signal])
  let calls = 0
  const gate = createGate({ highest: 1, limit: () => 1 })
  const outcomes: Outcome[] = []
  const onOutcome = (outcome: Outcome) => {
    expect(gate.inFlight()).toBe(outcome.kind === 'skipped' ? 0 : 1)
    outcomes.push(outcome)
  }
  const settle = settleWithRetry(
    async () => {
      calls += 1
      const step = steps.shift()
      if (step === undefined || step instanceof Error) throw step
      return step
    },
    { maxAttempts: 3, deadlineMs: 60_000, clock, gate, acceptTruncated: false, ...changes },
  )
  const run = () => settle(prompt(0), { aborted: abort.signal, stopping }, onOutcome)
  return { clock, stop, abort, run, outcomes, gate, calls: () => calls }
}

describe('settleWithRetry', () => {
  it('gives the answer and how many calls it took', async () => {
    const { run, outcomes } = scripted([answer('yes')])

    expect(await run()).toMatchObject({ kind: 'answered', answer: { text: 'yes' }, attempts: 1 })
    expect(outcomes).toHaveLength(1)
  })

  it('tries again after a failed attempt', async () => {
    const { run, clock } = scripted([fault('SERVER_FAILED', 'attempt'), answer('yes')])
    const outcome = run()

    await clock.advance(1_000)

    expect(await outcome).toMatchObject({ kind: 'answered', attempts: 2 })
  })

  it('waits at least as long as the server asked for', async () => {
    const { run, clock, calls } = scripted([fault('RATE_LIMITED', 'attempt', 5_000), answer()])
    const outcome = run()

    await clock.advance(4_999)
    expect(calls()).toBe(1)
    await clock.advance(1_000)
    expect(await outcome).toMatchObject({ kind: 'answered', attempts: 2 })
  })

  it('says when the next attempt is due, and when the wait for it is over', async () => {
    const waits: string[] = []
    const onWait = (dueMs: number) => {
      waits.push(`until ${dueMs}`)
      return () => waits.push('over')
    }
    const first = scripted([fault('RATE_LIMITED', 'attempt', 5_000), answer()], { onWait })
    first.clock.chance = 0
    const outcome = first.run()
    await first.clock.advance(5_000)
    await outcome
    const second = scripted([fault('RATE_LIMITED', 'attempt', 9_000)], { onWait })
    second.clock.chance = 0
    const stopped = second.run()
    await second.clock.advance(1_000)

    second.stop.abort(new Error('stop'))
    await stopped

    expect(waits).toEqual(['until 5000', 'over', 'until 9000', 'over'])
  })

  it('fails the row when its attempts are used up, with the last error', async () => {
    const steps = [1, 2, 3].map(() => fault('SERVER_FAILED', 'attempt'))
    const { run, clock } = scripted(steps)
    const outcome = run()

    await clock.advance(10_000)

    expect(await outcome).toMatchObject({
      kind: 'failed',
      attempts: 3,
      error: { code: 'SERVER_FAILED' },
    })
  })

  it('does not try again what cannot succeed', async () => {
    const { run, calls } = scripted([fault('REQUEST_REJECTED', 'row'), answer()])

    expect(await run()).toMatchObject({ kind: 'failed', error: { code: 'REQUEST_REJECTED' } })
    expect(calls()).toBe(1)
  })

  it('says Rate limit exceeded at once when the wait would pass the deadline of the row', async () => {
    const { run } = scripted([fault('RATE_LIMITED', 'attempt', 3_600_000)])

    const outcome = await run()

    expect(outcome).toMatchObject({ kind: 'failed', error: { code: 'RATE_LIMITED', reach: 'row' } })
    expect((outcome as any).error.message).toMatch(/^Rate limit exceeded: .* in 360\d s/)
  })

  it('counts the time of a row from its first call, not from when it began to wait for its turn', async () => {
    const { run, clock, gate } = scripted([fault('SERVER_FAILED', 'attempt'), answer()])
    let release = () => {}
    const signal = new AbortController().signal
    void gate.pass(
      { aborted: signal, stopping: signal },
      () =>
        new Promise<void>(resolve => {
          release = resolve
        }),
    )
    const outcome = run()
    await clock.advance(59_900)

    release()
    await clock.advance(2_000)

    expect(await outcome).toMatchObject({ kind: 'answered', attempts: 2 })
  })

  it.each([
    ['cut by its length', { finishReason: 'length' }, 'ANSWER_TRUNCATED'],
    ['empty', { text: ' \n' }, 'ANSWER_EMPTY'],
    ['refused by a filter', { finishReason: 'content-filter' }, 'ANSWER_FILTERED'],
    ['broken off by the server', { finishReason: 'error' }, 'SERVER_FAILED'],
  ] as const)(
    'fails the row when the answer is %s, and keeps what came',
    async (_, changes, code) => {
      const cut = answer('part', changes)
      const { run } = scripted([cut])

      expect(await run()).toMatchObject({ kind: 'failed', error: { code }, answer: cut })
    },
  )

  it('takes a cut answer when told to, but not an empty one', async () => {
    const options = { acceptTruncated: true }
    const cut = scripted([answer('part', { finishReason: 'length' })], options)
    const empty = scripted([answer('', { finishReason: 'length' })], options)

    expect(await cut.run()).toMatchObject({ kind: 'answered' })
    expect(await empty.run()).toMatchObject({ kind: 'failed', error: { code: 'ANSWER_TRUNCATED' } })
  })

  it('skips the row when a stop comes before its first call, or while it waits for the next', async () => {
    const before = scripted([answer()])
    before.stop.abort(new Error('stop'))
    expect(await before.run()).toMatchObject({ kind: 'skipped' })
    expect(before.calls()).toBe(0)

    const between = scripted([fault('SERVER_FAILED', 'attempt'), answer()])
    const outcome = between.run()
    await settled()
    between.stop.abort(new Error('stop'))
    expect(await outcome).toMatchObject({ kind: 'skipped' })
    expect(between.calls()).toBe(1)
  })

  it('passes an abort on, and whatever is no error of ours', async () => {
    const aborted = scripted([fault('SERVER_FAILED', 'attempt')])
    const outcome = aborted.run()
    await settled()
    const reason = new Error('now')
    aborted.abort.abort(reason)
    await expect(outcome).rejects.toBe(reason)

    const bug = scripted([new TypeError('a bug')])
    await expect(bug.run()).rejects.toThrow(TypeError)
  })
})
