import fc from 'fast-check'
import { callPath } from '../../lib/call/call-path.js'
import { spendCap } from '../../lib/call/spend-cap.js'
import { createStopSwitch } from '../../lib/call/stop-switch.js'
import type { ToolRunner } from '../../lib/port/tool.js'
import type { Outcome } from '../../lib/row/outcome.js'
import type { ToolResult } from '../../lib/row/tool-call.js'
import { fakeClock, settle } from '../support/fake-clock.js'
import { answer, fault, prompt, range } from '../support/rows.js'
import { scale } from '../support/scale.js'
import { scriptedClient } from '../support/scripted-client.js'

type Step =
  | { readonly kind: 'ask' | 'release' | 'stop' | 'break' }
  | { readonly kind: 'call-tools'; readonly which: number; readonly calls: number }
  | { readonly kind: 'answer' | 'refuse' | 'fail-row' | 'end-tool'; readonly which: number }
  | { readonly kind: 'wait'; readonly ms: number }

const which = fc.nat(20)
const of = <Kind extends Step['kind']>(kind: Kind) => fc.constant(kind)
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: of('ask') }) },
  {
    weight: 6,
    arbitrary: fc.record({ kind: of('call-tools'), which, calls: fc.integer({ min: 1, max: 2 }) }),
  },
  { weight: 9, arbitrary: fc.record({ kind: of('end-tool'), which }) },
  { weight: 3, arbitrary: fc.record({ kind: of('answer'), which }) },
  { weight: 5, arbitrary: fc.record({ kind: of('refuse'), which }) },
  { weight: 1, arbitrary: fc.record({ kind: of('fail-row'), which }) },
  { weight: 3, arbitrary: fc.record({ kind: of('release') }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: of('wait'), ms: fc.integer({ min: 0, max: 30_000 }) }),
  },
)
const given = fc.record({
  concurrency: fc.integer({ min: 1, max: 4 }),
  retries: fc.integer({ min: 0, max: 2 }),
  rateLimit: fc.option(fc.constantFrom(20), { nil: undefined }),
  chainLimit: fc.constantFrom(0, 0, 3),
  /** Each call may cost 1 dollar. */
  capUsd: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }),
  callUsd: fc.constantFrom(0.0625, 0.5),
  chance: fc.constantFrom(0, 0.9),
})
const end = fc.constantFrom<Step['kind'][]>([], ['stop'], ['break'], ['stop', 'break'])

type Given = typeof given extends fc.Arbitrary<infer T> ? T : never

/** What is known of a row, kept in the plainest way. */
interface SeenRow {
  ended: Outcome[]
  /** Calls of the model, and those in turn that failed since the last answer. */
  calls: number
  failedInTurn: number
  answers: number
  rounds: number
  isFinal: boolean
}

const unseen = { calls: 0, failedInTurn: 0, answers: 0, rounds: 0, isFinal: false }

function modelled(options: Given) {
  const { concurrency, retries, rateLimit, chainLimit, capUsd, callUsd, chance } = options
  const clock = fakeClock()
  clock.chance = chance
  const stop = createStopSwitch()
  const rows = new Map<number, SeenRow>()
  const tools: { readonly row: number; readonly end: () => void; readonly off: () => boolean }[] =
    []
  let asked = 0
  let waiting: number[] = []
  const unreleased: Outcome[] = []
  let spentUsd = 0
  let isBroken = false
  const price = { costUsd: () => callUsd }
  const cap =
    capUsd === undefined
      ? undefined
      : spendCap({ maxCostUsd: capUsd, worstCallUsd: () => 1, price, stop })
  const runner: ToolRunner = {
    run: (call, { signal, row }) =>
      new Promise<ToolResult>((resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason))
        const result = { callId: call.id, name: call.name, output: `did ${call.id}` }
        const off = () => signal.aborted
        tools.push({ row: row.index, end: () => resolve(result), off })
      }),
  }
  const model = scriptedClient('begin', ({ prompt: sent }) => {
    const seen = rows.get(sent.row.index) as SeenRow
    // After a stop, only a chain that has begun goes on; after a break, nothing does.
    expect(isBroken).toBe(false)
    if (stop.signal.aborted) expect(seen.rounds).toBeGreaterThan(0)
    // A call of the model has the results of all rounds before it, in order.
    const results = (sent.followUps ?? []).flatMap(one => ('results' in one ? one.results : []))
    expect(new Set(results.map(({ callId }) => callId)).size).toBe(results.length)
    expect(sent.followUps ?? []).toHaveLength(seen.rounds)
    expect(tools.filter(({ row }) => row === sent.row.index)).toEqual([])
    seen.calls += 1
    expect(busyRows().size + unreleased.length).toBeLessThanOrEqual(concurrency)
    if (capUsd !== undefined) expect(spentUsd + model.open.length).toBeLessThanOrEqual(capUsd)
  })
  const path = callPath(model.client, {
    ...{ concurrency, retries, rateLimit, chainLimit, tools: runner, cap, price, clock, stop },
    ...{ timeoutMs: 1_000_000, deadlineMs: 10_000_000, acceptTruncated: false },
  })
  path.onFree(serve)
  return { act, drain, rows, path, clock, stop, tools, waiting: () => waiting, freeSlots }

  /** Slots that are free now, and for which there is room under the cap. */
  function freeSlots() {
    const room = Math.floor((capUsd ?? concurrency) - (capUsd === undefined ? 0 : spentUsd))
    const listener = { ended: () => {}, broken: fail }
    let free = 0
    rows.set(-1, { ...unseen, ended: [] })
    while (path.tryBegin({ ...prompt(0), row: { ...prompt(0).row, index: -1 } }, listener))
      free += 1
    return { free, expected: Math.min(concurrency, room) }
  }

  /** Rows with a call in flight, or with tools that run. */
  function busyRows(): ReadonlySet<number> {
    return new Set([...model.open.map(one => one.prompt.row.index), ...tools.map(one => one.row)])
  }

  function serve(): void {
    while (waiting.length > 0) {
      const index = waiting[0] as number
      const seen: SeenRow = { ...unseen, ended: [] }
      const ended = (outcome: Outcome): void => {
        seen.ended.push(outcome)
        if (outcome.kind !== 'skipped') unreleased.push(outcome)
      }
      rows.set(index, seen)
      if (!path.tryBegin(prompt(index), { ended, broken: fail })) {
        rows.delete(index)
        return
      }
      waiting = waiting.slice(1)
    }
  }

  function fail(error: unknown): void {
    throw error
  }

  async function act(one: Step): Promise<void> {
    switch (one.kind) {
      case 'ask':
        waiting = [...waiting, asked]
        asked += 1
        serve()
        break
      case 'release':
        path.release(unreleased.splice(0))
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
        for (const { off } of tools.splice(0)) expect(off()).toBe(true)
        break
      case 'end-tool':
        endTool(one.which)
        break
      default:
        endCall(one)
    }
    await settle()
  }

  function endTool(place: number): void {
    if (tools.length === 0) return
    const [tool] = tools.splice(place % tools.length, 1)
    tool?.end()
  }

  function endCall(one: Extract<Step, { which: number }>): void {
    const call = model.open[one.which % model.open.length]
    if (call === undefined) return
    const seen = rows.get(call.prompt.row.index) as SeenRow
    if (one.kind === 'answer' || one.kind === 'call-tools') {
      spentUsd += callUsd
      seen.answers += 1
      seen.failedInTurn = 0
    } else seen.failedInTurn += 1
    if (one.kind === 'answer') {
      seen.isFinal = true
      call.answer(answer())
    } else if (one.kind === 'refuse') {
      call.fail(fault('SERVER_FAILED', 'attempt'))
    } else if (one.kind === 'fail-row') {
      call.fail(fault('REQUEST_REJECTED', 'row'))
    } else if (one.kind === 'call-tools') {
      if (seen.rounds + 1 !== chainLimit) seen.rounds += 1
      const toolCalls = range(one.calls).map(index => {
        return { id: `${seen.rounds}-${index}`, name: 'look', argumentsText: '' }
      })
      call.answer(answer('', { toolCalls, finishReason: 'tool-calls' }))
    }
  }

  /** Lets everything end that can. */
  async function drain(): Promise<void> {
    for (let turn = 0; turn < 60; turn += 1) {
      while (tools.length + model.open.length > 0) {
        endTool(0)
        endCall({ kind: 'answer', which: 0 })
        await settle()
      }
      path.release(unreleased.splice(0))
      await clock.advance(5_000)
    }
  }
}

describe('callPath with tools, in any sequence of events', () => {
  it('ends every row once, keeps its limits and its cap, and loses no cost', async () => {
    await fc.assert(
      fc.asyncProperty(
        given,
        fc.array(step, { minLength: 10, maxLength: 60, size: 'max' }),
        end,
        async (options, steps, ends) => {
          const run = modelled(options)
          for (const one of steps) await run.act(one)
          for (const last of ends) await run.act({ kind: last } as Step)
          await run.drain()

          expect(run.clock.sleepers()).toBe(0)
          expect(run.path.callsInFlight()).toBe(0)
          expect(run.tools).toEqual([])
          for (const seen of run.rows.values()) {
            const { ended, calls, answers, rounds } = seen
            if (ends.includes('break') && ended.length === 0) {
              expect(answers).toBe(0)
              continue
            }
            expect(ended).toHaveLength(1)
            const [outcome] = ended
            expect(outcome?.costUsd ?? 0).toBe(answers * options.callUsd)
            if (outcome?.kind === 'skipped') {
              expect(run.stop.signal.aborted || ends.includes('break')).toBe(true)
              expect(outcome.usage?.inputTokens ?? 0).toBe(3 * answers)
              continue
            }
            expect(outcome?.attempts).toBe(calls)
            expect(outcome?.rounds?.length ?? 0).toBe(rounds)
            expect(outcome?.kind === 'answered').toBe(seen.isFinal)
            const isGivenUp = outcome?.kind === 'failed' && outcome.error.code === 'SERVER_FAILED'
            if (isGivenUp) expect(seen.failedInTurn).toBe(options.retries + 1)
            if (options.chainLimit > 0) expect(answers).toBeLessThanOrEqual(options.chainLimit)
          }
          if (run.stop.signal.aborted || ends.length > 0) return
          expect(run.waiting()).toEqual([])
          const { free, expected } = run.freeSlots()
          expect(free).toBe(expected)
        },
      ),
      { numRuns: 150 * scale },
    )
  })
})
