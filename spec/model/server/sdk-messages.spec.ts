import { parseModelOptions } from '../../../lib/model/catalog/parse-model-options.js'
import { resolveModel } from '../../../lib/model/catalog/resolve-model.js'
import { openModel } from '../../../lib/model/open-model.js'
import { completionsBody } from '../../../lib/model/server/completions-body.js'
import { sdkMessages } from '../../../lib/model/server/sdk-messages.js'
import type { ColumnValue } from '../../../lib/row/row.js'
import { readMessages } from '../../../lib/template/read-messages.js'
import { fakeClock } from '../../support/fake-clock.js'
import { makePrompt } from '../../support/make-prompt.js'
import { type StubServer, startStubServer } from '../../support/stub-server.js'

const pixel = 'iVBORw0KGgo='
const conversation = [
  { role: 'system', content: 'Be brief.', cache: true },
  { role: 'user', content: 'A lake?' },
  { role: 'assistant', content: [{ type: 'text', text: 'Como.' }] },
  {
    role: 'user',
    content: [
      { type: 'text', text: 'And these?' },
      { type: 'image_url', image_url: { url: `data:image/png;base64,${pixel}`, detail: 'low' } },
      { type: 'image_url', image_url: { url: 'https://example.com/a.webp' } },
    ],
  },
]

describe('the messages of a row', () => {
  let server: StubServer
  beforeAll(async () => {
    server = await startStubServer({ isRecording: true })
  })
  afterAll(() => server.close())

  /** The body that arrives at the server when this model is asked these messages. */
  async function bodyOf(name: string, given: ColumnValue, options = {}): Promise<any> {
    const reference = resolveModel(name, { aliases: new Map(), extraModels: [], ggufModels: [] })
    const modelOptions = parseModelOptions(reference, options)
    const client = await openModel({
      ...{ reference, key: 'k', environment: server.environment, modelOptions },
      ...{ clock: fakeClock(), connections: 1 },
    })
    const messages = readMessages(given, 'messages')
    const prompt = makePrompt('And these?', {
      messages,

      options: modelOptions,
    })
    await client.ask(prompt, new AbortController().signal)
    await client.close()
    return server.requests.at(-1)?.body
  }

  it.each<[string, Record<string, boolean>?]>([
    ['gpt-4o'],
    ['openrouter/acme/own'],
    ['gpt-5', { chat_completions: true }],
  ])('go to the chat wire of %s unchanged, unknown members too', async (name, options = {}) => {
    const given = [
      ...conversation,
      { role: 'assistant', content: null, tool_calls: [{ id: 'c', function: { name: 'f' } }] },
      { role: 'tool', tool_call_id: 'c', content: '12345678901234567890' },
    ]

    expect((await bodyOf(name, given, options)).messages).toEqual(given)
  })

  it('keep the digits of big numbers on the chat wire', () => {
    const given = [{ role: 'user', content: 'Hi', id: 12345678901234567890n }]
    const prompt = makePrompt('Hi', { messages: readMessages(given, 'messages') })

    expect(completionsBody('openai-chat', 'm', { options: {} })(prompt)).toBe(
      '{"model":"m","messages":[{"role":"user","content":"Hi","id":12345678901234567890}],"stream":false}',
    )
  })

  it('go to the Responses API as its input', async () => {
    expect((await bodyOf('gpt-5', conversation)).input).toEqual([
      { role: 'developer', content: 'Be brief.' },
      { role: 'user', content: [{ type: 'input_text', text: 'A lake?' }] },
      { role: 'assistant', content: [{ type: 'output_text', text: 'Como.' }] },
      {
        role: 'user',
        content: [
          { type: 'input_text', text: 'And these?' },
          { type: 'input_image', image_url: `data:image/png;base64,${pixel}`, detail: 'low' },
          { type: 'input_image', image_url: 'https://example.com/a.webp' },
        ],
      },
    ])
  })

  it('go to Anthropic with the system message in its place', async () => {
    const body = await bodyOf('claude-haiku-4-5', conversation)

    expect(body.system).toEqual([{ type: 'text', text: 'Be brief.' }])
    expect(body.messages).toEqual([
      { role: 'user', content: [{ type: 'text', text: 'A lake?' }] },
      { role: 'assistant', content: [{ type: 'text', text: 'Como.' }] },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'And these?' },
          { type: 'image', source: { type: 'base64', media_type: 'image/png', data: pixel } },
          { type: 'image', source: { type: 'url', url: 'https://example.com/a.webp' } },
        ],
      },
    ])
  })

  it('go to Google with the system message in its place', async () => {
    const body = await bodyOf('gemini-2.5-flash', conversation)

    expect(body.systemInstruction).toEqual({ parts: [{ text: 'Be brief.' }] })
    expect(body.contents).toEqual([
      { role: 'user', parts: [{ text: 'A lake?' }] },
      { role: 'model', parts: [{ text: 'Como.' }] },
      {
        role: 'user',
        parts: [
          { text: 'And these?' },
          { inlineData: { mimeType: 'image/png', data: pixel } },
          { fileData: { mimeType: 'image/webp', fileUri: 'https://example.com/a.webp' } },
        ],
      },
    ])
  })

  it('go to the old completions endpoint as the text of the one message', async () => {
    const reference = 'gpt-3.5-turbo-instruct'
    expect(await bodyOf(reference, [{ role: 'user', content: 'And these?' }])).toMatchObject({
      prompt: 'And these?',
    })
  })
})

describe('sdkMessages', () => {
  it.each([
    ['https://example.com/a.webp?b.png', 'image/webp'],
    ['https://example.com/a.HEIC', 'image/heic'],
    ['https://example.com/a', 'image/jpeg'],
    ['https://example.com/a.jpg', 'image/jpeg'],
  ])('tells the type of %s by its name', (url, mediaType) => {
    const messages = readMessages(
      [{ role: 'user', content: [{ type: 'image_url', image_url: url }] }],
      'messages',
    )

    expect(sdkMessages(messages)).toMatchObject([{ content: [{ mediaType, data: new URL(url) }] }])
  })

  it.each([
    [{ role: 'tool', content: 'A cat' }, 'a message of a tool was not refused'],
    [{ role: 'user', content: [{ type: 'input_audio' }] }, 'the part input_audio was not refused'],
  ])('throws at %j, which is refused before', (message, fault) => {
    expect(() => sdkMessages(readMessages([message], 'messages'))).toThrow(new RangeError(fault))
  })
})
