import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { resolveModel } from '../../lib/model/catalog/resolve-model.js'
import { openModel } from '../../lib/model/open-model.js'
import { fakeClock } from '../support/fake-clock.js'
import { makePrompt } from '../support/make-prompt.js'

interface Reply {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string | string[]>>
  readonly body: unknown
}

/** What a reply comes to: the members of an answer, or of an error. */
type Outcome = Readonly<Record<string, unknown>>

const models = {
  chat: 'groq/m',
  completion: 'gpt-3.5-turbo-instruct',
  responses: 'gpt-5',
  messages: 'claude-haiku',
  google: 'gemini-2.5-flash',
} as const
type Wire = keyof typeof models

const chat = (message: object = {}, choice: object = {}, members: object = {}) => ({
  choices: [{ message: { content: 'Hi', ...message }, finish_reason: 'stop', ...choice }],
  ...members,
})
const ended = (finish_reason: unknown) => chat({}, { finish_reason })
const responses = (members: object) => ({
  status: 'completed',
  output: [{ type: 'message', content: [{ type: 'output_text', text: 'Hi' }] }],
  ...members,
})
const claude = (members: object) => ({
  content: [{ type: 'text', text: 'Hi' }],
  stop_reason: 'end_turn',
  ...members,
})
const gemini = (members: object, candidate: object = {}) => ({
  candidates: [{ content: { parts: [{ text: 'Hi' }] }, finishReason: 'STOP', ...candidate }],
  ...members,
})
const json = (value: unknown) => Buffer.from(JSON.stringify(value))
const coded = (coding: string, body: Buffer): Reply => ({
  headers: { 'content-encoding': coding },
  body,
})
const events = (...all: readonly unknown[]) =>
  all.map(each => `data: ${typeof each === 'string' ? each : JSON.stringify(each)}\n\n`).join('')
const error = (status: number, body: unknown, headers = {}): Reply => ({ status, headers, body })

const hi = { text: 'Hi', finishReason: 'stop' }
const again = { reach: 'attempt' }
const ofRow = { code: 'REQUEST_REJECTED', reach: 'row' }
const brokenOff = { code: 'SERVER_FAILED', reach: 'attempt', mayBeBilled: true }
/** Ends the run before the first answer, and fails the row afterwards. */
const doubtful = { reach: 'run', mayBeOfRow: true }
const said = (words: string) => ({ message: expect.stringContaining(words) })

/** The reply of a server to the prompt in the last column, `Hello` if there is none. */
const table: readonly (readonly [string, Wire, Reply, Outcome, string?])[] = [
  // Endings.
  ['an ending in capitals', 'chat', { body: ended('STOP') }, hi],
  ['model_length', 'chat', { body: ended('model_length') }, { finishReason: 'length' }],
  ['max_tokens', 'chat', { body: ended('max_tokens') }, { finishReason: 'length' }],
  ['MAX_TOKENS', 'chat', { body: ended('MAX_TOKENS') }, { finishReason: 'length' }],
  [
    'a cut repetition',
    'chat',
    { body: ended('repetition_truncation') },
    { finishReason: 'length' },
  ],
  ['a server out of resources', 'chat', { body: ended('insufficient_system_resource') }, brokenOff],
  ['abort', 'chat', { body: ended('abort') }, brokenOff],
  ['an unknown ending', 'chat', { body: ended('tired') }, { text: 'Hi', finishReason: 'other' }],
  ['a list for an ending', 'chat', { body: ended([]) }, { text: 'Hi', finishReason: 'other' }],
  [
    'model_length, old completions',
    'completion',
    { body: { choices: [{ text: 'Hi', finish_reason: 'model_length' }] } },
    { finishReason: 'length' },
  ],
  [
    'abort, old completions',
    'completion',
    { body: { choices: [{ text: 'Hi', finish_reason: 'abort' }] } },
    brokenOff,
  ],
  [
    'a response cut by its tokens',
    'responses',
    { body: responses({ status: 'incomplete', incomplete_details: { reason: 'max_tokens' } }) },
    { text: 'Hi', finishReason: 'length' },
  ],
  ['a response that failed', 'responses', { body: responses({ status: 'failed' }) }, brokenOff],
  [
    'a response of an unknown status',
    'responses',
    { body: responses({ status: 'incomplete' }) },
    { text: 'Hi', finishReason: 'other' },
  ],
  [
    'max_tokens of Claude',
    'messages',
    { body: claude({ stop_reason: 'max_tokens' }) },
    { finishReason: 'length' },
  ],
  [
    'model_length of Claude',
    'messages',
    { body: claude({ stop_reason: 'model_length' }) },
    { finishReason: 'length' },
  ],
  ['abort of Claude', 'messages', { body: claude({ stop_reason: 'abort' }) }, brokenOff],
  [
    'an unknown ending of Claude',
    'messages',
    { body: claude({ stop_reason: 'tired' }) },
    { finishReason: 'other' },
  ],
  [
    'max_tokens of Gemini',
    'google',
    { body: gemini({}, { finishReason: 'max_tokens' }) },
    { finishReason: 'length' },
  ],
  ['abort of Gemini', 'google', { body: gemini({}, { finishReason: 'abort' }) }, brokenOff],
  [
    'an unknown ending of Gemini',
    'google',
    { body: gemini({}, { finishReason: 'OTHER' }) },
    { finishReason: 'other' },
  ],

  // Odd members beside the text.
  ['usage as a text', 'chat', { body: chat({}, {}, { usage: 'no' }) }, { ...hi, usage: {} }],
  ['usage as a list', 'chat', { body: chat({}, {}, { usage: [1] }) }, { ...hi, usage: {} }],
  ['a number for an id', 'chat', { body: chat({}, {}, { id: 5 }) }, hi],
  ['the role "model"', 'chat', { body: chat({ role: 'model', tool_calls: 'none' }) }, hi],
  ['an empty error', 'chat', { body: chat({}, {}, { error: {} }) }, hi],
  ['an error as a text beside an answer', 'chat', { body: chat({}, {}, { error: 'no' }) }, hi],
  [
    'usage as a list, Responses',
    'responses',
    {
      body: responses({
        usage: [1],
        id: 5,
        output: [{ type: 'odd', content: null }, ...responses({}).output],
      }),
    },
    { ...hi, usage: {} },
  ],
  [
    'thinking without a signature, and unknown blocks',
    'messages',
    {
      body: claude({
        content: [
          { type: 'thinking', thinking: 'Hm.' },
          { type: 'odd', odd: null },
          null,
          { type: 'text', text: 'Hi' },
        ],
        role: 'model',
        usage: 'no',
      }),
    },
    { ...hi, reasoning: 'Hm.', usage: {} },
  ],
  [
    'null in grounding',
    'google',
    {
      body: gemini(
        { usageMetadata: null },
        { groundingMetadata: { groundingChunks: [null], webSearchQueries: null } },
      ),
    },
    { ...hi, usage: {} },
  ],
  [
    'an answer through the tool of a schema',
    'messages',
    {
      body: claude({
        content: [{ type: 'tool_use', name: 'json', id: 5, input: { a: 1 } }],
        stop_reason: 'tool_use',
      }),
    },
    { text: '{"a":1}', finishReason: 'stop' },
  ],
  [
    'no candidate, because the prompt is blocked',
    'google',
    { body: { promptFeedback: { blockReason: 'SAFETY' } } },
    { text: '', finishReason: 'content-filter' },
  ],
  [
    'no text, all of it spent on thinking',
    'google',
    { body: gemini({}, { content: {}, finishReason: 'MAX_TOKENS' }) },
    { text: '', finishReason: 'length' },
  ],

  // Codings, charsets, streams.
  ['gzip', 'chat', coded('gzip', gzipSync(json(chat()))), hi],
  ['x-gzip', 'messages', coded('x-gzip', gzipSync(json(claude({})))), hi],
  ['deflate', 'chat', coded('deflate', deflateSync(json(chat()))), hi],
  ['deflate without its header', 'chat', coded('deflate', deflateRawSync(json(chat()))), hi],
  ['br', 'google', coded('br', brotliCompressSync(json(gemini({})))), hi],
  ['two codings', 'chat', coded('gzip, br', brotliCompressSync(gzipSync(json(chat())))), hi],
  ['gzip that is plain JSON', 'chat', coded('gzip', json(chat())), hi],
  ['an unknown coding of plain JSON', 'chat', coded('aws-chunked', json(chat())), hi],
  ['gzip in two letters’ cases', 'chat', coded('GZip', gzipSync(json(chat()))), hi],
  [
    'a bomb',
    'chat',
    coded('gzip', gzipSync(Buffer.alloc(70_000_000))),
    { code: 'REPLY_TOO_LARGE', reach: 'row' },
  ],
  [
    'a charset',
    'chat',
    {
      headers: { 'content-type': 'application/json; charset=ISO-8859-1' },
      body: Buffer.from(JSON.stringify(chat({ content: 'Grün' })), 'latin1'),
    },
    { text: 'Grün' },
  ],
  [
    'a charset in quotes, compressed',
    'messages',
    {
      headers: {
        'content-type': 'application/json;charset="utf-16le"',
        'content-encoding': 'gzip',
      },
      body: gzipSync(Buffer.from(JSON.stringify(claude({})), 'utf16le')),
    },
    hi,
  ],
  [
    'an unknown charset',
    'chat',
    { headers: { 'content-type': 'application/json; charset=klingon' }, body: chat() },
    hi,
  ],
  [
    'a stream of chat completions',
    'chat',
    {
      body: events(
        { choices: [{ delta: { role: 'assistant', content: 'H' } }] },
        { choices: [{ delta: { content: 'i', reasoning_content: 'Hm.' }, finish_reason: 'stop' }] },
        { choices: [], usage: { prompt_tokens: 5, completion_tokens: 6 } },
        '[DONE]',
      ),
    },
    { ...hi, reasoning: 'Hm.', usage: { inputTokens: 5, outputTokens: 6 } },
  ],
  [
    'a stream that breaks off',
    'chat',
    { body: events({ choices: [{ delta: { content: 'H' } }] }) },
    brokenOff,
  ],
  [
    'a stream of an error',
    'chat',
    { body: events({ error: { code: 429, message: 'slow' } }) },
    { code: 'RATE_LIMITED', ...said('slow') },
  ],
  [
    'a stream without a part of an answer',
    'chat',
    { body: ': alive\n\n' },
    { code: 'REPLY_INVALID', ...again },
  ],
  [
    'a stream of old completions',
    'completion',
    {
      body: events(
        { choices: [{ text: 'H' }] },
        { choices: [{ text: 'i', finish_reason: 'stop' }] },
      ),
    },
    hi,
  ],
  [
    'a stream of Responses',
    'responses',
    {
      body: `event: response.created\n${events({ type: 'response.created', response: {} })}${events({ type: 'response.completed', response: responses({}) })}`,
    },
    hi,
  ],
  [
    'a stream of Claude',
    'messages',
    {
      body: events(
        { type: 'message_start', message: { usage: { input_tokens: 5, output_tokens: 1 } } },
        { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
        { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'H' } },
        { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'i' } },
        { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 6 } },
        { type: 'message_stop' },
      ),
    },
    { ...hi, usage: { inputTokens: 5, outputTokens: 6 } },
  ],
  [
    'a stream of Claude that breaks off',
    'messages',
    { body: events({ type: 'message_start', message: {} }) },
    { reach: 'attempt' },
  ],
  [
    'a stream of Gemini',
    'google',
    {
      body: events(
        { candidates: [{ content: { parts: [{ text: 'H' }] } }] },
        { candidates: [{ content: { parts: [{ text: 'i' }] }, finishReason: 'STOP' }] },
      ),
    },
    hi,
  ],

  // Refusals that may be for one row.
  [
    'a 403 of a firewall',
    'chat',
    error(403, '<title>Blocked</title>'),
    { code: 'ACCESS_REFUSED', ...doubtful },
  ],
  [
    'a 403 in plain text',
    'chat',
    error(403, 'Forbidden'),
    { code: 'ACCESS_REFUSED', ...doubtful, ...said('Forbidden') },
  ],
  ['a 404', 'chat', error(404, 'Not Found'), { code: 'REQUEST_REJECTED', ...doubtful }],
  ['a 405', 'messages', error(405, ''), { code: 'REQUEST_REJECTED', ...doubtful }],
  ['a 402', 'chat', error(402, ''), { code: 'QUOTA_EXHAUSTED', ...doubtful }],
  [
    'a 301',
    'chat',
    error(301, '', { location: 'https://elsewhere.test/v1/chat/completions' }),
    { ...doubtful, ...said('which redirects to https://elsewhere.test/v1/chat/completions') },
  ],
  [
    'a 307',
    'google',
    error(307, '', { location: '/login' }),
    { ...doubtful, ...said('redirects to /login') },
  ],
  ['a 401', 'chat', error(401, ''), { code: 'KEY_INVALID', reach: 'run' }],
  [
    'money that is used up',
    'chat',
    error(402, { error: { message: 'Insufficient Balance' } }),
    { code: 'QUOTA_EXHAUSTED', reach: 'run' },
  ],

  // The prompt's own words.
  [
    'a quoted "API key"',
    'chat',
    error(400, { error: { message: 'Input "my API key is lost" is invalid' } }),
    ofRow,
    'Where? My API key is lost',
  ],
  [
    'the same words, not in the prompt',
    'chat',
    error(400, { error: { message: 'Your API key is invalid' } }),
    { code: 'KEY_INVALID' },
  ],
  [
    'a quoted "API key", and a code',
    'chat',
    error(400, { error: { message: 'API key', code: 'invalid_api_key' } }),
    { code: 'KEY_INVALID' },
    'My API key',
  ],
  [
    'a quoted balance',
    'messages',
    error(400, { error: { message: 'Rejected: "insufficient\n balance"' } }),
    ofRow,
    'It says: Insufficient Balance',
  ],
  [
    'a quoted model',
    'chat',
    error(400, { error: { message: 'Bad: the model not found' } }),
    ofRow,
    'the model not found in the shop',
  ],
  [
    'a quoted model, 404',
    'google',
    error(404, { error: { message: 'about models' } }),
    { code: 'REQUEST_REJECTED', ...doubtful },
    'about models',
  ],
  [
    'a quoted wait',
    'chat',
    error(429, { error: { message: 'Too fast: "try again in 9h"' } }),
    { code: 'RATE_LIMITED', retryAfterMs: undefined },
    'Try again in 9h',
  ],
  [
    'a quoted "request too large"',
    'chat',
    error(429, { error: { message: 'Slow down: "request too large"' } }),
    { code: 'RATE_LIMITED' },
    'request too large',
  ],

  // Statuses.
  ...[424, 425, 499].map(
    status =>
      [`a ${status}`, 'chat', error(status, 'no'), { code: 'SERVER_FAILED', ...again }] as const,
  ),
  ['a 498', 'chat', error(498, 'no'), { code: 'SERVER_OVERLOADED', ...again }],
  [
    'a 429 for a request that is too large',
    'chat',
    error(429, { error: { message: 'litellm.RateLimitError: Request too large for gpt-4o' } }),
    ofRow,
  ],
  [
    'a 422 with a list',
    'chat',
    error(422, { detail: [{ loc: ['body', 'n'], msg: 'too long' }] }),
    { ...ofRow, ...said('body.n: too long') },
  ],
  [
    'a 400 in plain text',
    'chat',
    error(400, 'context is full'),
    { ...ofRow, ...said('context is full') },
  ],

  // Errors with a 200.
  [
    'error as a text',
    'chat',
    { body: { error: 'model crashed' } },
    { ...again, ...said('model crashed') },
  ],
  ['detail', 'messages', { body: { detail: 'no worker' } }, { ...again, ...said('no worker') }],
  [
    'object "error"',
    'chat',
    { body: { object: 'error', message: 'no worker', code: 40303 } },
    { ...again, ...said('no worker') },
  ],
  [
    'code and message',
    'google',
    { body: { code: 429, message: 'too fast' } },
    { code: 'RATE_LIMITED', ...said('too fast') },
  ],
  [
    'a quota in it',
    'chat',
    { body: { code: 'insufficient_quota', message: 'You have no quota' } },
    { code: 'QUOTA_EXHAUSTED', reach: 'run' },
  ],
  [
    'a balance in it',
    'responses',
    { body: { error: 'insufficient balance' } },
    { code: 'QUOTA_EXHAUSTED', reach: 'run' },
  ],
  [
    'a message and nothing else',
    'chat',
    { body: { message: 'hello' } },
    { code: 'REPLY_INVALID', ...again },
  ],

  // Waits.
  [
    'retry-after sent twice',
    'chat',
    error(429, '', { 'retry-after': ['3', '9'] }),
    { retryAfterMs: 9_000 },
  ],
  [
    'retry-after in the past',
    'chat',
    error(429, '', { 'retry-after': '-5' }),
    { retryAfterMs: undefined },
  ],
]

describe('a reply', () => {
  let reply: Reply
  const server = createServer((request, response) => {
    request.resume()
    const { status = 200, headers = {}, body } = reply
    const isText = typeof body === 'string' || Buffer.isBuffer(body)
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(isText ? body : JSON.stringify(body))
  })
  beforeAll(() => new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve)))
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })

  const outcome = async (wire: Wire, text: string): Promise<object> => {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
    const names = ['OPENAI', 'GROQ', 'ANTHROPIC', 'GOOGLE']
    const client = await openModel({
      reference: resolveModel(models[wire], {
        aliases: new Map(),
        extraModels: [],
        ggufModels: [],
      }),
      key: 'sk-spec-0123456789',
      environment: Object.fromEntries(names.map(name => [`${name}_BASE_URL`, url])),
      clock: fakeClock(),
      connections: 1,
    })
    try {
      return await client.ask(makePrompt(text), new AbortController().signal)
    } catch (refusal) {
      return refusal as object
    } finally {
      await client.close()
    }
  }

  for (const [what, wire, given, meaning, text = 'Hello'] of table) {
    it(`with ${what} (${wire}) means what it says`, async () => {
      reply = given

      const read = await outcome(wire, text)

      expect(read).toMatchObject(meaning)
      expect('mayBeOfRow' in read).toBe('mayBeOfRow' in meaning)
    })
  }
})
