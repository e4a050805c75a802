import { type StubServer, startStubServer } from './stub-server.js'

const schema = { type: 'object', properties: { a: { type: 'number' } } }
const text = 'Add: CALL add {"a":1} CALL add {"a":2} THEN CALL mul {"a":3}'

interface SpokenWire {
  readonly path: string
  /** The request for a prompt, and for a prompt with more of the conversation behind it. */
  readonly asked: (text: string, after?: readonly any[]) => any
  /** What the model said in a reply, as the request has it. */
  readonly said: (reply: any) => readonly any[]
  /** Names and arguments of the calls in a reply. */
  readonly calls: (reply: any) => unknown
  /** Results of the calls in a reply. */
  readonly results: (reply: any, ...texts: readonly string[]) => readonly any[]
  readonly answered: (reply: any) => string
}

const wires: Readonly<Record<string, SpokenWire>> = {
  chat: {
    path: '/chat/completions',
    asked: (content, after = []) => ({
      model: 'm',
      messages: [{ role: 'user', content }, ...after],
      tools: [{ type: 'function', function: { name: 'add', parameters: schema } }],
    }),
    said: ({ choices: [{ message }] }) => [message],
    calls: ({ choices: [{ message, finish_reason }] }) => [
      finish_reason,
      ...message.tool_calls.map((call: any) => [call.function.name, call.function.arguments]),
    ],
    results: ({ choices: [{ message }] }, ...texts) =>
      texts.map((content, index) => ({
        role: 'tool',
        tool_call_id: message.tool_calls[index].id,
        content,
      })),
    answered: ({ choices: [{ message }] }) => message.content,
  },
  responses: {
    path: '/responses',
    asked: (content, after = []) => ({
      model: 'm',
      input: [{ role: 'user', content }, ...after],
      tools: [{ type: 'function', name: 'add', parameters: schema }],
      include: ['reasoning.encrypted_content'],
    }),
    said: ({ output }) => output,
    calls: ({ output }) => [
      'tool_calls',
      ...output.flatMap((item: any) => (item.name ? [[item.name, item.arguments]] : [])),
    ],
    results: ({ output }, ...texts) => {
      const calls = output.filter(({ type }: any) => type === 'function_call')
      return texts.map((result, index) => ({
        type: 'function_call_output',
        call_id: calls[index].call_id,
        output: result,
      }))
    },
    answered: ({ output }) => output.at(-1).content[0].text,
  },
  messages: {
    path: '/messages',
    asked: (content, after = []) => ({
      model: 'm',
      messages: [{ role: 'user', content }, ...after],
      tools: [{ name: 'add', input_schema: schema }],
    }),
    said: ({ content }) => [{ role: 'assistant', content }],
    calls: ({ content, stop_reason }) => [
      stop_reason === 'tool_use' && 'tool_calls',
      ...content.flatMap((block: any) =>
        block.name ? [[block.name, JSON.stringify(block.input)]] : [],
      ),
    ],
    results: ({ content }, ...texts) => {
      const calls = content.filter(({ type }: any) => type === 'tool_use')
      const blocks = texts.map((result, index) => ({
        type: 'tool_result',
        tool_use_id: calls[index].id,
        content: result,
      }))
      return [{ role: 'user', content: blocks }]
    },
    answered: ({ content }) => content[0].text,
  },
  google: {
    path: '/models/m:generateContent',
    asked: (prompt, after = []) => ({
      contents: [{ role: 'user', parts: [{ text: prompt }] }, ...after],
      tools: [{ functionDeclarations: [{ name: 'add', parametersJsonSchema: schema }] }],
    }),
    said: ({ candidates: [{ content }] }) => [content],
    calls: ({ candidates: [{ content }] }) => [
      'tool_calls',
      ...content.parts.map(({ functionCall: { name, args } }: any) => [name, JSON.stringify(args)]),
    ],
    results: ({ candidates: [{ content }] }, ...texts) => {
      const parts = texts.map((result, index) => ({
        functionResponse: {
          name: content.parts[index].functionCall.name,
          response: { result },
        },
      }))
      return [{ role: 'user', parts }]
    },
    answered: ({ candidates: [{ content }] }) => content.parts[0].text,
  },
}

describe.each(Object.entries(wires))('the stub server with tools: %s', (_name, wire) => {
  let server: StubServer
  beforeEach(async () => {
    server = await startStubServer({ isRecording: true })
  })
  afterEach(() => server.close())

  async function post(body: object): Promise<{ status: number; reply: any }> {
    const response = await fetch(server.url + wire.path, {
      method: 'POST',
      body: JSON.stringify(body),
    })
    return { status: response.status, reply: await response.json() }
  }

  it('makes the calls that a prompt says, and answers with their results', async () => {
    const first = await post(wire.asked(text))
    const after = [...wire.said(first.reply), ...wire.results(first.reply, '1', '2')]
    const second = await post(wire.asked(text, after))
    const whole = [...after, ...wire.said(second.reply), ...wire.results(second.reply, '3')]
    const third = await post(wire.asked(text, whole))

    expect(wire.calls(first.reply)).toEqual(['tool_calls', ['add', '{"a":1}'], ['add', '{"a":2}']])
    expect(wire.calls(second.reply)).toEqual(['tool_calls', ['mul', '{"a":3}']])
    expect(wire.answered(third.reply)).toBe('Results: 1, 2, 3')
    expect(server.calls.get(text)).toBe(3)
    expect(server.requests.at(-1)).toMatchObject({
      tools: ['add'],
      rounds: [
        { calls: ['add', 'add'], results: ['1', '2'] },
        { calls: ['mul'], results: ['3'] },
      ],
    })
  })

  it('makes the last calls for ever, if the prompt says so', async () => {
    let after: readonly any[] = []
    for (let round = 0; round < 7; round += 1) {
      const { reply } = await post(wire.asked('CALL add {"a":1} FOREVER', after))
      expect(wire.calls(reply)).toEqual(['tool_calls', ['add', '{"a":1}']])
      after = [...after, ...wire.said(reply), ...wire.results(reply, '1')]
    }
  })

  it('makes no calls if no tools are offered', async () => {
    const { tools: _offered, ...request } = wire.asked('CALL add {"a":1}')

    expect(wire.answered((await post(request)).reply)).toBe('Answer to: CALL add {"a":1}')
  })

  it.each<[string, (reply: any) => readonly any[]]>([
    ['no results', reply => wire.said(reply)],
    ['a result too few', reply => [...wire.said(reply), ...wire.results(reply, '1')]],
    ['results alone', reply => wire.results(reply, '1', '2')],
    [
      'other calls than it made',
      reply => [...changed(wire.said(reply)), ...wire.results(changed(reply), '1', '2')],
    ],
  ])('refuses %s', async (_what, after) => {
    const { reply } = await post(wire.asked(text))

    expect(await post(wire.asked(text, after(reply)))).toMatchObject({ status: 400 })
  })

  it('refuses an offer without a schema', async () => {
    const bare = JSON.parse(JSON.stringify(wire.asked('Hi')).replace(/"type":"object",?/, ''))

    expect(await post(bare)).toMatchObject({ status: 400 })
  })

  /** With another argument of the first call. */
  function changed<Value>(value: Value): Value {
    const other = JSON.stringify(value).replace(/(\\?"a\\?":)1/, '$1' + '7')
    return JSON.parse(other)
  }
})
