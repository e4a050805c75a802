import { readRequest } from '../../lib/template/read-request.js'

const user = { role: 'user', content: 'Hi' }
const chat = { model: 'm', messages: [user] }
const read = (body: any, url = '/v1/chat/completions') => readRequest({ url, body }, 'Line 3')

describe('readRequest', () => {
  it.each<[any, string, string]>([
    [chat, '/v1/embeddings', 'url is /v1/embeddings, and embeddings have no text'],
    [chat, '/v1/moderations', 'url is "/v1/moderations", not one of /v1/chat/completions, /v1/res'],
    [chat, 'https://evil.example/v1/chat/completions', 'not one of'],
    [{ messages: [user] }, '/v1/chat/completions', 'body has no model'],
    [{ ...chat, stream: true }, '/v1/chat/completions', 'body.stream is true'],
    [{ ...chat, n: 2 }, '/v1/chat/completions', 'body.n is 2, and one answer is kept'],
    [
      { ...chat, tools: [{ type: 'function' }] },
      '/v1/chat/completions',
      'body.tools has functions',
    ],
    [{ model: 'm', messages: [{}] }, '/v1/chat/completions', 'body.messages[0] has no role'],
    [{ model: 'm', prompt: ['a', 'b'] }, '/v1/completions', 'body.prompt is not one text'],
    [{ model: 'm' }, '/v1/responses', 'body.input is neither a text nor a list'],
    [{ model: 'm', input: [] }, '/v1/responses', 'body.input is an empty list'],
    [{ model: 'm', input: [{ content: 'a' }] }, '/v1/responses', 'body.input[0] has no role'],
    [{ model: 'm', input: 'a', background: true }, '/v1/responses', 'body.background is true'],
  ])('refuses %j at %s, with the line', (body, url, fault) => {
    expect(() => read(body, url)).toThrow(
      expect.objectContaining({
        code: 'RECORD_INVALID',
        reach: 'row',
        message: expect.stringMatching(/^Line 3: /),
      }),
    )
    expect(() => read(body, url)).toThrow(fault)
  })

  it('takes a body as it stands, unknown members too', () => {
    const body = { ...chat, temperature: 1, unheard_of: [1], n: 1, stream: false, tools: [] }

    expect(read(body).request).toEqual({ endpoint: 'chat/completions', body })
    expect(read(body).messages).toMatchObject([{ role: 'user', given: user }])
  })

  it('takes tools that the server itself uses', () => {
    const body = { model: 'm', input: 'Hi', tools: [{ type: 'web_search' }] }

    expect(read(body, '/v1/responses').request).toEqual({ endpoint: 'responses', body })
  })

  it('reads the conversation of the Responses API', () => {
    const input = [
      { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Hi' }] },
      { type: 'reasoning', id: 'rs_1' },
    ]
    const system = { role: 'system', parts: [{ kind: 'text', text: 'Be brief' }] }

    expect(
      read({ model: 'm', instructions: 'Be brief', input }, '/v1/responses').messages,
    ).toMatchObject([
      system,
      { role: 'user', parts: [{ kind: 'text', text: 'Hi' }] },
      { parts: [{ kind: 'foreign', name: 'reasoning' }] },
    ])
    expect(read({ model: 'm', input: 'Hi' }, '/v1/responses').messages).toMatchObject([
      { role: 'user', parts: [{ text: 'Hi' }] },
    ])
    expect(read({ model: 'm', prompt: { id: 'p' } }, '/v1/responses').messages).toMatchObject([
      { parts: [{ kind: 'foreign', name: 'prompt' }] },
    ])
  })

  it('reads the text of the old completions endpoint', () => {
    expect(read({ model: 'm', prompt: 'Once' }, '/v1/completions')).toMatchObject({
      request: { endpoint: 'completions' },
      messages: [{ role: 'user', parts: [{ text: 'Once' }] }],
    })
  })
})
