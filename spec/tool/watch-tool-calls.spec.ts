import { systemClock } from '../../lib/host/system-clock.js'
import type { ToolCallPlace } from '../../lib/port/tool.js'
import type { ToolCall, ToolResult } from '../../lib/row/tool-call.js'
import { createToolRunner } from '../../lib/tool/run-tool-call.js'
import { type ToolWatch, watchToolCalls } from '../../lib/tool/watch-tool-calls.js'
import { settle } from '../support/fake-clock.js'

const ran: string[] = []
beforeEach(() => {
  ran.length = 0
})

async function watched(watch: ToolWatch) {
  const echo = {
    spec: { name: 'echo', description: 'Says it.', inputSchema: { type: 'object' } },
    execute: (input: unknown) => {
      ran.push(JSON.stringify(input))
      return input
    },
  }
  const runner = await createToolRunner([echo], { timeoutMs: 30_000, clock: systemClock })
  return watchToolCalls(runner, watch)
}

const call = (a: number): ToolCall => ({
  ...{ id: `call_${a}`, name: 'echo', argumentsText: `{"a":${a}}` },
})

function placeOf(signal = new AbortController().signal): ToolCallPlace {
  return { row: { kind: 'row', index: 0, columns: {} }, signal }
}

describe('watchToolCalls', () => {
  it('shows each call with its result, and runs all if nobody is asked', async () => {
    const seen: [ToolCall, ToolResult][] = []
    const place = placeOf()
    const runner = await watched({
      onResult(shown, result, at) {
        expect(at).toBe(place)
        seen.push([shown, result])
      },
    })

    const result = await runner.run(call(1), place)
    expect(result).toEqual({ callId: 'call_1', name: 'echo', output: '{"a":1}' })
    expect(seen).toEqual([[call(1), result]])
  })

  it('does not run a refused call, and tells the model and the watcher in llm’s words', async () => {
    const shown: ToolResult[] = []
    const runner = await watched({
      approve: async ({ id }) => id !== 'call_1',
      onResult: (_call, result) => void shown.push(result),
    })
    const refused = {
      callId: 'call_1',
      name: 'echo',
      output: 'Cancelled: User cancelled tool call',
      exception: 'CancelToolCall: User cancelled tool call',
    }

    expect(await runner.run(call(1), placeOf())).toEqual(refused)
    expect(await runner.run(call(2), placeOf())).toMatchObject({ output: '{"a":2}' })
    expect(shown[0]).toEqual(refused)
    expect(ran).toEqual(['{"a":2}'])
  })

  it('asks of one call after the other, also after one whose question failed', async () => {
    const answers: ((isApproved: boolean | Error) => void)[] = []
    const runner = await watched({
      approve: () =>
        new Promise((resolve, reject) => {
          answers.push(said => (said instanceof Error ? reject(said) : resolve(said)))
        }),
    })

    const [first, second] = [1, 2].map(a => runner.run(call(a), placeOf()))
    const failed = expect(first).rejects.toThrow('the terminal is gone')
    await settle()
    expect(answers).toHaveLength(1)
    answers[0]?.(new Error('the terminal is gone'))
    await failed
    await settle()
    expect(answers).toHaveLength(2)
    answers[1]?.(true)
    expect(await second).toMatchObject({ output: '{"a":2}' })
    expect(ran).toEqual(['{"a":2}'])
  })

  it('does not ask of a call that was broken off while it waited', async () => {
    const asked: string[] = []
    const stop = new AbortController()
    const runner = await watched({
      approve: async ({ id }) => {
        asked.push(id)
        stop.abort(new Error('stopped'))
        return true
      },
    })

    const calls = [runner.run(call(1), placeOf()), runner.run(call(2), placeOf(stop.signal))]
    const [first, second] = await Promise.allSettled(calls)
    expect(first).toMatchObject({ value: { output: '{"a":1}' } })
    expect(second).toMatchObject({ reason: { message: 'stopped' } })
    expect(asked).toEqual(['call_1'])
  })
})
