import type { Answer } from '../../../lib/row/answer.js'
import type { Prompt } from '../../../lib/row/prompt.js'
import type { ToolSpec } from '../../../lib/row/tool-call.js'
import { makePrompt } from '../../support/make-prompt.js'
import { type StubServer, startStubServer } from '../../support/stub-server.js'
import { askOnce } from './ask-once.js'

const models = {
  chat: 'gpt-4o',
  compatible: 'ollama/m',
  responses: 'gpt-5',
  messages: 'claude-haiku',
  google: 'gemini-2.5-flash',
} as const
type Wire = keyof typeof models

const weather: ToolSpec = {
  name: 'get_weather',
  description: 'Get the current weather',
  inputSchema: {
    type: 'object',
    properties: { location: { type: 'string' }, unit: { enum: ['c', 'f'] } },
    required: ['location'],
  },
}
const bare: ToolSpec = {
  name: 'get-time',
  description: 'Get the time',
  inputSchema: { type: 'object', properties: {} },
}
const tools = [weather, bare]
const paris = '{"location": "Paris, France"}'
const boston = '{\n"location": "Boston, MA"\n}'

const chatCall = (id: unknown, given: unknown, members: object = {}) => ({
  ...(id !== undefined && { id }),
  type: 'function',
  function: { name: 'get_weather', ...(given !== undefined && { arguments: given }) },
  ...members,
})
const chat = (message: object, finish_reason: unknown = 'tool_calls') => ({
  id: 'chatcmpl-abc123',
  object: 'chat.completion',
  created: 1_699_896_916,
  model: 'gpt-4o-mini',
  choices: [
    { index: 0, message: { role: 'assistant', ...message }, logprobs: null, finish_reason },
  ],
  usage: { prompt_tokens: 82, completion_tokens: 17, total_tokens: 99 },
})
const functionCall = (given: unknown, members: object = {}) => ({
  ...{ type: 'function_call', id: 'fc_12345xyz', call_id: 'call_12345xyz' },
  ...{ name: 'get_weather', arguments: given, status: 'completed' },
  ...members,
})
const reasoning = { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'gAAAA…' }
const responses = (output: readonly object[], members: object = {}) => ({
  ...{ id: 'resp_1', object: 'response', status: 'completed', output },
  ...members,
})
const toolUse = (id: string, input: object, name = 'get_weather') => ({
  ...{ type: 'tool_use', id, name, input },
})
const claude = (content: readonly object[], stop_reason: unknown = 'tool_use') => ({
  ...{ id: 'msg_01Aq9w938a90dw8q', type: 'message', role: 'assistant', model: 'claude', content },
  ...{ stop_reason, stop_sequence: null, usage: { input_tokens: 9, output_tokens: 8 } },
})
const gemini = (parts: readonly object[], finishReason: unknown = 'STOP') => ({
  candidates: [{ content: { parts, role: 'model' }, finishReason, index: 0 }],
  usageMetadata: { promptTokenCount: 9, candidatesTokenCount: 8 },
})
const part = (args?: object, members: object = {}) => ({
  functionCall: { name: 'get_weather', ...(args !== undefined && { args }) },
  ...members,
})
const events = (...all: readonly object[]) =>
  all.map(event => `data: ${JSON.stringify(event)}\n\n`).join('')
const pieces = (finish_reason: string | null, ...tool_calls: readonly object[]) => ({
  choices: [{ index: 0, delta: { tool_calls }, finish_reason }],
})

const call = (id: unknown, argumentsText: string, name = 'get_weather') => ({
  id,
  name,
  argumentsText,
})
const made = expect.stringMatching(/^tc_[0-9a-z]{26}$/)
const calling = (...toolCalls: readonly object[]) => ({
  ...{ text: '', finishReason: 'tool-calls', toolCalls },
})
const one = (id: unknown, argumentsText: string) => calling(call(id, argumentsText))

const table: readonly (readonly [string, Wire, object | string, object])[] = [
  // https://platform.openai.com/docs/api-reference/chat/create (functions)
  [
    'one call, and null beside it',
    'chat',
    chat({ content: null, tool_calls: [chatCall('call_abc123', boston)] }),
    one('call_abc123', boston),
  ],
  [
    'calls at once',
    'chat',
    chat({ content: null, tool_calls: [chatCall('call_1', paris), chatCall('call_2', boston)] }),
    calling(call('call_1', paris), call('call_2', boston)),
  ],
  [
    'a call beside a text and its thoughts',
    'chat',
    chat({ content: 'I look.', reasoning_content: 'Hm.', tool_calls: [chatCall('call_1', paris)] }),
    { ...one('call_1', paris), text: 'I look.', reasoning: 'Hm.' },
  ],
  ...['', '{}', '{"location": "Par', 'Paris', '[1]', 'null'].map(
    given =>
      [
        `the arguments ${given || 'of no text'}`,
        'chat',
        chat({ content: null, tool_calls: [chatCall('call_1', given)] }),
        one('call_1', given),
      ] as const,
  ),
  ...[undefined, null].map(
    given =>
      [
        `${given} for arguments`,
        'chat',
        chat({ content: null, tool_calls: [chatCall('call_1', given)] }),
        one('call_1', ''),
      ] as const,
  ),
  ...['stop', 'tired', null, undefined, 5, 'function_call'].map(
    reason =>
      [
        `the ending ${reason}`,
        'chat',
        chat({ content: null, tool_calls: [chatCall('call_1', paris)] }, reason),
        one('call_1', paris),
      ] as const,
  ),
  [
    'a call cut by the length',
    'chat',
    chat({ content: null, tool_calls: [chatCall('call_1', '{"loc')] }, 'length'),
    { ...one('call_1', '{"loc'), finishReason: 'length' },
  ],
  [
    'a call before a filter',
    'chat',
    chat({ content: '', tool_calls: [chatCall('call_1', paris)] }, 'content_filter'),
    { ...one('call_1', paris), finishReason: 'content-filter' },
  ],
  ...[undefined, '', null, 5].map(
    id =>
      [
        `${id === '' ? 'an empty text' : id} for an id`,
        'chat',
        chat({ content: null, tool_calls: [chatCall(id, paris)] }),
        one(made, paris),
      ] as const,
  ),
  [
    'one id for two calls',
    'chat',
    chat({ content: null, tool_calls: [chatCall('call_0', paris), chatCall('call_0', boston)] }),
    calling(call('call_0', paris), call(made, boston)),
  ],
  [
    'no content, and members of its own',
    'chat',
    chat({ tool_calls: [chatCall('call_1', paris, { index: 0, type: undefined })], refusal: null }),
    one('call_1', paris),
  ],
  [
    'a content of no known form',
    'chat',
    chat({ content: 5, tool_calls: [chatCall('call_1', paris)] }),
    one('call_1', paris),
  ],
  [
    'a call without a name, and what is no call',
    'chat',
    chat({ content: null, tool_calls: [null, 'x', { id: 'a' }, { id: 'b', function: {} }] }),
    calling(call('b', '', '')),
  ],
  [
    'null for calls',
    'chat',
    chat({ content: 'Hi', tool_calls: null }, 'stop'),
    { text: 'Hi', finishReason: 'stop', toolCalls: undefined },
  ],
  [
    'no calls, and an ending for them',
    'chat',
    chat({ content: 'Hi', tool_calls: [] }),
    { text: 'Hi', finishReason: 'tool-calls', toolCalls: undefined },
  ],
  // https://docs.mistral.ai/capabilities/function_calling (a list for the content)
  [
    'parts for the content',
    'compatible',
    chat({
      content: [
        { type: 'thinking', thinking: [{ type: 'text', text: 'Hm.' }] },
        { type: 'text', text: 'I look.' },
      ],
      tool_calls: [chatCall('D681PevKs', paris)],
    }),
    { ...one('D681PevKs', paris), text: 'I look.', reasoning: 'Hm.' },
  ],
  // https://github.com/ollama/ollama/blob/main/docs/api.md (arguments as an object)
  [
    'an object for arguments',
    'compatible',
    chat({ content: '', tool_calls: [chatCall('call_1', { location: 'Paris', n: 1 })] }, 'stop'),
    one('call_1', '{"location":"Paris","n":1}'),
  ],
  // https://platform.openai.com/docs/api-reference/chat/streaming
  [
    'a stream of pieces',
    'chat',
    events(
      { choices: [{ index: 0, delta: { role: 'assistant', content: null }, finish_reason: null }] },
      pieces(null, { index: 0, id: 'call_1', type: 'function', function: { name: 'get_weather' } }),
      pieces(null, { index: 0, function: { arguments: '{"location"' } }),
      pieces(null, { index: 1, ...chatCall('call_2', '') }),
      pieces(null, { index: 0, function: { arguments: ': "Paris, France"}' } }),
      pieces(null, { index: 1, function: { arguments: '{}' } }),
      { choices: [{ index: 0, delta: {}, finish_reason: 'tool_calls' }] },
    ),
    calling(call('call_1', paris), call('call_2', '{}')),
  ],
  [
    'a stream of whole calls of one index',
    'compatible',
    events(
      pieces(null, { index: 0, ...chatCall('call_1', paris) }),
      pieces('stop', { index: 0, ...chatCall('call_2', boston) }),
    ),
    calling(call('call_1', paris), call('call_2', boston)),
  ],
  [
    'a stream that breaks off in a call',
    'chat',
    events(pieces(null, { index: 0, ...chatCall('call_1', '{"loc') })),
    { error: { code: 'SERVER_FAILED', reach: 'attempt', mayBeBilled: true } },
  ],

  // https://platform.openai.com/docs/guides/function-calling?api-mode=responses
  ['one call', 'responses', responses([functionCall(paris)]), one('call_12345xyz', paris)],
  [
    'thoughts, a text and calls at once',
    'responses',
    responses([
      { ...reasoning, summary: [{ type: 'summary_text', text: 'Hm.' }] },
      { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'I look.' }] },
      functionCall(paris),
      functionCall('', { call_id: 'call_2', name: 'get-time' }),
    ]),
    {
      ...calling(call('call_12345xyz', paris), call('call_2', '', 'get-time')),
      text: 'I look.',
      reasoning: 'Hm.',
    },
  ],
  [
    'broken arguments, and no status',
    'responses',
    responses([functionCall('{"loc')], { status: null }),
    one('call_12345xyz', '{"loc'),
  ],
  [
    'no id of the call',
    'responses',
    responses([functionCall(paris, { call_id: undefined })]),
    one(made, paris),
  ],
  [
    'a call cut by the length',
    'responses',
    responses([functionCall('{"loc', { status: 'incomplete' })], {
      status: 'incomplete',
      incomplete_details: { reason: 'max_output_tokens' },
    }),
    { ...one('call_12345xyz', '{"loc'), finishReason: 'length' },
  ],
  [
    'a stream',
    'responses',
    events({ type: 'response.completed', response: responses([functionCall(paris)]) }),
    one('call_12345xyz', paris),
  ],

  // https://docs.claude.com/en/docs/agents-and-tools/tool-use/implement-tool-use
  [
    'a call beside a text',
    'messages',
    claude([
      { type: 'text', text: "I'll check the current weather for you." },
      toolUse('toolu_01A09q90qw90lq917835lq9', { location: 'San Francisco, CA', unit: 'c' }),
    ]),
    {
      ...one('toolu_01A09q90qw90lq917835lq9', '{"location":"San Francisco, CA","unit":"c"}'),
      text: "I'll check the current weather for you.",
    },
  ],
  [
    'thinking, and calls at once',
    'messages',
    claude([
      { type: 'thinking', thinking: 'Hm.', signature: 'EqQB…' },
      { type: 'redacted_thinking', data: 'Emwx…' },
      toolUse('toolu_1', {}),
      toolUse('toolu_2', {}, 'get-time'),
    ]),
    { ...calling(call('toolu_1', '{}'), call('toolu_2', '{}', 'get-time')), reasoning: 'Hm.' },
  ],
  ...['end_turn', 'tired', null].map(
    reason =>
      [
        `the ending ${reason}`,
        'messages',
        claude([toolUse('toolu_1', { a: 1 })], reason),
        one('toolu_1', '{"a":1}'),
      ] as const,
  ),
  [
    'a call cut by the length',
    'messages',
    claude([toolUse('toolu_1', {})], 'max_tokens'),
    { ...one('toolu_1', '{}'), finishReason: 'length' },
  ],
  [
    'a tool of the name json',
    'messages',
    claude([toolUse('toolu_1', { a: 1 }, 'json')]),
    calling(call('toolu_1', '{"a":1}', 'json')),
  ],
  [
    'an integer that a double cannot hold',
    'messages',
    JSON.stringify(claude([toolUse('toolu_1', { id: 7 })])).replace('7', '12345678901234567890'),
    one('toolu_1', '{"id":12345678901234567890}'),
  ],
  // https://docs.claude.com/en/docs/build-with-claude/streaming (tool use)
  [
    'a stream, with broken arguments',
    'messages',
    events(
      { type: 'message_start', message: claude([], null) },
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'I look.' } },
      { type: 'content_block_start', index: 1, content_block: toolUse('toolu_1', {}) },
      { type: 'content_block_delta', index: 1, delta: inputPiece('') },
      { type: 'content_block_delta', index: 1, delta: inputPiece('{"location":') },
      { type: 'content_block_delta', index: 1, delta: inputPiece(' "Paris"}') },
      { type: 'content_block_start', index: 2, content_block: toolUse('toolu_2', {}) },
      { type: 'content_block_start', index: 3, content_block: toolUse('toolu_3', {}) },
      { type: 'content_block_delta', index: 3, delta: inputPiece('{"loc') },
      { type: 'message_delta', delta: { stop_reason: 'tool_use' }, usage: { output_tokens: 9 } },
    ),
    {
      ...calling(
        call('toolu_1', '{"location":"Paris"}'),
        call('toolu_2', '{}'),
        call('toolu_3', '{"loc'),
      ),
      text: 'I look.',
    },
  ],

  // https://ai.google.dev/gemini-api/docs/function-calling
  [
    'one call, without an id',
    'google',
    gemini([part({ location: 'Paris' }, { thoughtSignature: '<Signature A>' })]),
    one(made, '{"location":"Paris"}'),
  ],
  [
    'thoughts, a text and calls at once',
    'google',
    gemini([
      { text: 'Hm.', thought: true },
      { text: 'I look.' },
      part({ a: 1 }, { thoughtSignature: 'a' }),
      part(),
      { functionCall: { id: 'fc-1', name: 'get-time', args: {} } },
    ]),
    {
      ...calling(call(made, '{"a":1}'), call(made, ''), call('fc-1', '{}', 'get-time')),
      text: 'I look.',
      reasoning: 'Hm.',
    },
  ],
  ...['OTHER', 'TIRED', null].map(
    reason =>
      [
        `the ending ${reason}`,
        'google',
        gemini([part({ a: 1 })], reason),
        one(made, '{"a":1}'),
      ] as const,
  ),
  [
    'a call that nobody can read',
    'google',
    { candidates: [{ content: {}, finishReason: 'MALFORMED_FUNCTION_CALL' }] },
    { error: { code: 'SERVER_FAILED', reach: 'attempt', mayBeBilled: true } },
  ],
  [
    'a stream',
    'google',
    events(
      { candidates: [{ content: { parts: [{ text: 'I look.' }], role: 'model' } }] },
      gemini([part({ a: 1 }, { thoughtSignature: 'a' })]),
    ),
    { ...one(made, '{"a":1}'), text: 'I look.' },
  ],
]

function inputPiece(partial_json: string): object {
  return { type: 'input_json_delta', partial_json }
}

describe('a reply that calls tools', () => {
  let server: StubServer
  let body: object | string | undefined
  beforeAll(async () => {
    server = await startStubServer({
      isRecording: true,
      fault: () => (body === undefined ? undefined : { kind: 'reply', status: 200, body }),
    })
  })
  afterAll(() => server.close())

  async function ask(wire: Wire, prompt: Prompt, reply?: object | string): Promise<Answer> {
    body = reply
    return askOnce(models[wire], prompt, server)
  }

  it.each(table)('is read for its calls: %s, %s', async (_what, wire, reply, expected) => {
    const asked = ask(wire, makePrompt('Hi', { tools }), reply)

    if ('error' in expected) await expect(asked).rejects.toMatchObject(expected.error as object)
    else expect({ toolCalls: undefined, ...(await asked) }).toMatchObject(expected)
  })

  it('has an id for each call that had none, and none twice', async () => {
    const calls = Array.from({ length: 50 }, () => chatCall(undefined, '{}'))
    const { toolCalls = [] } = await ask(
      'chat',
      makePrompt('Hi', { tools }),
      chat({ tool_calls: calls }),
    )

    expect(new Set(toolCalls.map(({ id }) => id)).size).toBe(50)
  })

  it('has no calls for a prompt that offers no tools', async () => {
    const reply = chat({ content: 'Hi', tool_calls: [chatCall('call_1', paris)] })

    expect(await ask('chat', makePrompt('Hi'), reply)).not.toHaveProperty('toolCalls')
  })
})
