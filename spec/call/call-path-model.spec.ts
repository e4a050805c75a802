import fc from 'fast-check'
import { callPath } from '../../lib/call/call-path.js'
import { createStopSwitch } from '../../lib/call/stop-switch.js'
import type { Outcome } from '../../lib/row/outcome.js'
import { createAdaptiveLimit } from '../../lib/throttle/adaptive-limit.js'
import { fakeClock, settle } from '../support/fake-clock.js'
import { answer, fault, prompt } from '../support/rows.js'
import { scale } from '../support/scale.js'
import { type ClientKind, clientKinds, scriptedClient } from '../support/scripted-client.js'

type Step =
  | { readonly kind: 'ask' | 'release' | 'stop' | 'break' }
  | { readonly kind: 'answer'; readonly call: number }
  | {
      readonly kind: 'refuse' | 'fail-row' | 'fail-run'
      readonly call: number
      readonly retryAfterMs: number | undefined
    }
  | { readonly kind: 'wait'; readonly ms: number }

const call = fc.nat(20)
const retryAfterMs = fc.option(fc.integer({ min: 1, max: 40_000 }), { nil: undefined })
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('ask' as const) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('answer' as const), call }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('refuse' as const), call, retryAfterMs }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom('fail-row' as const, 'fail-run' as const),
      call,
      retryAfterMs,
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('release' as const) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('wait' as const),
      ms: fc.integer({ min: 0, max: 30_000 }),
    }),
  },
)
const end = fc.constantFrom<Step['kind'][]>([], [], ['stop'], ['break'], ['stop', 'break'])
const options = fc.record({
  concurrency: fc.integer({ min: 1, max: 6 }),
  retries: fc.integer({ min: 0, max: 3 }),
  rateLimit: fc.option(fc.constantFrom(20, 600), { nil: undefined }),
  chance: fc.constantFrom(0, 0.3, 0.9),
})
const timeoutMs = 20_000

interface Given {
  readonly concurrency: number
  readonly retries: number
  readonly rateLimit: number | undefined
  readonly chance: number
}

/** The path, and beside it what may be true of it, kept in the plainest way. */
function modelled(kind: ClientKind, given: Given) {
  const clock = fakeClock()
  clock.chance = given.chance
  const stop = createStopSwitch()
  const limit = createAdaptiveLimit({
    highest: given.concurrency,
    // The call that ends is still open here.
    inFlight: () => model.open.length - 1,
  })
  const rows = new Map<number, Outcome[]>()
  const calls = new Map<number, number>()
  const startedMs = new Map<object, number>()
  const queue: number[] = []
  let unreleased: Outcome[] = []
  let lastStartMs = Number.NEGATIVE_INFINITY
  let pauseEndMs = 0
  let isBroken = false
  const model = scriptedClient(kind, begun => {
    const nowMs = clock.monotonicMs()
    expect(stop.signal.aborted || isBroken).toBe(false)
    // A row that waits for its place has its slot, and keeps it when the limit falls.
    const isPaced = given.rateLimit !== undefined || pauseEndMs > 0
    const most = isPaced ? given.concurrency : limit.limit()
    expect(model.open.length + unreleased.length).toBeLessThanOrEqual(most)
    if (given.rateLimit !== undefined) {
      expect(nowMs - lastStartMs).toBeGreaterThan(60_000 / given.rateLimit - 1)
    }
    expect(nowMs).toBeGreaterThanOrEqual(pauseEndMs - 1)
    lastStartMs = nowMs
    startedMs.set(begun, nowMs)
    const { index } = begun.prompt.row
    calls.set(index, (calls.get(index) ?? 0) + 1)
  })
  const path = callPath(model.client, {
    ...given,
    timeoutMs,
    deadlineMs: 200_000,
    acceptTruncated: false,
    clock,
    stop,
  })
  path.onFree(serve)
  return { clock, act, drain, path, rows, calls, queue, model, limit }

  function serve(): void {
    while (queue.length > 0) {
      const index = queue[0] as number
      const ended: Outcome[] = []
      const hear = (outcome: Outcome): void => {
        expect(isBroken).toBe(false)
        ended.push(outcome)
        if (outcome.kind !== 'skipped') unreleased.push(outcome)
      }
      if (!path.tryBegin(prompt(index), { ended: hear, broken: fail })) return
      rows.set(index, ended)
      queue.shift()
    }
  }

  function fail(error: unknown): void {
    throw error
  }

  async function act(one: Step): Promise<void> {
    switch (one.kind) {
      case 'ask':
        queue.push(rows.size + queue.length)
        serve()
        break
      case 'release':
        release()
        break
      case 'wait':
        await clock.advance(one.ms)
        break
      case 'stop':
        stop.request(fault('RUN_STOPPED', 'run'))
        break
      case 'break':
        isBroken = true
        path.breakOff(new Error('now'))
        break
      default:
        await endCall(one)
    }
    await settle()
  }

  function release(): void {
    const safe = unreleased
    unreleased = []
    path.release(safe)
  }

  async function endCall(one: Extract<Step, { call: number }>): Promise<void> {
    const ending = model.open[one.call % model.open.length]
    if (ending === undefined) return
    if (one.kind === 'answer') {
      limit.onSuccess(startedMs.get(ending) as number, clock.monotonicMs())
      ending.answer(answer())
    } else if (one.kind === 'refuse') {
      const reason = one.retryAfterMs === undefined ? 'too-many' : 'too-fast'
      limit.onRefusal(startedMs.get(ending) as number, clock.monotonicMs(), reason)
      const isEverybody = limit.refusalsInRow() >= Math.max(3, limit.limit())
      if (isEverybody) {
        pauseEndMs = Math.max(pauseEndMs, clock.monotonicMs() + (one.retryAfterMs ?? 0))
      }
      ending.fail(fault('RATE_LIMITED', 'attempt', one.retryAfterMs))
    } else {
      const reach = one.kind === 'fail-row' ? 'row' : 'run'
      if (reach === 'row') limit.onTaken()
      ending.fail(fault('REQUEST_REJECTED', reach))
    }
    await settle()
  }

  /** Lets everything end that can. */
  async function drain(): Promise<void> {
    for (let turn = 0; turn < 60; turn += 1) {
      while (model.open.length > 0) await endCall({ kind: 'answer', call: 0 })
      release()
      await clock.advance(5_000)
    }
  }
}

describe.each(clientKinds)('callPath to a client with `%s`, in any sequence of events', kind => {
  it('keeps its limits, and every row that it begins ends once', async () => {
    await fc.assert(
      fc.asyncProperty(
        options,
        fc.array(step, { maxLength: 60 }),
        end,
        async (given, steps, ends) => {
          const { clock, act, drain, path, rows, calls, queue, model, limit } = modelled(
            kind,
            given,
          )
          for (const one of steps) await act(one)
          for (const last of ends) await act({ kind: last } as Step)
          await drain()

          expect(clock.sleepers()).toBe(0)
          expect(path.callsInFlight()).toBe(0)
          for (const [index, ended] of rows) {
            if (ends.includes('break') && ended.length === 0) continue
            expect(ended).toHaveLength(1)
            const [outcome] = ended
            if (outcome?.kind === 'skipped') expect(ends).not.toEqual([])
            else expect(outcome?.attempts).toBe(calls.get(index))
            expect(calls.get(index) ?? 0).toBeLessThanOrEqual(given.retries + 1)
          }
          if (ends.length > 0) {
            expect(path.tryBegin(prompt(0), { ended: () => {}, broken: () => {} })).toBe(false)
            return
          }
          expect(queue).toEqual([])
          let free = 0
          while (path.tryBegin(prompt(free), { ended: () => {}, broken: () => {} })) free += 1
          expect(free).toBe(limit.limit())
          expect(model.open.length).toBeLessThanOrEqual(free)
        },
      ),
      { numRuns: 50 * scale },
    )
  })
})
