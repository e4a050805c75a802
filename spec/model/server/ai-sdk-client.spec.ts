import { resolveModel } from '../../../lib/model/catalog/resolve-model.js'
import { openModel } from '../../../lib/model/open-model.js'
import type { ModelClient } from '../../../lib/port/model-client.js'
import { modelClientContract } from '../../contract/model-client.js'
import { fakeClock } from '../../support/fake-clock.js'
import { makePrompt } from '../../support/make-prompt.js'
import { faults, type StubServer, startStubServer } from '../../support/stub-server.js'

const known = { aliases: new Map(), extraModels: [], ggufModels: [] }
const open =
  (name: string) =>
  (server: StubServer, key: string): Promise<ModelClient> =>
    openModel({
      reference: resolveModel(name, known),
      key,
      environment: server.environment,
      clock: fakeClock(),
      connections: 8,
    })

modelClientContract('gpt-5 (Responses)', {
  keyRefused: faults.keyRefused(),
  unknownModel: faults.unknownModel,
  overloaded: faults.status(503),
  open: open('gpt-5'),
})
modelClientContract('claude-haiku (Anthropic)', {
  keyRefused: faults.anthropicKeyRefused,
  unknownModel: faults.anthropicUnknownModel,
  overloaded: faults.anthropicOverloaded,
  open: open('claude-haiku'),
})
modelClientContract('gemini-2.5-flash (Google)', {
  keyRefused: faults.googleKeyRefused,
  unknownModel: faults.googleUnknownModel,
  overloaded: faults.status(503),
  open: open('gemini-2.5-flash'),
})

describe('a good reply that the AI SDK refuses', () => {
  let server: StubServer
  let body: object
  beforeAll(async () => {
    server = await startStubServer({ fault: () => ({ kind: 'reply', status: 200, body }) })
  })
  afterAll(() => server.close())
  const replying = async (name: string, what: object) => {
    body = what
    const client = await open(name)(server, 'k')
    try {
      return await client.ask(makePrompt('Hi'), new AbortController().signal)
    } finally {
      await client.close()
    }
  }

  const whole = { text: 'Hi', finishReason: 'stop' }
  const response = (members: object, item: object = {}) => ({
    ...{ id: 'r', object: 'response', created_at: 1, model: 'm', status: 'completed' },
    output: [{ type: 'message', id: 'i', role: 'assistant', content: said, ...item }],
    usage: { input_tokens: 5, output_tokens: 6 },
    ...members,
  })
  const said = [{ type: 'output_text', text: 'Hi', annotations: [] }]
  const claude = (members: object) => ({
    ...{ id: 'm', type: 'message', role: 'assistant', model: 'm', stop_sequence: null },
    content: [{ type: 'text', text: 'Hi' }],
    stop_reason: 'end_turn',
    usage: { input_tokens: 5, output_tokens: 6 },
    ...members,
  })
  const gemini = (members: object, candidate: object = {}) => ({
    candidates: [{ content: { parts: [{ text: 'Hi' }] }, finishReason: 'STOP', ...candidate }],
    usageMetadata: { promptTokenCount: 5, candidatesTokenCount: 6 },
    ...members,
  })
  const counts = { inputTokens: 5, outputTokens: 6 }

  it.each<[model: string, what: string, body: object, answer: object]>([
    ['gpt-5', 'a number for an id', response({ id: 5 }), { ...whole, usage: counts }],
    ['gpt-5', 'usage as a text', response({ usage: 'none' }), { ...whole, usage: {} }],
    ['gpt-5', 'a date as a text', response({ created_at: 'now' }), { ...whole, usage: counts }],
    ['gpt-5', 'the role "model"', response({}, { role: 'model' }), whole],
    ['gpt-5', 'parts without annotations', response({}, { content: [{ text: 'Hi' }] }), whole],
    ['gpt-5', 'a text for the parts', response({}, { content: 'Hi' }), whole],
    ['gpt-5', 'the text beside it', response({ id: 5, output: null, output_text: 'Hi' }), whole],
    [
      'gpt-5',
      'thinking, and another item',
      response({
        output: [
          { type: 'reasoning', id: 5, summary: [{ type: 'summary_text', text: 'Hm.' }] },
          { type: 'novelty' },
          { type: 'message', id: 6, content: said },
        ],
      }),
      { ...whole, reasoning: 'Hm.' },
    ],
    [
      'gpt-5',
      'an answer cut by its length',
      response({ id: 5, incomplete_details: { reason: 'max_output_tokens' } }),
      { text: 'Hi', finishReason: 'length' },
    ],
    [
      'gpt-5',
      'a refusal',
      response({ id: 5 }, { content: [{ type: 'refusal', refusal: 'No.' }] }),
      { text: 'No.', finishReason: 'content-filter' },
    ],
    ['claude-haiku', 'no usage', claude({ usage: null }), { ...whole, usage: {} }],
    ['claude-haiku', 'a number for an id', claude({ id: 5 }), { ...whole, usage: counts }],
    ['claude-haiku', 'the role "model"', claude({ role: 'model', model: 5 }), whole],
    ['claude-haiku', 'a text for the parts', claude({ content: 'Hi' }), whole],
    [
      'claude-haiku',
      'thinking without a signature, and a new kind of part',
      claude({
        content: [
          { type: 'thinking', thinking: 'Hm.' },
          { type: 'novelty' },
          { type: 'text', text: 'Hi' },
        ],
      }),
      { ...whole, reasoning: 'Hm.' },
    ],
    [
      'claude-haiku',
      'an unknown ending',
      claude({ usage: [], stop_reason: 'tired' }),
      { text: 'Hi', finishReason: 'other' },
    ],
    [
      'claude-haiku',
      'an answer cut by its length',
      claude({ usage: [], stop_reason: 'max_tokens' }),
      { text: 'Hi', finishReason: 'length' },
    ],
    [
      'gemini-2.5-flash',
      'usage as a text',
      gemini({ usageMetadata: 'no' }),
      { ...whole, usage: {} },
    ],
    [
      'gemini-2.5-flash',
      'counts as texts',
      gemini({ usageMetadata: { promptTokenCount: '5', candidatesTokenCount: 6 } }),
      { ...whole, usage: { outputTokens: 6 } },
    ],
    [
      'gemini-2.5-flash',
      'a number for an ending',
      gemini({}, { finishReason: 1 }),
      { text: 'Hi', finishReason: 'other', usage: counts },
    ],
    [
      'gemini-2.5-flash',
      'a text for the content',
      gemini({}, { content: 'Hi' }),
      { ...whole, usage: counts },
    ],
    [
      'gemini-2.5-flash',
      'thoughts, and ratings of another form',
      gemini(
        {},
        {
          content: { parts: [{ text: 'Hm.', thought: true }, { text: 'Hi' }] },
          safetyRatings: 'none',
        },
      ),
      { ...whole, reasoning: 'Hm.' },
    ],
    [
      'gemini-2.5-flash',
      'an answer cut by its length',
      gemini({ usageMetadata: 5 }, { finishReason: 'MAX_TOKENS' }),
      { text: 'Hi', finishReason: 'length' },
    ],
  ])('is read for its text: %s, %s', async (model, _what, what, answer) => {
    const read = await replying(model, what)

    expect(read).toMatchObject(answer)
    expect(read).toHaveProperty('reply')
  })

  it.each<[model: string, body: object]>([
    ['gpt-5', response({ id: 5 }, { content: [] })],
    ['claude-haiku', claude({ content: [] })],
    ['claude-haiku', claude({ content: null })],
    ['gemini-2.5-flash', gemini({}, { content: { role: 'model' } })],
  ])('is a paid, empty answer if it is whole, and is not asked again: %s', async (model, what) => {
    expect(await replying(model, what)).toMatchObject({ text: '', finishReason: 'stop' })
  })

  it.each<[model: string, what: string, body: object]>([
    ['gpt-5', 'nothing but an id', { id: 5 }],
    ['gpt-5', 'a text where nobody looks', { id: 5, answer: 'Hi' }],
    ['claude-haiku', 'no parts, and no ending', claude({ content: null, stop_reason: null })],
    ['claude-haiku', 'parts of another form', claude({ content: 5 })],
    ['gemini-2.5-flash', 'candidates of another form', gemini({ candidates: 'Hi' })],
    ['gemini-2.5-flash', 'parts of another form', gemini({}, { content: { parts: 5 } })],
  ])('is not an answer if it has no text: %s, %s', async (model, _what, what) => {
    await expect(replying(model, what)).rejects.toMatchObject({
      code: 'REPLY_INVALID',
      reach: 'attempt',
      message: expect.stringContaining('it is JSON of an unknown form'),
    })
  })
})
