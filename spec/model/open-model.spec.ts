import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { resolveModel } from '../../lib/model/catalog/resolve-model.js'
import { openModel } from '../../lib/model/open-model.js'
import { userAgent } from '../../lib/model/transport/undici-transport.js'
import { fakeClock } from '../support/fake-clock.js'
import { makePrompt } from '../support/make-prompt.js'
import { faults, startStubServer } from '../support/stub-server.js'

const open = (
  name: string,
  environment: Record<string, string>,
  { key, extraModels = [] }: { key?: string | undefined; extraModels?: any[] } = { key: 'k' },
) =>
  openModel({
    reference: resolveModel(name, { aliases: new Map(), extraModels, ggufModels: [] }),
    key,
    environment,
    clock: fakeClock(),
    connections: 2,
  })
const never = new AbortController().signal

describe('openModel', () => {
  it.each(['localhost:8000', 'ftp://host/v1', 'not a url'])(
    'refuses %s as a base URL before anything is asked',
    async baseUrl => {
      await expect(open('gpt-4o', { OPENAI_BASE_URL: baseUrl })).rejects.toMatchObject({
        code: 'CONFIG_INVALID',
        message: `The base URL of OpenAI is not an http(s) URL: ${baseUrl}`,
      })
    },
  )

  it.each(['', 'sk with space', 'sk\nline', 'schlüssel'])(
    'refuses %j as a key, without showing it',
    async key => {
      const opened = open('gpt-4o', {}, { key })
      await expect(opened).rejects.toMatchObject({ code: 'KEY_INVALID', reach: 'run' })
      if (key !== '') await opened.catch(error => expect(error.message).not.toContain(key))
    },
  )

  it.each([
    ['a line break in it', 'X-Team', 'blue\nX-Other: red'],
    ['no name', '', 'blue'],
    ['a name of the transport’s', 'Transfer-Encoding', 'chunked'],
  ])('refuses a header with %s, without showing its value', async (_what, name, value) => {
    const mine = {
      ...{ model_id: 'mine', model_name: 'm-1', aliases: [], api_base: 'http://127.0.0.1:9/v1' },
      ...{ headers: { [name]: value }, completion: false, responses: false, reasoning: false },
    }
    const opened = open('mine', {}, { extraModels: [mine] })
    await expect(opened).rejects.toMatchObject({ code: 'CONFIG_INVALID', reach: 'run' })
    await opened.catch(error => {
      expect(error.message).toContain(JSON.stringify(name))
      expect(error.message).not.toContain(value)
    })
  })

  it('refuses a local server that does not run, and reports a server that ends later', async () => {
    const server = await startStubServer()
    const environment = { OLLAMA_BASE_URL: server.url }
    const client = await open('ollama/llama3', environment, { key: undefined })
    await server.close()

    await expect(open('ollama/llama3', environment, { key: undefined })).rejects.toMatchObject({
      code: 'CONNECTION_FAILED',
      reach: 'run',
      message: expect.stringMatching(/^Nothing listens at 127.0.0.1:\d+, the address of Ollama/),
    })
    await expect(client.ask(makePrompt('Hi'), never)).rejects.toMatchObject({
      code: 'CONNECTION_FAILED',
      remedy: expect.stringContaining('Is Ollama running'),
    })
    await client.close()
  })

  it('sends the user’s own server no key, but the headers that are set for the server', async () => {
    const server = await startStubServer({ isRecording: true })
    const mine = {
      model_id: 'mine',
      model_name: 'm-1',
      aliases: [],
      api_base: `${server.url}/`,
      headers: { 'X-Team': 'blue' },
      completion: false,
      responses: false,
      reasoning: false,
    }
    const client = await open('mine', {}, { key: 'sk-for-openai', extraModels: [mine] })
    await client.ask(makePrompt('Hi'), never)
    await client.close()
    await server.close()

    const { headers, model } = server.requests[0] ?? {}
    expect(headers).toMatchObject({ 'x-team': 'blue' })
    expect(headers).not.toHaveProperty('authorization')
    expect(model).toBe('m-1')
  })

  it('reads the limits that the server sends', async () => {
    const server = await startStubServer({
      headers: { 'x-ratelimit-limit-requests': '100', 'x-ratelimit-remaining-requests': '99' },
    })
    const client = await open('gpt-4o', server.environment)
    const { rateLimits } = await client.ask(makePrompt('Hi'), never)
    await client.close()
    await server.close()

    expect(rateLimits).toMatchObject([
      { kind: 'requests', limit: 100, remaining: 99, windowMs: 60_000 },
    ])
  })

  it('reads the shortest possible reply of a chat server', async () => {
    const body = { choices: [{ message: { content: 'Hi yourself' } }] }
    const server = await startStubServer({ fault: () => ({ kind: 'reply', status: 200, body }) })
    const client = await open('gpt-4o', server.environment)
    const answer = await client.ask(makePrompt('Hi'), never)
    await client.close()
    await server.close()

    expect(answer).toMatchObject({ text: 'Hi yourself', finishReason: 'other', usage: {} })
  })

  it('tries again when the provider behind OpenRouter breaks off', async () => {
    const server = await startStubServer({
      fault: () => ({ kind: 'answer', finishReason: 'error' }),
    })
    const client = await open('openrouter/m', server.environment)

    await expect(client.ask(makePrompt('Hi'), never)).rejects.toMatchObject({
      code: 'SERVER_FAILED',
      reach: 'attempt',
    })
    await client.close()
    await server.close()
  })

  it('asks a deployment of Azure, and keeps the query of a base URL', async () => {
    const asked: object[] = []
    const server = createServer((request, response) => {
      const { authorization, 'api-key': azureKey } = request.headers
      asked.push({ url: request.url, authorization, azureKey })
      response.end('{"choices": [{"message": {"content": "Hi"}, "finish_reason": "stop"}]}')
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const AZURE_OPENAI_ENDPOINT = url
    const AZURE_OPENAI_API_VERSION = '2024-10-21'
    const clients = [
      await open('azure/our-gpt', { AZURE_OPENAI_ENDPOINT, AZURE_OPENAI_API_VERSION }),
      await open('azure/our-gpt', { AZURE_OPENAI_ENDPOINT }),
      await open('groq/m', { GROQ_BASE_URL: `${url}/v1/?api-version=1` }),
      await open('claude-haiku', { ANTHROPIC_BASE_URL: `${url}/v1?api-version=1` }),
    ]

    for (const client of clients) {
      await client.ask(makePrompt('Hi'), never).catch(() => {})
      await client.close()
    }

    expect(asked).toEqual([
      {
        url: '/openai/deployments/our-gpt/chat/completions?api-version=2024-10-21',
        azureKey: 'k',
      },
      { url: '/openai/v1/chat/completions', azureKey: 'k' },
      { url: '/v1/chat/completions?api-version=1', authorization: 'Bearer k' },
      { url: '/v1/messages?api-version=1' },
    ])
    await new Promise(resolve => server.close(resolve))
  })

  it('uses the proxy of the environment, but not for this machine', async () => {
    const asked: string[] = []
    const proxy = createServer().on('connect', (request, socket) => {
      asked.push(request.url ?? '')
      socket.end('HTTP/1.1 502 No\r\n\r\n')
    })
    await new Promise<void>(resolve => proxy.listen(0, '127.0.0.1', resolve))
    const HTTP_PROXY = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
    const server = await startStubServer()
    const far = await open('gpt-4o', { HTTP_PROXY, OPENAI_BASE_URL: 'http://model.invalid/v1' })
    const near = await open('gpt-4o', { HTTP_PROXY, OPENAI_BASE_URL: server.url })

    await expect(far.ask(makePrompt('Hi'), never)).rejects.toMatchObject({
      code: 'CONNECTION_FAILED',
    })
    expect((await near.ask(makePrompt('Hi'), never)).text).toBe('Answer to: Hi')
    expect(asked).toEqual(['model.invalid:80'])
    await Promise.all([far.close(), near.close(), server.close()])
    await new Promise(resolve => proxy.close(resolve))
  })

  it('opens as many sockets as it may, and closes them at the end', async () => {
    const server = await startStubServer({ fault: () => faults.hang })
    const client = await open('gpt-4o', server.environment)
    const asks = [1, 2, 3].map(index => client.ask(makePrompt(`${index}`), never))
    const ended = Promise.allSettled(asks)
    await server.arrived(2)

    expect(await server.connections()).toBe(2)
    await client.close()
    await server.idle()
    const outcomes = await ended
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
    await server.close()
  })
})

describe('userAgent', () => {
  it('has the version of the package', async () => {
    const { version } = JSON.parse(await readFile('package.json', 'utf8'))
    expect(userAgent).toBe(`llm-batch/${version}`)
  })
})
