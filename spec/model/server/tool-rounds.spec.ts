import { resolveModel } from '../../../lib/model/catalog/resolve-model.js'
import { openModel } from '../../../lib/model/open-model.js'
import type { ModelClient } from '../../../lib/port/model-client.js'
import type { Answer } from '../../../lib/row/answer.js'
import { textMessage } from '../../../lib/row/message.js'
import type { Prompt } from '../../../lib/row/prompt.js'
import type { ToolSpec } from '../../../lib/row/tool-call.js'
import type { ToolRound } from '../../../lib/row/tool-round.js'
import { fakeClock } from '../../support/fake-clock.js'
import { makePrompt } from '../../support/make-prompt.js'
import { type StubAnswer, type StubServer, startStubServer } from '../../support/stub-server.js'

const add: ToolSpec = {
  name: 'add',
  description: 'Adds two numbers',
  inputSchema: {
    type: 'object',
    properties: { a: { type: 'number' }, b: { type: 'number' } },
    required: ['a'],
  },
}
const tools = [add]
const never = new AbortController().signal
const models = ['gpt-4o', 'groq/m', 'ollama/m', 'gpt-5', 'claude-haiku', 'gemini-2.5-flash']

describe.each(models)('tools of %s', name => {
  let server: StubServer
  let client: ModelClient
  let answer: StubAnswer | undefined
  beforeAll(async () => {
    server = await startStubServer({ isRecording: true, answer: () => answer })
    client = await openModel({
      reference: resolveModel(name, { aliases: new Map(), extraModels: [], ggufModels: [] }),
      key: 'k',
      environment: server.environment,
      clock: fakeClock(),
      connections: 1,
    })
  })
  beforeEach(() => {
    answer = undefined
  })
  afterAll(async () => {
    await client.close()
    await server.close()
  })

  const ask = (prompt: Prompt) => client.ask(prompt, never)
  /** The round of an answer, in which the results are the sums of the arguments. */
  const roundOf = (given: Answer): ToolRound => ({
    answer: given,
    results: (given.toolCalls ?? []).map(({ id, name: called, argumentsText }) => ({
      callId: id,
      name: called,
      output: `${called} of ${argumentsText}`,
    })),
  })

  it('are called in rounds until the model answers', async () => {
    const text = 'Sum: CALL add {"a":1,"b":2} CALL add {"a":3} THEN CALL add {"a":4}'
    const prompt = makePrompt(text, { tools, system: 'Be brief' })
    const first = await ask(prompt)
    const second = await ask({ ...prompt, followUps: [roundOf(first)] })
    const last = await ask({ ...prompt, followUps: [roundOf(first), roundOf(second)] })

    expect(first).toMatchObject({ text: '', finishReason: 'tool-calls' })
    expect(first.toolCalls).toEqual([
      { id: expect.any(String), name: 'add', argumentsText: '{"a":1,"b":2}' },
      { id: expect.any(String), name: 'add', argumentsText: '{"a":3}' },
    ])
    expect(new Set(first.toolCalls?.map(({ id }) => id)).size).toBe(2)
    expect(second.toolCalls).toEqual([
      { id: expect.any(String), name: 'add', argumentsText: '{"a":4}' },
    ])
    expect(last).toMatchObject({
      text: 'Results: add of {"a":1,"b":2}, add of {"a":3}, add of {"a":4}',
      finishReason: 'stop',
    })
    expect(last).not.toHaveProperty('toolCalls')
    expect(server.requests.at(-1)).toMatchObject({ tools: ['add'], system: 'Be brief', text })
  })

  it('are called beside text and reasoning, which both go back', async () => {
    const calls = [{ name: 'add', arguments: '{"a":1}' }]
    answer = { text: 'Let me add.', reasoning: 'Hm.', calls }
    const prompt = makePrompt('Go on', { tools })
    const first = await ask(prompt)
    answer = undefined
    const last = await ask({ ...prompt, followUps: [roundOf(first)] })

    expect(first).toMatchObject({
      text: 'Let me add.',
      reasoning: 'Hm.',
      finishReason: 'tool-calls',
      toolCalls: [{ name: 'add', argumentsText: '{"a":1}' }],
    })
    expect(last.text).toBe('Results: add of {"a":1}')
    expect(JSON.stringify(server.requests.at(-1)?.body)).toContain('Let me add.')
  })

  it('are asked on after messages that follow a round', async () => {
    const prompt = makePrompt('CALL add {"a":1}', { tools })
    const first = await ask(prompt)
    const messages = [textMessage('assistant', 'One'), textMessage('user', 'As JSON, please')]
    const last = await ask({ ...prompt, followUps: [roundOf(first), ...messages] })

    expect(last.text).toBe('Results: add of {"a":1}')
    expect(server.requests.at(-1)?.text).toBe('As JSON, please')
  })

  it('and attachments go in one request', async () => {
    const content = Buffer.from('GIF89a')
    const attachment = { id: 'a'.repeat(64), type: 'image/gif', content, loadedBytes: 6 }
    const prompt = makePrompt('CALL add {"a":1}', { tools, attachments: [attachment] })
    const first = await ask(prompt)
    const last = await ask({ ...prompt, followUps: [roundOf(first)] })

    expect(last.text).toBe('Results: add of {"a":1}')
    expect(JSON.stringify(server.requests.at(-1)?.body)).toContain(content.toString('base64'))
  })

  it('are those of each prompt', async () => {
    const options = {}
    await ask(makePrompt('Hi', { options, tools }))
    await ask(makePrompt('Hi', { options, tools: [{ ...add, name: 'sum' }] }))
    await ask(makePrompt('Hi', { options }))

    expect(server.requests.slice(-3).map(request => request.tools)).toEqual([['add'], ['sum'], []])
  })

  it('are not read from replies to prompts that offer none', async () => {
    answer = { text: 'Hi', calls: [{ name: 'add', arguments: '{}' }] }

    expect(await ask(makePrompt('Hi'))).not.toHaveProperty('toolCalls')
    expect(server.requests.at(-1)?.body).not.toHaveProperty('tools')
  })
})
