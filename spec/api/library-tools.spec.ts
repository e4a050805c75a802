import { z } from 'zod'
import {
  batchProcess,
  callPath,
  createToolRunner,
  getModel,
  invokeModel,
  type Outcome,
  openBatch,
  openTools,
  parseTemplate,
  renderRow,
  systemClock,
  type ToolDefinition,
} from '../../lib/index.js'
import { collect } from '../support/collect.js'
import { row } from '../support/rows.js'
import { useBatch } from '../support/use-batch.js'

const add: ToolDefinition = {
  name: 'add',
  description: 'Adds two numbers.',
  inputSchema: z.object({ a: z.number(), b: z.number() }),
  execute: ({ a, b }, { row }) => `${a + b} in row ${row.index}`,
}
const call = 'CALL add {"a": 2, "b": 3}'

describe('the library with tools', () => {
  const bench = useBatch()
  const model = (name = 'gpt-4o-mini') => getModel(name, { surroundings: bench.surroundings() })
  const textsOf = async (options: Parameters<typeof batchProcess>[2]) => {
    const texts: string[] = []
    for await (const [, response] of batchProcess(await model(), [call, 'Hi'], options)) {
      texts.push(response.error?.code ?? response.text())
    }
    return texts
  }

  it('runs tools of a program in batchProcess, and says what all calls have used', async () => {
    const responses = []
    for await (const [, response] of batchProcess(await model(), [call], { tools: [add] })) {
      responses.push(response)
    }
    expect(responses[0]?.text()).toBe('Results: 5 in row 0')
    expect(responses[0]?.attempts).toBe(2)
    expect(responses[0]?.usage).toMatchObject({ inputTokens: 22, outputTokens: 14 })
    expect(responses[0]?.outcome).toMatchObject({ rounds: [{ results: [{ name: 'add' }] }] })
  })

  it('takes names and limits, and refuses what cannot be a tool before it asks', async () => {
    expect(await textsOf({ tools: ['llm_time', add], chainLimit: 1 })).toEqual([
      'CHAIN_LIMIT_REACHED',
      'Answer to: Hi',
    ])
    const calls = bench.server.requestCount()
    const code = (tools: readonly unknown[]) =>
      textsOf({ tools: tools as ToolDefinition[] }).catch(error => error.code)
    expect(await code(['ad'])).toBe('TOOL_UNKNOWN')
    expect(await code([add, { ...add }])).toBe('TOOL_INVALID')
    expect(await code([{ ...add, description: '' }])).toBe('TOOL_INVALID')
    expect(await code([{ name: 'add' }])).toBe('TOOL_INVALID')
    expect(await code([7])).toBe('OPTIONS_INVALID')
    expect(bench.server.requestCount()).toBe(calls)
  })

  it('runs tools of a program in a recorded batch, which needs them again to be resumed', async () => {
    const input = await bench.workdir.write('in.txt', `${call}\nHi\n`)
    const given = { input, template: '{prompt}', model: 'gpt-4o-mini', batchId: 'b' }
    const run = async (further: object) => {
      const batch = await openBatch({ ...given, ...further }, bench.surroundings())
      try {
        return await batch.run()
      } finally {
        await batch.close()
      }
    }
    const output = bench.workdir.join('out.csv')
    await run({ tools: [add], limit: 1, output })
    await expect(run({ resume: true })).rejects.toMatchObject({ code: 'BATCH_CHANGED' })
    const summary = await run({ resume: true, tools: [add] })
    expect(summary.tally).toMatchObject({ answered: 2, recalled: 1 })
    expect(bench.server.requestCount()).toBe(3)
  })

  it("gives a pipeline of one's own a way of calls with tools", async () => {
    const client = await (await model()).open(2)
    const { tools, close } = await openTools({
      ...{ tools: [add], folder: bench.workdir.path, version: '1', clock: systemClock },
    })
    const render = renderRow({
      template: parseTemplate('{prompt}'),
      ...{ fragments: [], systemFragments: [], modelId: 'gpt-4o-mini', modelOptions: {} },
      tools: tools.map(({ spec }) => spec),
    })
    const calls = callPath(client, {
      ...{ concurrency: 2, retries: 0, timeoutMs: 60_000, deadlineMs: 60_000 },
      acceptTruncated: false,
      clock: systemClock,
      tools: await createToolRunner(tools, { timeoutMs: 1_000, clock: systemClock }),
      chainLimit: 5,
    })
    const prompts = [row(0, { prompt: call }), row(1, { prompt: 'Hi' })].map(render)
    const stage = invokeModel({ calls, clock: systemClock, windowRows: 10 })
    const outcomes = await collect<Outcome>(prompts, stage)
    await client.close()
    await close()
    const texts = outcomes.map(one => (one.kind === 'answered' ? one.answer.text : one.kind))
    expect(texts.sort()).toEqual(['Answer to: Hi', 'Results: 5 in row 0'])
  })
})
