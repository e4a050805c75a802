import { spendCap } from '../../lib/call/spend-cap.js'
import { createStopSwitch } from '../../lib/call/stop-switch.js'
import type { ToolRunner } from '../../lib/port/tool.js'
import type { Answer } from '../../lib/row/answer.js'
import type { Prompt } from '../../lib/row/prompt.js'
import type { ToolCall, ToolResult } from '../../lib/row/tool-call.js'
import { settle } from '../support/fake-clock.js'
import { answer, fault, range } from '../support/rows.js'
import { wayToModel } from './way-to-model.js'

/** Calls of tools that end when the spec says so. */
function openTools() {
  const open: { readonly call: ToolCall; readonly signal: AbortSignal; end: () => void }[] = []
  const tools: ToolRunner = {
    run: (call, { signal }) =>
      new Promise<ToolResult>((resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason))
        const end = () => resolve({ callId: call.id, name: call.name, output: `did ${call.id}` })
        open.push({ call, signal, end })
      }),
  }
  return { tools, open, endAll }

  async function endAll(): Promise<void> {
    for (const { end } of open.splice(0)) end()
    await settle()
  }
}

function calling(ids: readonly string[], changes: Partial<Answer> = {}): Answer {
  const toolCalls = ids.map(id => ({ id, name: 'look', argumentsText: '{}' }))
  return answer('', { finishReason: 'tool-calls', toolCalls, ...changes })
}

const price = { costUsd: () => 1 }
const stopped = fault('RUN_STOPPED', 'run')

describe('callPath with tools', () => {
  it('runs the calls of an answer at once, and asks again with their results', async () => {
    const { tools, open, endAll } = openTools()
    const { ask, end, outcomes, path, open: calls } = wayToModel({ tools, price })
    await ask(1)
    await end(calling(['a', 'b']))
    expect(open.map(({ call }) => call.id)).toEqual(['a', 'b'])
    expect(path.callsInFlight()).toBe(1)
    await endAll()
    const [round] = calls[0]?.prompt.followUps ?? []
    expect(round).toMatchObject({
      answer: { toolCalls: [{ id: 'a' }, { id: 'b' }] },
      results: [{ output: 'did a' }, { output: 'did b' }],
    })
    await end(answer('both'))

    expect(outcomes).toMatchObject([
      {
        kind: 'answered',
        answer: { text: 'both' },
        attempts: 2,
        rounds: [round],
        usage: { inputTokens: 6, outputTokens: 2 },
        costUsd: 2,
        prompt: expect.not.objectContaining({ followUps: expect.anything() }),
      },
    ])
    expect(path.callsInFlight()).toBe(0)
  })

  it('keeps the slot of a row while its tools run', async () => {
    const { tools, endAll } = openTools()
    const { ask, end, begun } = wayToModel({ tools, concurrency: 1 })
    await ask(2)
    await end(calling(['a']))
    expect(begun).toEqual([0])
    await endAll()
    expect(begun).toEqual([0, 0])
  })

  it('gives each call of the model all its attempts', async () => {
    const { tools, endAll } = openTools()
    const { ask, end, outcomes, clock } = wayToModel({ tools, retries: 1 })
    await ask(1)
    for (const next of [calling(['a']), answer('done')]) {
      await end(fault('SERVER_FAILED', 'attempt'))
      await clock.advance(60_000)
      await end(next)
      await endAll()
    }
    expect(outcomes).toMatchObject([{ kind: 'answered', attempts: 4 }])
  })

  it('fails a row whose answers call tools up to the limit, and keeps what was said', async () => {
    const { tools, open, endAll } = openTools()
    const { ask, end, outcomes } = wayToModel({ tools, chainLimit: 2, price })
    await ask(1)
    await end(calling(['a'], { text: 'first' }))
    await endAll()
    await end(calling(['b'], { text: 'second' }))

    expect(open).toEqual([])
    expect(outcomes).toMatchObject([
      {
        kind: 'failed',
        error: { code: 'CHAIN_LIMIT_REACHED', reach: 'row' },
        answer: { text: 'second' },
        rounds: [{ answer: { text: 'first' } }],
        costUsd: 2,
        usage: { inputTokens: 6 },
      },
    ])
  })

  it('has no limit with 0', async () => {
    const { tools, endAll } = openTools()
    const { ask, end, outcomes } = wayToModel({ tools, chainLimit: 0 })
    await ask(1)
    for (const index of range(20)) {
      await end(calling([`call ${index}`]))
      await endAll()
    }
    await end()
    expect(outcomes).toMatchObject([{ kind: 'answered', attempts: 21 }])
  })

  it.each(['length', 'content-filter', 'error'] as const)(
    'runs no calls of an answer that ended with %s',
    async finishReason => {
      const { tools, open } = openTools()
      const { ask, end, outcomes } = wayToModel({ tools })
      await ask(1)
      await end(calling(['a'], { finishReason }))
      expect(open).toEqual([])
      expect(outcomes).toMatchObject([{ kind: 'failed' }])
    },
  )

  it('keeps the rounds, their tokens and their cost when a later call fails', async () => {
    const { tools, endAll } = openTools()
    const { ask, end, outcomes } = wayToModel({ tools, price })
    await ask(1)
    await end(calling(['a']))
    await endAll()
    await end(fault('REQUEST_REJECTED', 'row'))
    expect(outcomes).toMatchObject([
      { kind: 'failed', rounds: [{}], costUsd: 1, usage: { inputTokens: 3 }, answer: undefined },
    ])
  })

  it("fails a row whose time is over while its tools run, and breaks the tools' calls off", async () => {
    const { tools, open } = openTools()
    const { ask, end, outcomes, clock, begun, release } = wayToModel({
      ...{ tools, deadlineMs: 5_000, concurrency: 1 },
    })
    await ask(2)
    await clock.advance(1_000)
    await end(calling(['a']))
    await clock.advance(3_999)
    expect(outcomes).toEqual([])
    await clock.advance(1)
    expect(open[0]?.signal.aborted).toBe(true)
    expect(outcomes).toMatchObject([
      { kind: 'failed', error: { code: 'DEADLINE_PASSED' }, answer: { toolCalls: [{}] } },
    ])
    release()
    expect(begun).toEqual([0, 1])
    expect(clock.sleepers()).toBe(1)
  })

  it('starts no tool for a row whose time is over', async () => {
    const { tools, open } = openTools()
    const { ask, end, outcomes, clock } = wayToModel({ tools, deadlineMs: 5_000 })
    await ask(1)
    await clock.advance(5_000)
    await end(calling(['a']))
    expect(open).toEqual([])
    expect(outcomes).toMatchObject([
      { kind: 'failed', error: { code: 'DEADLINE_PASSED' }, answer: { toolCalls: [{}] } },
    ])
  })

  it('finishes a chain that has begun after a stop', async () => {
    const { tools, endAll } = openTools()
    const { ask, end, outcomes, stop } = wayToModel({ tools, concurrency: 2 })
    await ask(4)
    await end(calling(['a']))
    stop.request(stopped)
    await end(calling(['b']))
    await endAll()
    await end(answer('first'))
    await end(calling(['c']))
    await endAll()
    await end(answer('second'))
    expect(outcomes).toMatchObject([{ answer: { text: 'first' } }, { answer: { text: 'second' } }])
  })

  it('finishes a chain whose next call waits for its turn when the run is stopped', async () => {
    const { tools, endAll } = openTools()
    const { ask, end, outcomes, stop, clock } = wayToModel({ tools, rateLimit: 6, price })
    await ask(3)
    await end(calling(['a']))
    await endAll()
    stop.request(stopped)
    expect(outcomes).toMatchObject([{ kind: 'skipped' }, { kind: 'skipped' }])
    await clock.advance(20_000)
    await end(answer('late'))
    expect(outcomes[2]).toMatchObject({ kind: 'answered', costUsd: 2 })
  })

  it('skips a chain that waits for its next attempt at a stop, with what it has cost', async () => {
    const { tools, endAll } = openTools()
    const { ask, end, outcomes, stop, clock } = wayToModel({ tools, price })
    clock.chance = 0.5
    await ask(1)
    await end(calling(['a']))
    await endAll()
    await end(fault('SERVER_FAILED', 'attempt'))
    stop.request(stopped)
    await settle()
    expect(outcomes).toMatchObject([{ kind: 'skipped', costUsd: 1, usage: { inputTokens: 3 } }])
  })

  it('lets a chain without room under the cap wait without a slot, until there is room', async () => {
    const { tools, endAll } = openTools()
    const stop = createStopSwitch()
    const worstCallUsd = ({ followUps }: Prompt) => (followUps === undefined ? 1 : 3)
    const cap = spendCap({ maxCostUsd: 3.5, worstCallUsd, price: { costUsd: () => 0 }, stop })
    const { ask, end, begun, release, path } = wayToModel({ tools, cap, stop, concurrency: 2 })
    await ask(2)
    await end(calling(['a']))
    await endAll()
    expect(path.callsInFlight()).toBe(1)
    await end(answer('the other row'))
    release()
    expect(begun).toEqual([0, 1, 0])
    await end(answer('the chain'))
    release()
    await ask(2)
    expect(begun).toEqual([0, 1, 0, 2, 3])
  })

  it('skips a chain that finds no room under the cap any more', async () => {
    const { tools, endAll } = openTools()
    const stop = createStopSwitch()
    const cap = spendCap({ maxCostUsd: 1.5, worstCallUsd: () => 1, price, stop })
    const { ask, end, outcomes } = wayToModel({ tools, cap, stop, price })
    await ask(1)
    await end(calling(['a']))
    await endAll()
    expect(stop.reason()).toMatchObject({ code: 'COST_CAP_REACHED' })
    expect(outcomes).toMatchObject([{ kind: 'skipped', costUsd: 1, usage: { inputTokens: 3 } }])
  })

  it('says what chains have cost that are broken off, wherever they are', async () => {
    const { tools, open, endAll } = openTools()
    const { ask, end, outcomes, stop, path, clock } = wayToModel({ tools, price, rateLimit: 6 })
    await ask(3)
    await end(calling(['a']))
    await endAll()
    stop.request(stopped)
    const before = outcomes.length
    path.breakOff(new Error('now'))
    expect(outcomes.slice(before)).toMatchObject([{ kind: 'skipped', costUsd: 1 }])
    expect(path.callsInFlight()).toBe(0)
    await clock.advance(60_000)
    expect(open).toEqual([])
    expect(outcomes).toHaveLength(before + 1)
  })

  it('breaks the calls of tools off with the run', async () => {
    const { tools, open } = openTools()
    const { ask, end, outcomes, path, broken } = wayToModel({ tools, price })
    await ask(1)
    await end(calling(['a']))
    path.breakOff(new Error('now'))
    await settle()
    expect(open[0]?.signal.aborted).toBe(true)
    expect(outcomes).toMatchObject([{ kind: 'skipped', costUsd: 1, usage: { inputTokens: 3 } }])
    expect(broken).toEqual([])
    expect(path.callsInFlight()).toBe(0)
  })
})
