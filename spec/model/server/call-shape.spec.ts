import { parseModelOptions } from '../../../lib/model/catalog/parse-model-options.js'
import { resolveModel } from '../../../lib/model/catalog/resolve-model.js'
import { openModel } from '../../../lib/model/open-model.js'
import { textMessage } from '../../../lib/row/message.js'
import type { Prompt } from '../../../lib/row/prompt.js'
import { fakeClock } from '../../support/fake-clock.js'
import { makePrompt } from '../../support/make-prompt.js'
import { type StubServer, startStubServer } from '../../support/stub-server.js'

type Given = Record<string, string | number | boolean>

describe('callShape', () => {
  let server: StubServer
  beforeAll(async () => {
    server = await startStubServer({ isRecording: true })
  })
  afterAll(() => server.close())

  /** What arrives at the server when this model is asked with these options. */
  async function arriving(name: string, given: Given = {}, changes: Partial<Prompt> = {}) {
    const reference = resolveModel(name, { aliases: new Map(), extraModels: [], ggufModels: [] })
    const options = parseModelOptions(reference, given)
    const client = await openModel({
      reference,
      key: 'k',
      environment: server.environment,
      clock: fakeClock(),
      connections: 1,
      modelOptions: options,
    })
    const prompt = makePrompt('Hi', { options, ...changes })
    await client.ask(prompt, new AbortController().signal)
    await client.close()
    const request = server.requests.at(-1) as (typeof server.requests)[number]
    const { stream, ...body } = request.body as Record<string, any>
    // Some servers stream unless they are told not to. Gemini's path says so.
    expect(stream).toBe(request.wire === 'google' ? undefined : false)
    return { ...request, body }
  }
  const bodyOf = async (name: string, given: Given = {}, changes: Partial<Prompt> = {}) =>
    (await arriving(name, given, changes)).body

  it('sends a chat model nothing but the prompt and the options that were set', async () => {
    expect(await bodyOf('gpt-4o')).toEqual({
      model: 'gpt-4o',
      messages: [{ role: 'user', content: 'Hi' }],
    })
    expect((await bodyOf('gpt-4o', {}, { system: 'Be brief' }))?.messages[0]).toEqual({
      role: 'system',
      content: 'Be brief',
    })
  })

  it('sends each option of a chat model under llm’s name', async () => {
    const given = {
      temperature: 0.2,
      max_tokens: 9,
      top_p: 0.5,
      frequency_penalty: 1,
      presence_penalty: -1,
      stop: 'END',
      logit_bias: '{"5": 10}',
      seed: 7,
      json_object: true,
      service_tier: 'flex',
    }
    expect(await bodyOf('gpt-4o', given)).toEqual({
      model: 'gpt-4o',
      messages: [{ role: 'user', content: 'Hi' }],
      temperature: 0.2,
      max_tokens: 9,
      top_p: 0.5,
      frequency_penalty: 1,
      presence_penalty: -1,
      stop: 'END',
      logit_bias: { 5: 10 },
      seed: 7,
      response_format: { type: 'json_object' },
      service_tier: 'flex',
    })
  })

  it('sends no option for images, because there are none', async () => {
    expect(await bodyOf('gpt-4o', { image_detail: 'low' })).not.toHaveProperty('image_detail')
  })

  it('asks a reasoning model through the Responses API with all options, and store: false', async () => {
    const given = {
      temperature: 0.2,
      max_tokens: 9,
      reasoning_effort: 'low',
      reasoning_summary: 'auto',
      verbosity: 'high',
      json_object: true,
    }
    const request = await arriving('gpt-5', given)
    expect(request?.path).toBe('/v1/responses')
    expect(request?.body).toMatchObject({
      model: 'gpt-5',
      temperature: 0.2,
      max_output_tokens: 9,
      reasoning: { effort: 'low', summary: 'auto' },
      text: { verbosity: 'high', format: { type: 'json_object' } },
      store: false,
    })
    expect(request?.body).not.toHaveProperty('max_tokens')
    expect(Object.keys(await bodyOf('gpt-5'))).toEqual(['model', 'input', 'store'])
  })

  it('asks a reasoning model through the Chat API with -o chat_completions true, with the options of a chat', async () => {
    const request = await arriving(
      'gpt-5',
      { chat_completions: true, seed: 7, max_tokens: 9 },
      { system: 'S' },
    )
    expect(request?.path).toBe('/v1/chat/completions')
    expect(request?.body).toEqual({
      model: 'gpt-5',
      messages: [
        { role: 'system', content: 'S' },
        { role: 'user', content: 'Hi' },
      ],
      seed: 7,
      max_tokens: 9,
    })
  })

  it('sends the old completions endpoint the prompt unchanged, with llm’s max_tokens', async () => {
    const request = await arriving('3.5-instruct')
    expect(request?.path).toBe('/v1/completions')
    expect(request?.body).toEqual({
      model: 'gpt-3.5-turbo-instruct',
      prompt: 'Hi',
      max_tokens: 256,
    })
  })

  it('sends each option of a completion model under llm’s name', async () => {
    const given = {
      temperature: 0.2,
      max_tokens: 9,
      top_p: 0.5,
      frequency_penalty: 1,
      presence_penalty: -1,
      stop: 'END',
      logit_bias: '{"5": 10}',
      seed: 7,
      logprobs: 5,
    }
    expect(await bodyOf('gpt-3.5-turbo-instruct', given)).toEqual({
      model: 'gpt-3.5-turbo-instruct',
      prompt: 'Hi',
      ...given,
      logit_bias: { 5: 10 },
    })
  })

  it('sends all options of a Claude model, also those that the SDK would leave out', async () => {
    const given = {
      max_tokens: 9,
      temperature: 0.2,
      top_k: 3,
      user_id: 'u',
      stop_sequences: '["a"]',
    }
    const request = await arriving('claude-sonnet', given, { system: 'S' })
    expect(request?.path).toBe('/v1/messages')
    expect(request.headers['anthropic-version']).toBe('2023-06-01')
    expect(request?.body).toEqual({
      model: 'claude-sonnet-5-5',
      max_tokens: 9,
      system: [{ type: 'text', text: 'S' }],
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
      temperature: 0.2,
      top_k: 3,
      metadata: { user_id: 'u' },
      stop_sequences: ['a'],
    })
    expect((await bodyOf('claude-sonnet', { thinking_budget: 2048 }))?.thinking).toEqual({
      type: 'enabled',
      budget_tokens: 2048,
    })
  })

  it('sends the options of a Gemini model under Gemini’s names', async () => {
    const given = {
      max_tokens: 9,
      temperature: 0.2,
      top_p: 0.5,
      top_k: 3,
      json_object: true,
      thinking_budget: 0,
    }
    const request = await arriving('gemini-2.5-flash', given, { system: 'S' })
    expect(request?.path).toBe('/v1/models/gemini-2.5-flash:generateContent')
    expect(request?.body).toEqual({
      contents: [{ role: 'user', parts: [{ text: 'Hi' }] }],
      systemInstruction: { parts: [{ text: 'S' }] },
      generationConfig: {
        maxOutputTokens: 9,
        temperature: 0.2,
        topP: 0.5,
        topK: 3,
        responseMimeType: 'application/json',
        thinkingConfig: { thinkingBudget: 0 },
      },
    })
  })

  it('asks any other server as a chat model, with the name that follows the provider', async () => {
    const request = await arriving('openrouter/meta/llama-4', { top_k: 5, reasoning_effort: 'low' })
    expect(request?.body).toEqual({
      model: 'meta/llama-4',
      messages: [{ role: 'user', content: 'Hi' }],
      top_k: 5,
      reasoning_effort: 'low',
    })
  })

  describe('sends a schema as the structured output of the wire:', () => {
    const schema = {
      type: 'object',
      properties: { name: { type: 'string' }, age: { type: 'integer' } },
      required: ['name', 'age'],
    }
    const format = { type: 'json_schema', json_schema: { name: 'output', schema } }

    it.each(['gpt-4o', 'groq/llama-3.3-70b'])('of chat completions (%s)', async name => {
      expect(await bodyOf(name, { json_object: true }, { schema })).toMatchObject({
        response_format: format,
      })
    })

    it('of the Responses API', async () => {
      expect(await bodyOf('gpt-5', { verbosity: 'low' }, { schema })).toMatchObject({
        text: {
          format: { type: 'json_schema', name: 'output', schema, strict: false },
          verbosity: 'low',
        },
      })
    })

    it('of Anthropic, as a tool where the model is older', async () => {
      const closed = { ...schema, additionalProperties: false }
      expect(await bodyOf('claude-haiku-4-5', {}, { schema })).toMatchObject({
        output_config: { format: { type: 'json_schema', schema: closed } },
      })
      expect(await bodyOf('claude-3-haiku-20240307', {}, { schema })).toMatchObject({
        tools: [{ name: 'json', input_schema: schema }],
        tool_choice: { type: 'any' },
      })
    })

    it('of Gemini', async () => {
      expect(await bodyOf('gemini-2.5-flash', {}, { schema })).toMatchObject({
        generationConfig: { responseMimeType: 'application/json', responseSchema: schema },
      })
    })
  })

  it.each(['gpt-4o', 'gpt-5', 'claude-haiku-4-5', 'gemini-2.5-flash'])(
    'sends %s what was said after the prompt',
    async name => {
      const followUps = [textMessage('assistant', 'A lake'), textMessage('user', 'Which one?')]
      const body = JSON.stringify(await bodyOf(name, {}, { system: 'S', followUps }))
      const places = ['"Hi"', '"A lake"', '"Which one?"'].map(text => body.indexOf(text))
      expect(places).toEqual(places.toSorted((a, b) => a - b))
      expect(places).not.toContain(-1)
    },
  )
})
