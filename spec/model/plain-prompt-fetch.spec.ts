import { openModel } from '../../lib/model/open-model.js'
import { resolveModel } from '../../lib/model/resolve-model.js'
import { fakeClock } from '../support/fake-clock.js'
import { makePrompt } from '../support/make-prompt.js'
import { type StubServer, startStubServer } from '../support/stub-server.js'

describe('plainPromptFetch', () => {
  let server: StubServer
  beforeAll(async () => {
    server = await startStubServer({ isRecording: true })
  })
  afterAll(() => server.close())

  it.each([
    'Once upon a time',
    '',
    '  spaces stay, and breaks\n\n',
    'user:\nWho?\n\nassistant:\nMe.\n\nassistant:\n',
    '"quotes" \\ 你好 🙂 \u0000 \u2028 {"json": [1]}',
  ])('sends %j as it is, with nothing around it and no place to stop', async text => {
    const client = await openModel({
      reference: resolveModel('3.5-instruct', { aliases: new Map(), extraModels: [] }),
      key: 'k',
      environment: server.environment,
      clock: fakeClock(),
      connections: 1,
    })
    await client.ask(makePrompt(text), new AbortController().signal)
    await client.close()

    expect(server.requests.at(-1)?.body).toEqual({
      model: 'gpt-3.5-turbo-instruct',
      prompt: text,
      max_tokens: 256,
    })
  })

  it('asks a server of the user’s own under its name there, with no room set for the answer', async () => {
    const base = {
      model_id: 'base',
      model_name: 'llama-base',
      aliases: [],
      api_base: server.url,
      headers: {},
      completion: true,
      responses: false,
      reasoning: false,
    }
    const client = await openModel({
      reference: resolveModel('base', { aliases: new Map(), extraModels: [base] }),
      environment: {},
      clock: fakeClock(),
      connections: 1,
    })
    const answer = await client.ask(makePrompt('Once'), new AbortController().signal)
    await client.close()

    expect(answer).toMatchObject({ text: 'Answer to: Once', finishReason: 'stop' })
    expect(server.requests.at(-1)?.path).toBe('/v1/completions')
    expect(server.requests.at(-1)?.body).toEqual({ model: 'llama-base', prompt: 'Once' })
  })
})
