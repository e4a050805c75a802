import { resolveModel } from '../../../lib/model/catalog/resolve-model.js'
import { openModel } from '../../../lib/model/open-model.js'
import type { Answer } from '../../../lib/row/answer.js'
import { textMessage } from '../../../lib/row/message.js'
import type { Prompt } from '../../../lib/row/prompt.js'
import type { ToolSpec } from '../../../lib/row/tool-call.js'
import type { ToolRound } from '../../../lib/row/tool-round.js'
import { readMessages } from '../../../lib/template/read-messages.js'
import { fakeClock } from '../../support/fake-clock.js'
import { makePrompt } from '../../support/make-prompt.js'
import { type StubServer, startStubServer } from '../../support/stub-server.js'
import { askOnce } from './ask-once.js'

/** A schema that strict modes and OpenAPI's subset refuse. */
const inputSchema = {
  type: 'object',
  properties: {
    location: { type: 'string', description: 'City', pattern: '^[A-Z]' },
    unit: { anyOf: [{ enum: ['c', 'f'] }, { type: 'null' }] },
    title: { type: 'string' },
  },
  required: ['location'],
  additionalProperties: false,
}
const weather: ToolSpec = {
  name: 'get_weather',
  description: 'Get the weather',
  inputSchema,
  plugin: 'weather',
}
const tools = [weather]
const schema = { type: 'object', properties: { sunny: { type: 'boolean' } } }
const made = expect.stringMatching(/^tc_[0-9a-z]{26}$/)

describe('a request with tools', () => {
  let server: StubServer
  let body: object | string | undefined
  beforeAll(async () => {
    server = await startStubServer({
      isRecording: true,
      fault: () => (body === undefined ? undefined : { kind: 'reply', status: 200, body }),
    })
  })
  beforeEach(() => {
    body = undefined
  })
  afterAll(() => server.close())

  async function ask(model: string, prompt: Prompt, reply?: object | string): Promise<Answer> {
    body = reply
    return askOnce(model, prompt, server)
  }

  const lastBody = (): any => server.requests.at(-1)?.body

  /** The request after these replies, with the results 18, 19, …; the last call has failed. */
  async function bodyAfter(
    model: string,
    replies: readonly (object | string)[],
    changes: Partial<Prompt> = {},
  ): Promise<any> {
    const prompt = makePrompt('Paris?', { tools, ...changes })
    const rounds: ToolRound[] = []
    for (const reply of replies) {
      const answer = await ask(model, { ...prompt, followUps: rounds }, reply)
      const { toolCalls = [] } = answer
      const results = toolCalls.map(({ id, name }, index) => ({
        ...{ callId: id, name, output: `${18 + index}` },
        ...(index > 0 && index === toolCalls.length - 1 && { exception: 'Error: no such city' }),
      }))
      rounds.push({ answer, results })
    }
    await ask(model, { ...prompt, followUps: rounds })
    return lastBody()
  }

  describe.each(['gpt-4o', 'groq/m'])('to the Chat API: %s', model => {
    const asked = { role: 'user', content: 'Paris?' }
    const apiName = model.replace('groq/', '')
    const offer = [
      {
        type: 'function',
        function: {
          name: 'get_weather',
          description: 'Get the weather',
          parameters: inputSchema,
        },
      },
    ]
    const calls = [
      { id: 'call_1', type: 'function', function: { name: 'get_weather', arguments: '{"a": 1}' } },
      { id: 'call_2', type: 'function', function: { name: 'get_weather', arguments: '{"a":2}' } },
    ]
    const replyWith = (message: object) => ({
      choices: [{ index: 0, message: { role: 'assistant', ...message }, finish_reason: 'stop' }],
    })

    // https://platform.openai.com/docs/guides/function-calling?api-mode=chat
    it('has what the model said, and the results, in the order of the calls', async () => {
      const message = { content: null, refusal: null, annotations: [], tool_calls: calls }

      expect(await bodyAfter(model, [replyWith(message)])).toEqual({
        model: apiName,
        messages: [
          asked,
          { role: 'assistant', content: null, tool_calls: calls },
          { role: 'tool', tool_call_id: 'call_1', content: '18' },
          { role: 'tool', tool_call_id: 'call_2', content: '19' },
        ],
        tools: offer,
        stream: false,
      })
    })

    // DeepSeek, OpenRouter and Gemini want these back.
    it('keeps members that only the server knows', async () => {
      const message = {
        content: 'I look.',
        reasoning_content: 'Hm.',
        reasoning_details: [{ type: 'reasoning.encrypted', data: 'abc' }],
        tool_calls: [
          { ...calls[0], index: 0, extra_content: { google: { thought_signature: 'sig' } } },
        ],
      }

      expect((await bodyAfter(model, [replyWith(message)])).messages).toEqual([
        asked,
        { role: 'assistant', ...message },
        { role: 'tool', tool_call_id: 'call_1', content: '18' },
      ])
    })

    it('has ids for calls that had none, and arguments that any server can read', async () => {
      const given = ['', '{"a', '[1]', undefined, { a: 1 }]
      const message = {
        tool_calls: given.map(text => ({
          function: { name: 'get_weather', ...(text !== undefined && { arguments: text }) },
        })),
      }
      const [, said, ...results] = (await bodyAfter(model, [replyWith(message)])).messages

      expect(said.content).toBe(null)
      expect(said.tool_calls.map((call: any) => call.function.arguments)).toEqual([
        ...['{}', '{"_raw":"{\\"a"}', '{"_raw":"[1]"}', '{}', { a: 1 }],
      ])
      expect(said.tool_calls[0]).toMatchObject({ id: made, type: 'function' })
      expect(results.map((result: any) => result.tool_call_id)).toEqual(
        said.tool_calls.map((call: any) => call.id),
      )
    })

    it('has a schema for the answer as well', async () => {
      const form = { type: 'json_schema', json_schema: { name: 'output', schema } }
      await ask(model, makePrompt('Paris?', { tools, schema }))

      expect(lastBody()).toMatchObject({ tools: offer, response_format: form })
    })

    it('has all rounds, and what was said between and after them', async () => {
      const replies = [0, 1].map(at => replyWith({ content: '', tool_calls: [calls[at]] }))
      const system = 'Be brief'
      const { messages } = await bodyAfter(model, replies, { system })

      expect(messages.map(({ role }: any) => role)).toEqual([
        ...['system', 'user', 'assistant', 'tool', 'assistant', 'tool'],
      ])
    })

    it('is written from the calls for an answer without its reply', async () => {
      const answer: Answer = {
        text: '',
        finishReason: 'tool-calls',
        toolCalls: [{ id: 'tc_1', name: 'get_weather', argumentsText: '{"a":1}' }],
        ...{ usage: {}, startedAtMs: 0, durationMs: 1 },
      }
      const results = [{ callId: 'tc_1', name: 'get_weather', output: '18' }]
      await ask(model, makePrompt('Paris?', { tools, followUps: [{ answer, results }] }))

      expect(lastBody().messages).toEqual([
        asked,
        {
          role: 'assistant',
          content: null,
          tool_calls: [
            {
              id: 'tc_1',
              type: 'function',
              function: { name: 'get_weather', arguments: '{"a":1}' },
            },
          ],
        },
        { role: 'tool', tool_call_id: 'tc_1', content: '18' },
      ])
    })
  })

  describe('to the Responses API', () => {
    const asked = { role: 'user', content: [{ type: 'input_text', text: 'Paris?' }] }
    const thought = { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'gAAA' }
    const call = {
      ...{ type: 'function_call', id: 'fc_1', call_id: 'call_1', status: 'completed' },
      ...{ name: 'get_weather', arguments: '{"a": 1}' },
    }
    const offer = [
      {
        type: 'function',
        name: 'get_weather',
        description: 'Get the weather',
        parameters: inputSchema,
        strict: false,
      },
    ]
    const replyWith = (...output: readonly object[]) => ({
      ...{ id: 'resp_1', object: 'response', status: 'completed', output },
    })

    // https://platform.openai.com/docs/guides/reasoning#encrypted-reasoning-items
    it('has the items as they came, encrypted reasoning too, and the results', async () => {
      const second = { ...call, id: 'fc_2', call_id: 'call_2', arguments: '' }

      expect(await bodyAfter('gpt-5', [replyWith(thought, call, second)])).toEqual({
        model: 'gpt-5',
        input: [
          asked,
          ...[thought, call, second],
          { type: 'function_call_output', call_id: 'call_1', output: '18' },
          { type: 'function_call_output', call_id: 'call_2', output: '19' },
        ],
        tools: offer,
        include: ['reasoning.encrypted_content'],
        store: false,
        stream: false,
      })
    })

    it('has texts that the model said with its calls, without nulls', async () => {
      const text = { type: 'output_text', text: 'I look.', annotations: [], logprobs: [] }
      const said = { type: 'message', id: 'msg_1', role: 'assistant', content: [text] }
      const reply = replyWith({ ...thought, status: null }, { ...said, phase: null }, call)
      const { input } = await bodyAfter('gpt-5', [reply])

      expect(input.slice(1, 4)).toEqual([thought, said, call])
    })

    it('leaves out reasoning that did not come encrypted, and the ids that belong to it', async () => {
      const bareThought = { ...thought, encrypted_content: null }
      const { id: _id, ...rest } = call

      expect((await bodyAfter('gpt-5', [replyWith(bareThought, call)])).input).toEqual([
        ...[asked, rest, { type: 'function_call_output', call_id: 'call_1', output: '18' }],
      ])
    })

    it('has a schema for the answer as well', async () => {
      await ask('gpt-5', makePrompt('Paris?', { tools, schema }))

      expect(lastBody()).toMatchObject({ tools: offer, text: { format: { schema } } })
    })

    it('asks no model without reasoning for its reasoning', async () => {
      const extraModels = [
        {
          model_id: 'mine',
          model_name: 'gpt-4.1',
          responses: true,
          headers: {},
          aliases: [],
          completion: false,
          reasoning: false,
        },
      ]
      const client = await openModel({
        reference: resolveModel('mine', { aliases: new Map(), extraModels, ggufModels: [] }),
        key: 'k',
        environment: server.environment,
        clock: fakeClock(),
        connections: 1,
      })
      await client.ask(makePrompt('Paris?', { tools }), new AbortController().signal)
      await client.close()

      expect(server.requests.at(-1)).toMatchObject({
        wire: 'openai-responses',
        tools: ['get_weather'],
      })
      expect(lastBody()).not.toHaveProperty('include')
    })

    it('goes to the Chat API with the option chat_completions', async () => {
      const prompt = makePrompt('Paris?', { tools, options: { chat_completions: true } })
      const client = await openModel({
        reference: resolveModel('gpt-5', { aliases: new Map(), extraModels: [], ggufModels: [] }),
        key: 'k',
        environment: server.environment,
        clock: fakeClock(),
        connections: 1,
        modelOptions: prompt.options,
      })
      await client.ask(prompt, new AbortController().signal)
      await client.close()

      expect(lastBody()).toMatchObject({ messages: [{}], tools: [{ type: 'function' }] })
      expect(lastBody()).not.toHaveProperty('include')
    })
  })

  describe("to Anthropic's Messages API", () => {
    const thinking = { type: 'thinking', thinking: 'Hm.', signature: 'EqQB' }
    const use = (id: string, input: object = { a: 1 }) => ({
      ...{ type: 'tool_use', id, name: 'get_weather', input },
    })
    const replyWith = (...content: readonly object[]) => ({
      ...{ id: 'msg_1', type: 'message', role: 'assistant', content, stop_reason: 'tool_use' },
    })
    const offer = [
      { name: 'get_weather', description: 'Get the weather', input_schema: inputSchema },
    ]

    // https://docs.claude.com/en/docs/agents-and-tools/tool-use/implement-tool-use
    it('has the blocks as they came, and all results in one message of the user', async () => {
      const redacted = { type: 'redacted_thinking', data: 'Emwx' }
      const text = { type: 'text', text: 'I look.' }
      const said = [thinking, redacted, text, use('toolu_1'), use('toolu_2', {})]
      const { max_tokens, ...rest } = await bodyAfter('claude-haiku', [replyWith(...said)])

      expect(max_tokens).toBeGreaterThan(0)
      expect(rest).toEqual({
        model: 'claude-haiku-5-5',
        messages: [
          { role: 'user', content: [{ type: 'text', text: 'Paris?' }] },
          { role: 'assistant', content: said },
          {
            role: 'user',
            content: [
              { type: 'tool_result', tool_use_id: 'toolu_1', content: '18' },
              { type: 'tool_result', tool_use_id: 'toolu_2', content: '19', is_error: true },
            ],
          },
        ],
        tools: offer,
        stream: false,
      })
    })

    it('leaves out blocks of blank text, which the API refuses', async () => {
      const blank = { type: 'text', text: ' \n' }
      const { messages } = await bodyAfter('claude-haiku', [replyWith(blank, use('toolu_1'))])

      expect(messages[1].content).toEqual([use('toolu_1')])
    })

    it('has a schema for the answer as well, and no tool that the AI SDK forces', async () => {
      for (const model of ['claude-haiku', 'claude-3-haiku-20240307']) {
        await ask(model, makePrompt('Paris?', { tools, schema }))

        expect(lastBody()).toMatchObject({
          tools: offer,
          output_config: { format: { type: 'json_schema' } },
        })
        expect(lastBody()).not.toHaveProperty('tool_choice')
      }
    })

    it('has an integer that a double cannot hold as it came', async () => {
      const digits = '12345678901234567890'
      const reply = JSON.stringify(replyWith(use('toolu_1', { a: 7 }))).replace('7', digits)
      const prompt = makePrompt('Paris?', { tools })
      const answer = await ask('claude-haiku', prompt, reply)
      const results = [{ callId: 'toolu_1', name: 'get_weather', output: '18' }]
      await ask('claude-haiku', { ...prompt, followUps: [{ answer, results }] })

      expect(server.requests.at(-1)?.bodyText).toContain(`"input":{"a":${digits}}`)
    })
  })

  it.each<[string, string, readonly object[]]>([
    [
      'gpt-5',
      'input',
      [
        { role: 'assistant', content: 'I look.' },
        { type: 'function_call', call_id: 'id-1', name: 'get_weather', arguments: '{"a":1}' },
        { type: 'function_call_output', call_id: 'id-1', output: '18' },
      ],
    ],
    [
      'claude-haiku',
      'messages',
      [
        {
          role: 'assistant',
          content: [
            { type: 'text', text: 'I look.' },
            { type: 'tool_use', id: 'id-1', name: 'get_weather', input: { a: 1 } },
          ],
        },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'id-1', content: '18' }] },
      ],
    ],
    [
      'gemini-2.5-flash',
      'contents',
      [
        {
          role: 'model',
          parts: [
            { text: 'I look.' },
            { functionCall: { id: 'id-1', name: 'get_weather', args: { a: 1 } } },
          ],
        },
        {
          role: 'user',
          parts: [
            {
              functionResponse: { id: 'id-1', name: 'get_weather', response: { result: '18' } },
            },
          ],
        },
      ],
    ],
  ])('to %s is written from the calls for an answer without its reply', async (...given) => {
    const [model, list, expected] = given
    const answer: Answer = {
      text: 'I look.',
      finishReason: 'tool-calls',
      toolCalls: [{ id: 'id-1', name: 'get_weather', argumentsText: '{"a":1}' }],
      ...{ usage: {}, startedAtMs: 0, durationMs: 1 },
    }
    const results = [{ callId: 'id-1', name: 'get_weather', output: '18' }]
    const asked = ask(model, makePrompt('Paris?', { tools, followUps: [{ answer, results }] }))

    // The stub has not made the call.
    if (model !== 'gemini-2.5-flash') await expect(asked).rejects.toThrow('No call has the id id-1')
    else await asked
    expect(lastBody()[list].slice(1)).toEqual(expected)
  })

  describe('with tools of the row itself', () => {
    const calls = [
      { id: 'call_9', type: 'function', function: { name: 'own', arguments: '{"a": 1}' } },
    ]
    const conversation = [
      { role: 'user', content: 'Paris?' },
      { role: 'assistant', content: null, tool_calls: calls },
      { role: 'tool', tool_call_id: 'call_9', content: '18' },
    ]

    it('has the messages of the row unchanged', async () => {
      const messages = readMessages(conversation, 'messages')
      await ask('groq/m', makePrompt('Paris?', { messages }))

      expect(lastBody()).toEqual({ model: 'm', messages: conversation, stream: false })
    })

    it('is the whole request of the row, whose calls are the reader’s own', async () => {
      const own = [{ type: 'function', function: { name: 'own', parameters: inputSchema } }]
      const request = { model: 'gpt-4o', messages: [{ role: 'user', content: 'Hi' }], tools: own }
      const reply = {
        choices: [{ message: { content: null, tool_calls: calls }, finish_reason: 'tool_calls' }],
      }
      const prompt = makePrompt('Hi', {
        request: { endpoint: 'chat/completions', body: request },
        tools,
      })
      const answer = await ask('gpt-4o', prompt, reply)

      expect(lastBody()).toEqual(request)
      expect(answer).toMatchObject({ text: '', finishReason: 'tool-calls', reply })
      expect(answer).not.toHaveProperty('toolCalls')
    })
  })

  describe("to Google's API", () => {
    const call = (members: object = {}, args: object | undefined = { a: 1 }) => ({
      functionCall: { name: 'get_weather', ...(args && { args }) },
      ...members,
    })
    const replyWith = (...parts: readonly object[]) => ({
      candidates: [{ content: { parts, role: 'model' }, finishReason: 'STOP', index: 0 }],
    })
    const offer = [
      {
        functionDeclarations: [
          {
            name: 'get_weather',
            description: 'Get the weather',
            parametersJsonSchema: inputSchema,
          },
        ],
      },
    ]

    // https://ai.google.dev/gemini-api/docs/thought-signatures
    it('has the content as it came, with its signatures, and all results', async () => {
      const parts = [
        { text: 'Hm.', thought: true },
        call({ thoughtSignature: '<Signature A>' }),
        { functionCall: { id: 'fc-2', name: 'get_weather' } },
      ]

      expect(await bodyAfter('gemini-2.5-flash', [replyWith(...parts)])).toEqual({
        contents: [
          { role: 'user', parts: [{ text: 'Paris?' }] },
          { role: 'model', parts },
          {
            role: 'user',
            parts: [
              { functionResponse: { name: 'get_weather', response: { result: '18' } } },
              { functionResponse: { id: 'fc-2', name: 'get_weather', response: { error: '19' } } },
            ],
          },
        ],
        generationConfig: {},
        tools: offer,
      })
    })

    it('has all rounds, and what was said after them', async () => {
      const prompt = makePrompt('Paris?', { tools, system: 'Be brief' })
      const answer = await ask('gemini-2.5-flash', prompt, replyWith(call()))
      const id = answer.toolCalls?.[0]?.id ?? ''
      const results = [{ callId: id, name: 'get_weather', output: '18' }]
      const after = [textMessage('assistant', 'Warm'), textMessage('user', 'As JSON')]
      const round = { answer, results }
      await ask('gemini-2.5-flash', { ...prompt, followUps: [round, round, ...after] })

      const { contents, systemInstruction } = lastBody()
      expect(systemInstruction).toEqual({ parts: [{ text: 'Be brief' }] })
      expect(contents.map(({ role }: any) => role)).toEqual([
        ...['user', 'model', 'user', 'model', 'user', 'model', 'user'],
      ])
      expect(contents.slice(-2)).toEqual([
        { role: 'model', parts: [{ text: 'Warm' }] },
        { role: 'user', parts: [{ text: 'As JSON' }] },
      ])
    })

    it('has a schema for the answer as well', async () => {
      await ask('gemini-3.8-flash', makePrompt('Paris?', { tools, schema }))

      expect(lastBody()).toMatchObject({
        tools: offer,
        generationConfig: { responseMimeType: 'application/json' },
      })
    })
  })
})
