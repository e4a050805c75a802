import fc from 'fast-check'
import { systemClock } from '../../lib/host/system-clock.js'
import type { Tool, ToolCallPlace, ToolRunner } from '../../lib/port/tool.js'
import type { JsonSchema } from '../../lib/row/json-schema.js'
import { cutOutput } from '../../lib/tool/result/cut-output.js'
import { createToolRunner } from '../../lib/tool/run-tool-call.js'
import { fakeClock, settle } from '../support/fake-clock.js'

const row = { kind: 'row', index: 3, columns: { question: 'How many?' } } as const
const numbers: JsonSchema = {
  type: 'object',
  properties: { a: { type: 'number' }, b: { type: 'number' } },
  required: ['a', 'b'],
}

function makeTool(execute: Tool['execute'], inputSchema: JsonSchema = { type: 'object' }): Tool {
  return { spec: { name: 'tool', description: 'A tool.', inputSchema }, execute }
}

function runnerOf(...tools: Tool[]): Promise<ToolRunner> {
  return createToolRunner(tools, { timeoutMs: 30_000, clock: systemClock })
}

function callOf(argumentsText = '', name = 'tool') {
  return { id: 'call_1', name, argumentsText }
}

function placeOf(signal = new AbortController().signal): ToolCallPlace {
  return { row, signal }
}

/** The result of one call of one tool. */
async function resultOf(tool: Tool, argumentsText = '{}') {
  return (await runnerOf(tool)).run(callOf(argumentsText), placeOf())
}

describe('a tool’s call', () => {
  it('gives the tool its parsed arguments and the row, and the model the text', async () => {
    const tool = makeTool((input, place) => `${JSON.stringify(input)} of row ${place.row.index}`)
    expect(await resultOf(tool, '{"a": 1}')).toEqual({
      callId: 'call_1',
      name: 'tool',
      output: '{"a":1} of row 3',
    })
  })

  it.each([
    ['a list', [1, 'ü'], '[1,"ü"]'],
    ['an id beyond 2^53', { id: 2n ** 60n }, '{"id":1152921504606846976}'],
    ['a date', new Date(0), '"1970-01-01T00:00:00.000Z"'],
    ['nothing', undefined, 'null'],
    ['an empty text', '', ''],
  ])('gives the model %s as JSON, and a text as it is', async (_what, given, output) => {
    expect(await resultOf(makeTool(async () => given))).toMatchObject({ output })
  })

  it.each(['', ' ', '\n'])('takes %j for a call without arguments', async text => {
    const result = await resultOf(
      makeTool(input => input),
      text,
    )
    expect(result.output).toBe('{}')
  })

  it('runs many calls at the same time', async () => {
    const waiting: ((value: string) => void)[] = []
    const runner = await runnerOf(makeTool(() => new Promise(resolve => waiting.push(resolve))))
    const results = [runner.run(callOf(), placeOf()), runner.run(callOf(), placeOf())]
    await settle()
    expect(waiting).toHaveLength(2)
    for (const [index, answer] of waiting.entries()) answer(`answer ${index}`)
    expect((await Promise.all(results)).map(({ output }) => output)).toEqual([
      'answer 0',
      'answer 1',
    ])
  })
})

describe('a call that fails', () => {
  it('tells the model of an unknown tool, as llm does', async () => {
    const runner = await runnerOf(makeTool(() => ''))
    expect(await runner.run(callOf('{}', 'no\u0000thing'), placeOf())).toEqual({
      callId: 'call_1',
      name: 'no\u0000thing',
      output: 'Error: tool "no\u0000thing" does not exist',
      exception: `KeyError: 'tool "no\\x00thing" does not exist'`,
    })
  })

  it.each([
    ['{"a": 1', /^JSONDecodeError: the arguments are not JSON: ./],
    ['[]', /^TypeError: the arguments do not fit: they are not a JSON object$/],
    ['null', /not a JSON object$/],
    ['"{}"', /not a JSON object$/],
    ['{"a": 1}', /^TypeError: .*must have required property 'b'$/],
    ['{"a": "1", "b": 2}', /^TypeError: .*a must be number$/],
  ])('names the fault of the arguments %s, and leaves the tool alone', async (text, fault) => {
    let calls = 0
    const tool = makeTool(() => {
      calls += 1
    }, numbers)
    const { output, exception } = await resultOf(tool, text)
    expect(exception).toMatch(fault)
    expect(output).toBe(`Error: ${exception?.replace(/^\w+: /, '')}`)
    expect(calls).toBe(0)
  })

  class OwnError extends Error {}
  const withoutClass = (error: object) => Object.assign(Object.create(null), error)
  it.each([
    [new TypeError('no'), 'Error: no', 'TypeError: no'],
    [new OwnError('no'), 'Error: no', 'OwnError: no'],
    [new DOMException('late', 'AbortError'), 'Error: late', 'AbortError: late'],
    ['no', 'Error: no', 'Error: no'],
    [undefined, 'Error: undefined', 'Error: undefined'],
    [Object.create(null), 'Error: the tool failed', 'Error: the tool failed'],
    [{ message: 'no name' }, 'Error: no name', 'Error: no name'],
    [withoutClass({ name: 'Error', message: 'no class' }), 'Error: no class', 'Error: no class'],
  ])('tells the model of what a tool throws: %p', async (thrown, output, exception) => {
    const atOnce = makeTool(() => {
      throw thrown
    })
    const later = makeTool(async () => Promise.reject(thrown))
    expect(await resultOf(atOnce)).toMatchObject({ output, exception })
    expect(await resultOf(later)).toMatchObject({ output, exception })
  })

  it('tells the model of a result that is no JSON', async () => {
    const circle: Record<string, unknown> = {}
    circle.self = circle
    expect((await resultOf(makeTool(() => circle))).output).toMatch(/^Error: /)
  })

  it('cuts what it tells, the error’s text too', async () => {
    const long = 'ä'.repeat(10_000)
    expect((await resultOf(makeTool(() => long))).output).toBe(cutOutput(long))
    const { output, exception } = await resultOf(makeTool(() => Promise.reject(new Error(long))))
    expect(output).toBe(cutOutput(`Error: ${long}`))
    expect(exception).toBe(cutOutput(`Error: ${long}`))
  })
})

describe('a tool that never answers', () => {
  it('does not hold its row: the model is told after the time', async () => {
    const clock = fakeClock()
    let signal: AbortSignal | undefined
    const tool = makeTool((_input, place) => {
      signal = place.signal
      return new Promise(() => {})
    })
    const runner = await createToolRunner([tool], { timeoutMs: 1500, clock })
    const result = runner.run(callOf(), placeOf())
    await clock.advance(1499)
    expect(signal?.aborted).toBe(false)
    await clock.advance(1)
    expect(await result).toMatchObject({
      output: 'Error: the tool gave nothing within 1.5 seconds',
      exception: 'TimeoutError: the tool gave nothing within 1.5 seconds',
    })
    expect(signal?.aborted).toBe(true)
  })

  it('rejects with the reason when the row is broken off', async () => {
    const aborter = new AbortController()
    const reason = new Error('the run is broken off')
    const runner = await runnerOf(makeTool(() => new Promise(() => {})))
    const result = runner.run(callOf(), placeOf(aborter.signal))
    aborter.abort(reason)
    await expect(result).rejects.toBe(reason)
    await expect(runner.run(callOf(), placeOf(aborter.signal))).rejects.toBe(reason)
  })

  it('may say what it waited for when its time is over', async () => {
    const clock = fakeClock()
    const tool = makeTool(
      (_input, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(new Error('the queue was full')))
        }),
    )
    const runner = await createToolRunner([tool], { timeoutMs: 10, clock })
    const result = runner.run(callOf(), placeOf())
    await clock.advance(10)
    expect(await result).toMatchObject({ output: 'Error: the queue was full' })
  })

  it('leaves no timer after an answer', async () => {
    const clock = fakeClock()
    const runner = await createToolRunner([makeTool(() => 'done')], { timeoutMs: 10, clock })
    await runner.run(callOf(), placeOf())
    await settle()
    expect(clock.sleepers()).toBe(0)
  })
})

describe('tools that cannot be used', () => {
  it('refuses two of one name', async () => {
    const tools = [makeTool(() => ''), makeTool(() => '')]
    await expect(runnerOf(...tools)).rejects.toMatchObject({
      code: 'TOOL_INVALID',
      reach: 'run',
      message: 'Two tools have the name tool',
    })
  })

  it('refuses a schema that is none, and names the tool', async () => {
    const tool = makeTool(() => '', { type: 'objekt' })
    await expect(runnerOf(tool)).rejects.toMatchObject({
      code: 'TOOL_INVALID',
      reach: 'run',
      message: expect.stringMatching(/input schema of the tool tool .*type must be equal/),
    })
  })
})

describe('cutOutput', () => {
  it('leaves 16 KB, cuts between characters, and says how much it cut', () => {
    expect(cutOutput('a'.repeat(16_384))).toHaveLength(16_384)
    expect(cutOutput(`${'a'.repeat(16_319)}${'ä'.repeat(33)}`)).toBe(
      `${'a'.repeat(16_319)}\n[cut: the first 16319 of 16385 bytes]`,
    )
  })

  it('gives a start of any text that fits, and leaves what is cut already', () => {
    const texts = fc.tuple(fc.nat(5), fc.constantFrom('a', 'ä', '€', '😀'))
    fc.assert(
      fc.property(texts, ([shift, character]) => {
        const text = 'x'.repeat(shift) + character.repeat(17_000)
        const output = cutOutput(text)
        const cut = output.split('\n[cut')[0] ?? ''
        expect(text.startsWith(cut)).toBe(true)
        expect(Buffer.byteLength(output)).toBeLessThanOrEqual(16_384)
        expect(Buffer.byteLength(output)).toBeGreaterThan(16_340)
        expect(cutOutput(output)).toBe(output)
      }),
    )
  })
})
