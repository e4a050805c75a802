import fc from 'fast-check'
import { callPath } from '../../lib/call/call-path.js'
import { type SpendCapOptions, spendCap } from '../../lib/call/spend-cap.js'
import { createStopSwitch } from '../../lib/call/stop-switch.js'
import { BatchError, runError } from '../../lib/error/batch-error.js'
import type { Spend } from '../../lib/port/batch-store.js'
import type { Answer } from '../../lib/row/answer.js'
import type { Outcome } from '../../lib/row/outcome.js'
import { fakeClock, settle } from '../support/fake-clock.js'
import { answer, fault, prompt, range } from '../support/rows.js'
import { scale } from '../support/scale.js'
import { type OpenCall, scriptedClient } from '../support/scripted-client.js'

/** A dollar for each output token, and nothing for input. */
const price = { costUsd: ({ outputTokens = 0 }: Answer['usage']) => outputTokens }
const row = (index = 0) => ({ asked: prompt(index), reserved: 0 })
const costing = (outputTokens: number) => answer('yes', { usage: { inputTokens: 0, outputTokens } })

function makeCap(changes: Partial<SpendCapOptions> = {}) {
  const stop = createStopSwitch()
  const safe: Spend[] = []
  const cap = spendCap({ maxCostUsd: 10, worstCallUsd: () => 4, price, stop, ...changes })
  cap.secureWith(spend => safe.push(spend))
  return { cap, stop, safe }
}

describe('spendCap', () => {
  it('refuses a call without room, and stops the run only when no call is in flight', () => {
    const { cap, stop } = makeCap()
    const [first, second, third] = [row(0), row(1), row(2)]
    expect([first, second, third].map(cap.reserve)).toEqual([true, true, false])
    expect([cap.isBinding(), stop.signal.aborted]).toEqual([true, false])

    cap.answered(first, costing(4))
    cap.answered(second, costing(3))

    expect(cap.reserve(third)).toBe(false)
    expect(stop.reason()).toMatchObject({
      code: 'COST_CAP_REACHED',
      reach: 'run',
      message:
        'No room under --max-cost $10.00: $7.00 is spent, and the next call may cost up to $4.00',
    })
  })

  it('begins again once a call has cost less than it might', () => {
    const { cap } = makeCap()
    const first = row()
    expect([cap.reserve(first), cap.reserve(row()), cap.reserve(row())]).toEqual([
      true,
      true,
      false,
    ])

    cap.answered(first, costing(1))

    expect([cap.reserve(row()), cap.isBinding()]).toEqual([true, false])
  })

  it('keeps the room of a call that may be billed, and says so', () => {
    const { cap, stop } = makeCap()
    const [first, second] = [row(), row()]
    cap.reserve(first)
    cap.reserve(second)
    const timedOut = { code: 'CALL_TIMED_OUT', reach: 'attempt', mayBeBilled: true } as const

    cap.failed(first, new BatchError('No answer', timedOut))
    cap.failed(second, fault('RATE_LIMITED', 'attempt'))

    expect(cap.spend()).toEqual({ settledUsd: 0, unsettledUsd: 4, maxCostUsd: 10 })
    cap.reserve(second)
    cap.failed(second, new BatchError('No answer', timedOut))
    cap.reserve(row())
    expect(stop.reason()?.message).toBe(
      'No room under --max-cost $10.00: $0.00 is spent, calls without an answer may have cost up to $8.00, and the next call may cost up to $4.00',
    )
  })

  it('keeps the room of an answer without counts, which is billed all the same', () => {
    const { cap } = makeCap()
    const [first, second] = [row(), row()]
    cap.reserve(first)
    cap.answered(first, answer('yes', { usage: {} }))
    cap.reserve(second)
    cap.answered(second, answer('yes', { usage: { inputTokens: 3 } }))

    expect(cap.spend()).toMatchObject({ settledUsd: 0, unsettledUsd: 8 })
  })

  it('takes the cost that a gateway states, and from then on its prices', () => {
    const { cap } = makeCap({ maxCostUsd: 20 })
    const first = row()
    cap.reserve(first)

    cap.answered(first, { ...costing(1), statedCostUsd: 2 })

    expect(cap.spend()).toMatchObject({ settledUsd: 2, unsettledUsd: 0 })
    cap.reserve(row())
    expect(cap.spend()).toMatchObject({ settledUsd: 2, unsettledUsd: 8 })
  })

  it('goes on from the spend of earlier runs', () => {
    const { cap, stop } = makeCap({ before: { costUsd: 5, unsettledUsd: 2 } })

    expect(cap.reserve(row())).toBe(false)
    expect(stop.reason()).toMatchObject({ code: 'COST_CAP_REACHED' })
  })

  it('makes safe what calls may cost before they start, and once for calls of the usual pace', () => {
    const { cap, safe } = makeCap({ maxCostUsd: 100 })
    const [first, second] = [row(), row()]
    cap.reserve(first)
    cap.reserve(second)
    expect(safe).toEqual([
      { settledUsd: 0, unsettledUsd: 4 },
      { settledUsd: 0, unsettledUsd: 8 },
    ])

    for (let call = 0; call < 10; call += 1) {
      cap.answered(first, costing(1))
      expect(cap.toRecord()).toEqual({ settledUsd: call + 1, unsettledUsd: 8 })
      cap.reserve(first)
    }

    expect(safe).toHaveLength(2)
  })

  it('lets the record of a kill never pass the cap', () => {
    const { cap } = makeCap({ maxCostUsd: 8 })
    const [first, second] = [row(), row()]
    cap.reserve(first)
    cap.reserve(second)
    cap.answered(first, costing(3))
    cap.answered(second, costing(3))

    expect(cap.toRecord()).toEqual({ settledUsd: 6, unsettledUsd: 2 })
  })

  it('makes the new spend safe where a call takes the room of an answer that is not recorded yet', () => {
    const { cap, safe } = makeCap({ maxCostUsd: 8 })
    const [first, second] = [row(), row()]
    cap.reserve(first)
    cap.reserve(second)
    cap.answered(first, costing(1))
    cap.answered(second, costing(2))

    cap.reserve(row())

    // $8 are safe, and $3 + $4 are less.
    expect(safe).toHaveLength(2)
    expect(cap.spend()).toMatchObject({ settledUsd: 3, unsettledUsd: 4 })
  })

  it('starts no call if its cost cannot be made safe, and stops the run', () => {
    const { cap, stop } = makeCap()
    const full = runError('DATABASE_UNUSABLE', 'The disk is full')
    cap.secureWith(() => {
      throw full
    })

    expect(cap.reserve(row())).toBe(false)
    expect(stop.reason()).toBe(full)
    expect(cap.spend()).toMatchObject({ settledUsd: 0, unsettledUsd: 0 })
  })
})

type Step =
  | { readonly kind: 'ask'; readonly rows: number }
  | { readonly kind: 'record' | 'stop' | 'break' | 'kill' }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'answer'; readonly call: number; readonly share: number }
  | { readonly kind: 'uncounted' | 'refused' | 'failed' | 'lost'; readonly call: number }

const call = fc.nat(400)
const share = fc.oneof(fc.constantFrom(0, 1), fc.double({ min: 0, max: 1, noNaN: true }))
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: fc.record({ kind: fc.constant('ask' as const), rows: fc.nat(30) }) },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('answer' as const), call, share }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom<('uncounted' | 'refused' | 'failed' | 'lost')[]>(
        ...['uncounted' as const, 'refused' as const, 'failed' as const, 'lost' as const],
      ),
      call,
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('record' as const) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('wait' as const),
      ms: fc.integer({ min: 0, max: 40_000 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('kill' as const) }) },
)
const given = fc.record({
  maxCostUsd: fc.double({ min: 0.5, max: 300, noNaN: true }),
  concurrency: fc.constantFrom(1, 3, 200),
  rateLimit: fc.option(fc.constantFrom(20, 600), { nil: undefined }),
})
const ends = fc.constantFrom<Step['kind'][]>([], [], ['stop'], ['break'])

/** Prompts differ in their worst cost. */
const worstCallUsd = ({ row: { index } }: { row: { index: number } }) => 1 + (index % 7) / 3

/**
 * A batch over several processes with a cap, and beside it a provider that bills: an answer by its
 * share of the worst cost, and a call that nobody hears of in full.
 */
function batchUnderCap(limits: {
  readonly maxCostUsd: number
  readonly concurrency: number
  readonly rateLimit: number | undefined
}) {
  const clock = fakeClock()
  let billedUsd = 0
  /** What a killed process leaves for the next one. */
  let disk: Spend = { settledUsd: 0, unsettledUsd: 0 }
  let process = start()
  let asked = 0
  return {
    act,
    drain,
    clock,
    asked: () => asked,
    billedUsd: () => billedUsd,
    process: () => process,
  }

  function start() {
    const stop = createStopSwitch()
    const before = { costUsd: disk.settledUsd, unsettledUsd: disk.unsettledUsd }
    const cap = spendCap({ ...limits, worstCallUsd, price, before, stop })
    cap.secureWith(spend => {
      disk = spend
    })
    const model = scriptedClient('begin', check)
    const path = callPath(model.client, {
      ...limits,
      ...{ retries: 3, timeoutMs: 20_000, deadlineMs: 200_000, acceptTruncated: false },
      ...{ cap, clock, stop },
    })
    const queue: number[] = []
    const outcomes: Outcome[] = []
    const unreleased: Outcome[] = []
    const lostUsd = disk.unsettledUsd
    const parts = { stop, cap, model, path, queue, outcomes, unreleased }
    const started = { ...parts, isBroken: false, lostUsd }
    path.onFree(() => serve(started))
    return started
  }

  function serve({ path, queue, outcomes, unreleased }: ReturnType<typeof start>): void {
    const listener = {
      ended(outcome: Outcome) {
        outcomes.push(outcome)
        if (outcome.kind !== 'skipped') unreleased.push(outcome)
      },
      broken(error: unknown) {
        throw error
      },
    }
    while (queue.length > 0 && path.tryBegin(prompt(queue[0] as number), listener)) queue.shift()
  }

  /** Whatever becomes of the calls in flight, the bill stays below the cap; and a kill knows it. */
  function check(begun?: OpenCall): void {
    // The call that begins is in the list of open calls.
    const calls = begun === undefined ? (process?.model.open ?? []) : process.model.open
    const openUsd = calls.reduce((sum, one) => sum + worstCallUsd(one.prompt), 0)
    expect(billedUsd + openUsd).toBeLessThanOrEqual(limits.maxCostUsd + 1e-9)
    expect(billedUsd + openUsd).toBeLessThanOrEqual(disk.settledUsd + disk.unsettledUsd + 1e-9)
    expect(disk.settledUsd + disk.unsettledUsd).toBeLessThanOrEqual(limits.maxCostUsd + 1e-6)
  }

  async function act(one: Step): Promise<void> {
    switch (one.kind) {
      case 'ask':
        process.queue.push(...range(one.rows).map(index => asked + index))
        asked += one.rows
        serve(process)
        break
      case 'record':
        record()
        break
      case 'wait':
        await wait(one.ms)
        break
      case 'stop':
        process.stop.request(fault('RUN_STOPPED', 'run'))
        break
      case 'break':
        breakOff()
        break
      case 'kill': {
        // What the process does after its kill, nobody hears.
        const killed = process
        breakOff()
        killed.path.onFree(() => {})
        process = start()
        process.queue.push(...killed.queue)
        serve(process)
        break
      }
      default:
        endCall(one)
    }
    await settle()
    check()
  }

  async function wait(ms: number): Promise<void> {
    // In short steps, so that no call begins and is given up in the same step.
    for (let leftMs = ms; leftMs > 0; leftMs -= 10_000) {
      const { open } = process.model
      const known = [...open]
      await clock.advance(Math.min(leftMs, 10_000))
      // A provider goes on with a call that is given up, and bills the call.
      for (const one of known) if (!open.includes(one)) lose(one)
    }
  }

  function breakOff(): void {
    for (const one of process.model.open) lose(one)
    const saved = disk
    process.path.breakOff(new Error('now'))
    process.isBroken = true
    disk = saved
  }

  /** Nobody hears what the call cost. */
  function lose({ prompt }: OpenCall): void {
    billedUsd += worstCallUsd(prompt)
    process.lostUsd += worstCallUsd(prompt)
  }

  function record(): void {
    const safe = process.unreleased.splice(0)
    if (safe.length > 0) disk = process.cap.toRecord()
    process.path.release(safe)
  }

  function endCall(one: Extract<Step, { call: number }>): void {
    const { open } = process.model
    const ending = open[one.call % open.length]
    if (ending === undefined) return
    const worstUsd = worstCallUsd(ending.prompt)
    if (one.kind === 'answer') {
      const usd = worstUsd * one.share
      billedUsd += usd
      ending.answer(costing(usd))
      return
    }
    const isBilled = one.kind === 'uncounted' || one.kind === 'lost'
    if (isBilled) lose(ending)
    if (one.kind === 'uncounted') ending.answer(answer('yes', { usage: {} }))
    else if (one.kind === 'refused') ending.fail(fault('RATE_LIMITED', 'attempt'))
    else {
      const options = { code: 'SERVER_FAILED', reach: 'attempt', mayBeBilled: isBilled } as const
      ending.fail(new BatchError('It failed', options))
    }
  }

  /** Lets everything end that can, with answers that cost a tenth of the worst. */
  async function drain(): Promise<void> {
    for (let turn = 0; turn < 200; turn += 1) {
      while (process.model.open.length > 0) {
        endCall({ kind: 'answer', call: 0, share: 0.1 })
        await settle()
      }
      record()
      await settle()
      if (clock.sleepers() === 0 && process.queue.length === 0) return
      await wait(5_000)
      if (process.stop.signal.aborted && process.model.open.length === 0) return
    }
  }
}

describe('calls under a cap, in any sequence of events', () => {
  it('are never billed above the cap, over kills and resumes, and use it up to the price of one call', async () => {
    await fc.assert(
      fc.asyncProperty(
        given,
        fc.array(step, { maxLength: 120 }),
        ends,
        async (limits, steps, last) => {
          const batch = batchUnderCap(limits)
          for (const one of steps) await batch.act(one)
          for (const kind of last) await batch.act({ kind } as Step)
          await batch.drain()

          const { stop, cap, queue, isBroken, lostUsd } = batch.process()
          expect(cap.spend().unsettledUsd).toBeCloseTo(lostUsd, 5)
          if (isBroken) return
          const reason = stop.reason()
          if (reason?.code === 'COST_CAP_REACHED') {
            const { settledUsd, unsettledUsd } = cap.spend()
            const dearest = worstCallUsd({ row: { index: 6 } })
            expect(settledUsd + unsettledUsd + dearest).toBeGreaterThan(limits.maxCostUsd)
          } else if (reason === undefined) expect(queue).toEqual([])
        },
      ),
      { numRuns: 75 * scale },
    )
  }, 120_000)
})
