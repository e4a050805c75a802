import { OpenAICompatibleChatLanguageModel } from '@ai-sdk/openai-compatible'
import {
  chatOptionList,
  compatibleOptionList,
  verboseOptionList,
} from '../../../lib/model/catalog/option-list.js'
import { parseModelOptions } from '../../../lib/model/catalog/parse-model-options.js'
import { resolveModel } from '../../../lib/model/catalog/resolve-model.js'
import { openModel } from '../../../lib/model/open-model.js'
import type { Prompt } from '../../../lib/row/prompt.js'
import { modelClientContract } from '../../contract/model-client.js'
import { fakeClock } from '../../support/fake-clock.js'
import { makePrompt } from '../../support/make-prompt.js'
import { type Fault, faults, type StubServer, startStubServer } from '../../support/stub-server.js'
import { until } from '../../support/until.js'

const contract = (name: string) => ({
  keyRefused: faults.keyRefused(),
  unknownModel: faults.unknownModel,
  overloaded: faults.status(503) as Fault,
  open: (server: StubServer, key: string) =>
    openModel({
      reference: resolveModel(name, { aliases: new Map(), extraModels: [], ggufModels: [] }),
      key,
      environment: server.environment,
      clock: fakeClock(),
      connections: 8,
    }),
})

modelClientContract('gpt-4o (Chat)', { ...contract('gpt-4o'), canBegin: true })
modelClientContract('groq/llama (compatible)', { ...contract('groq/llama-3'), canBegin: true })
modelClientContract('gpt-3.5-turbo-instruct (Completion)', {
  ...contract('3.5-instruct'),
  isWithoutSystem: true,
})

const never = new AbortController().signal

describe('createCompletionsClient', () => {
  let server: StubServer
  let fault: Fault | undefined
  beforeAll(async () => {
    server = await startStubServer({ isRecording: true, fault: () => fault })
  })
  beforeEach(() => {
    fault = undefined
  })
  afterAll(() => server.close())

  async function askModel(name: string, prompt: Prompt, extraModels: any[] = []) {
    const client = await openModel({
      reference: resolveModel(name, { aliases: new Map(), extraModels, ggufModels: [] }),
      key: 'k',
      environment: server.environment,
      clock: fakeClock(),
      connections: 1,
      modelOptions: prompt.options,
    })
    try {
      return await client.ask(prompt, never)
    } finally {
      await client.close()
    }
  }
  const replying = (body: string | object): Promise<any> => {
    fault = { kind: 'reply', status: 200, body }
    return askModel('groq/m', makePrompt('Hi'))
  }

  describe('writes what the AI SDK would', () => {
    /** An option under llm's name, and how the AI SDK is told of it. */
    const said: Record<string, [value: string | number | boolean, settings: object]> = {
      temperature: [0.2, { temperature: 0.2 }],
      max_tokens: [9, { maxOutputTokens: 9 }],
      top_p: [0.5, { topP: 0.5 }],
      frequency_penalty: [1, { frequencyPenalty: 1 }],
      presence_penalty: [-1, { presencePenalty: -1 }],
      stop: ['END', { stopSequences: 'END' }],
      logit_bias: ['{"5": 10}', { providerOptions: { openai: { logit_bias: { 5: 10 } } } }],
      seed: [7, { seed: 7 }],
      json_object: [true, { responseFormat: { type: 'json' } }],
      image_detail: ['low', {}],
      service_tier: ['flex', { providerOptions: { openai: { service_tier: 'flex' } } }],
      chat_completions: [true, {}],
      reasoning_effort: ['low', { providerOptions: { openai: { reasoningEffort: 'low' } } }],
      reasoning_summary: ['auto', {}],
      verbosity: ['high', { providerOptions: { openai: { textVerbosity: 'high' } } }],
      top_k: [3, { providerOptions: { openai: { top_k: 3 } } }],
    }
    const names = [...chatOptionList, ...verboseOptionList, ...compatibleOptionList].map(
      ({ name }) => name,
    )

    /** The body that the AI SDK writes for a prompt with these settings. */
    async function sdkBody(model: string, settings: object, system?: string, text = 'Hi') {
      let body: unknown
      const sdk = new OpenAICompatibleChatLanguageModel(model, {
        provider: 'openai.chat',
        url: ({ path }) => `http://127.0.0.1${path}`,
        headers: () => ({}),
        fetch: (async (_url: string, init: RequestInit) => {
          body = JSON.parse(init.body as string)
          throw new Error('seen')
        }) as any,
      })
      const user = { role: 'user' as const, content: [{ type: 'text' as const, text }] }
      const prompt = system ? [{ role: 'system' as const, content: system }, user] : [user]
      await expect(sdk.doGenerate({ ...settings, prompt })).rejects.toThrow('seen')
      return body
    }

    it.each([...new Set(names)])('for the option %s', async option => {
      expect(Object.keys(said)).toContain(option)
      const [value, settings] = said[option] ?? [0, {}]
      const isOf = (list: typeof chatOptionList) => list.some(({ name }) => name === option)
      const isGpt5 = !isOf(compatibleOptionList)
      const name = isGpt5 ? 'gpt-5' : 'groq/m'
      const given = { ...(isGpt5 && { chat_completions: true }), [option]: value }
      const reference = resolveModel(name, { aliases: new Map(), extraModels: [], ggufModels: [] })
      const options = parseModelOptions(reference, given)
      await askModel(name, makePrompt('Hi', { options }))

      expect(server.requests.at(-1)?.path).toBe('/v1/chat/completions')
      expect(server.requests.at(-1)?.body).toEqual({
        ...((await sdkBody(reference.apiName, settings)) as object),
        stream: false,
      })
    })

    it.each([
      ['without a system prompt', undefined],
      ['with one', 'Be brief: "\\n" 🙂 \u2028 \ud800'],
      ['with an empty one', ''],
    ])('%s, and for texts of any kind', async (_what, system) => {
      const text = '"quotes" \\ 你好 \u0000 \udfff {"json": [1]}'
      const fragments = [{ hash: 'f', content: 'Known.\n' }]
      await askModel('gpt-4o', makePrompt(text, { system, fragments }))

      expect(server.requests.at(-1)?.body).toEqual({
        ...((await sdkBody('gpt-4o', {}, system, `Known.\n\n${text}`)) as object),
        stream: false,
      })
    })
  })

  describe('reads the text, whatever the rest of the reply is:', () => {
    const message = (members: object, choice: object = {}) => ({
      choices: [{ message: { content: 'Hi', ...members }, finish_reason: 'stop', ...choice }],
    })
    const whole = { text: 'Hi', finishReason: 'stop' }
    const hm = { ...whole, reasoning: 'Hm.' }

    it.each<[string, object | string, object]>([
      ['usage as a text', { ...message({}), usage: 'none' }, { ...whole, usage: {} }],
      ['usage as a list', { ...message({}), usage: [1] }, { ...whole, usage: {} }],
      ['usage null', { ...message({}), usage: null }, { ...whole, usage: {} }],
      [
        'counts as texts',
        { ...message({}), usage: { prompt_tokens: '1', completion_tokens: 2 } },
        { ...whole, usage: { outputTokens: 2 } },
      ],
      ['a number for an id', { ...message({}), id: 5, model: 7, created: 'now' }, whole],
      ['the role "model"', message({ role: 'model' }), whole],
      ['null everywhere', { ...message({ role: null, tool_calls: null }), error: null }, whole],
      ['tool calls of another form', message({ tool_calls: [{ id: 1 }] }), whole],
      ['an error that says nothing', { ...message({}), error: {} }, whole],
      [
        'an unknown ending',
        message({}, { finish_reason: 'tired' }),
        { ...whole, finishReason: 'other' },
      ],
      ['no ending', message({}, { finish_reason: null }), { ...whole, finishReason: 'other' }],
      ['an ending that is a number', message({}, { finish_reason: 1 }), { finishReason: 'other' }],
      [
        'the name of a method for an ending',
        message({}, { finish_reason: 'constructor' }),
        { finishReason: 'other' },
      ],
      [
        'a list of parts',
        message({ content: [{ type: 'text', text: 'H' }, { text: 'i' }] }),
        whole,
      ],
      ['a list of texts', message({ content: ['H', 'i', null, 5] }), whole],
      ['one part, not in a list', message({ content: { type: 'text', text: 'Hi' } }), whole],
      [
        'thinking among the parts',
        message({
          content: [
            { type: 'thinking', thinking: [{ type: 'text', text: 'Hm.' }] },
            { type: 'text', text: 'Hi' },
          ],
        }),
        hm,
      ],
      ['reasoning_content', message({ reasoning_content: 'Hm.' }), hm],
      ['reasoning', message({ reasoning: 'Hm.', reasoning_content: null }), hm],
      ['reasoning of another form', message({ reasoning: { effort: 1 } }), whole],
      ['a refusal that is none', message({ refusal: false }), whole],
      [
        'a refusal among the parts',
        message({ content: [{ type: 'refusal', refusal: 'No.' }] }),
        { text: 'No.', finishReason: 'content-filter' },
      ],
      [
        'a refusal',
        message({ content: null, refusal: 'No.' }),
        { text: 'No.', finishReason: 'content-filter' },
      ],
      [
        'the text of the old completions',
        { choices: [{ text: 'Hi', finish_reason: 'stop' }] },
        whole,
      ],
      ['one choice, not in a list', { choices: message({}).choices[0] as object }, whole],
      ['a byte order mark', `\ufeff${JSON.stringify(message({}))}`, whole],
      [
        'no content',
        message({ content: null }, { finish_reason: 'length' }),
        { text: '', finishReason: 'length' },
      ],
      [
        'tool calls and no text',
        message({ content: null }, { finish_reason: 'tool_calls' }),
        { text: '', finishReason: 'tool-calls' },
      ],
    ])('%s', async (_what, body, answer) => {
      expect(await replying(body)).toMatchObject(answer)
    })
  })

  it.each<[string, string | object]>([
    ['no choices', { choices: [] }],
    ['choices null', { choices: null }],
    ['a choice without a message', { choices: [{ finish_reason: 'stop' }] }],
    ['a message that is null', { choices: [{ message: null }] }],
    ['content that is a number', { choices: [{ message: { content: 5 } }] }],
    ['content of another form', { choices: [{ message: { content: { answer: 'Hi' } } }] }],
    ['a list', '[]'],
    ['null', 'null'],
    ['a text', '"Hi"'],
  ])('tries again if there is no text: %s', async (_what, body) => {
    await expect(replying(body)).rejects.toMatchObject({
      code: 'REPLY_INVALID',
      reach: 'attempt',
      message: expect.stringContaining('Groq'),
    })
  })

  it.each([
    [400, { code: 'REQUEST_REJECTED', reach: 'row' }],
    [200, { code: 'SERVER_FAILED', reach: 'attempt' }],
  ])('reads an error reply with very deeply nested details, status %d', async (status, what) => {
    const details = `${'['.repeat(1e5)}${']'.repeat(1e5)}`
    const body = `{"error":{"message":"No.","details":${details}}}`
    fault = { kind: 'reply', status, body }

    await expect(askModel('groq/m', makePrompt('Hi'))).rejects.toMatchObject(what)
  })

  it('returns what a gateway says the call costs', async () => {
    const choices = [{ message: { content: 'Hi' }, finish_reason: 'stop' }]

    expect(await replying({ choices, usage: { cost: 0.5 } })).toMatchObject({ statedCostUsd: 0.5 })
    expect(await replying({ choices })).not.toHaveProperty('statedCostUsd')
  })

  it.each([true, false])(
    'holds a large reply until there is room; its listener hears so: %s',
    async isHeard => {
      fault = {
        ...{ kind: 'reply', status: 200 },
        body: { choices: [{ message: { content: 'a'.repeat(2_000_000) } }] },
      }
      const client = await openModel({
        reference: resolveModel('groq/m', { aliases: new Map(), extraModels: [], ggufModels: [] }),
        ...{ key: 'k', environment: server.environment, clock: fakeClock(), connections: 1 },
      })
      const heard: string[] = []
      let isRoom = false
      let isAsked = false
      let onFree = (): void => {}
      client.heed?.({
        hasRoom() {
          isAsked = true
          return isRoom
        },
        onFree(listener) {
          onFree = listener
        },
      })
      client.begin?.(makePrompt('Hi'), {
        answered: ({ text }) => heard.push(`answered ${text.length}`),
        failed: error => heard.push(`failed: ${error}`),
        ...(isHeard && { held: () => heard.push('held'), goesOn: () => heard.push('goes on') }),
      })
      await until(() => isAsked)
      onFree()
      expect(heard).toEqual(isHeard ? ['held'] : [])

      isRoom = true
      onFree()
      await until(() => heard.some(what => /answered|failed/.test(what)))
      await client.close()

      const answered = ['answered 2000000']
      expect(heard).toEqual(isHeard ? ['held', 'goes on', ...answered] : answered)
    },
  )

  it('returns no limits if the server names none', async () => {
    expect(await askModel('gpt-4o', makePrompt('Hi'))).not.toHaveProperty('rateLimits')
  })

  describe('asks the old completions endpoint', () => {
    it.each([
      'Once upon a time',
      '',
      '  spaces stay, and breaks\n\n',
      'user:\nWho?\n\nassistant:\nMe.\n\nassistant:\n',
      '"quotes" \\ 你好 🙂 \u0000 \u2028 {"json": [1]}',
    ])('with the prompt unchanged: %j', async text => {
      await askModel('3.5-instruct', makePrompt(text))

      expect(server.requests.at(-1)?.body).toEqual({
        model: 'gpt-3.5-turbo-instruct',
        prompt: text,
        max_tokens: 256,
        stream: false,
      })
    })

    it('of the user’s own server with the server’s name for the model, and without max_tokens', async () => {
      const base = {
        ...{ model_id: 'base', model_name: 'llama-base', aliases: [], api_base: server.url },
        ...{ headers: {}, completion: true, responses: false, reasoning: false },
      }
      const answer = await askModel('base', makePrompt('Once'), [base])

      expect(answer).toMatchObject({ text: 'Answer to: Once', finishReason: 'stop' })
      expect(server.requests.at(-1)?.path).toBe('/v1/completions')
      expect(server.requests.at(-1)?.body).toEqual({
        model: 'llama-base',
        prompt: 'Once',
        stream: false,
      })
    })
  })
})
