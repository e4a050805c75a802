import type { Endpoint } from '../../../lib/model/error-reply/endpoint.js'
import { translateErrorReply } from '../../../lib/model/error-reply/translate-error-reply.js'
import { redact } from '../../../lib/model/secret/redact.js'
import { readAnswer } from '../../../lib/model/server/read-answer.js'
import type { Prompt } from '../../../lib/row/prompt.js'
import { replyJson } from '../../../lib/store/llm-log/reply-json.js'
import { makePrompt } from '../../support/make-prompt.js'

const endpoint: Endpoint = {
  provider: 'openai',
  providerTitle: 'OpenAI',
  modelName: 'gpt-4o',
  baseUrl: 'https://host.test/v1',
  keyName: 'openai',
  key: 'sk-Ab12Cd34Ef56Gh78',
  isLocal: false,
}
/** Far more than any takes, and far less than one that backtracks. */
const limitMs = 3_000
const megabytes = 5_000_000

function within<Value>(act: () => Value): Value {
  const beganMs = performance.now()
  const value = act()
  expect(performance.now() - beganMs).toBeLessThan(limitMs)
  return value
}

const refuse = (status: number, body: string, headers: Record<string, string> = {}) =>
  translateErrorReply({ status, headers, body }, endpoint, { nowMs: Date.UTC(2026, 0, 1) })

const fill = (piece: string): string => piece.repeat(Math.ceil(megabytes / piece.length))
const messages: readonly (readonly [string, string])[] = [
  ['says "model" often', fill('model ')],
  ['names keys often', fill('api key ')],
  ['names places often', fill('location of the country ')],
  ['names titles often', fill('<title')],
  ['has blanks', fill(' ')],
  ['has dots', `key ${fill('.')}`],
  ['begins keys often', fill('sk-')],
  ['begins addresses often', fill('a://')],
  ['begins queries often', fill('?key=')],
  ['has one long word', fill('a')],
  ['has one long number', fill('9')],
  ['asks to wait often', fill('retry after 9')],
  ['has quotes', fill('"key":"')],
  ['has backslashes', fill('\\')],
]

describe('an error reply with a long message', () => {
  describe.each(messages)('and %s', (_what, message) => {
    it.each<[number, string]>([
      [400, 'REQUEST_REJECTED'],
      [401, 'KEY_INVALID'],
      [402, 'QUOTA_EXHAUSTED'],
      [403, 'ACCESS_REFUSED'],
      [429, 'RATE_LIMITED'],
      [500, 'SERVER_FAILED'],
    ])('is read in time with HTTP %d', (status, code) => {
      const error = within(() => refuse(status, JSON.stringify({ error: { message } })))
      expect(error.code).toBe(code)
      expect(error.message.length).toBeLessThan(700)
    })

    it('is read in time if it is not JSON, or not complete', () => {
      expect(within(() => refuse(401, message)).code).toBe('KEY_INVALID')
      expect(within(() => refuse(429, `{"error": {"message": "${message}`)).code).toBe(
        'RATE_LIMITED',
      )
    })

    it('loses its keys in time', () => {
      // Ten times as much as is looked at of a refusal.
      within(() => redact(message.slice(0, 100_000), endpoint.key))
    })
  })
})

describe('an error reply', () => {
  it.each([
    '1e20',
    '9'.repeat(400),
    '99999999999999999',
    '275760-09-13T00:00:01Z',
    '9999999999h',
    '-1',
  ])('with a reset of %s still stops the run, and asks for no wait', reset => {
    const headers = {
      'x-ratelimit-reset': reset,
      'x-ratelimit-reset-requests': reset,
      'x-ratelimit-remaining-requests': '0',
      'retry-after': reset,
      'retry-after-ms': reset,
    }
    const body = JSON.stringify({ error: { message: 'No credits', code: 'insufficient_quota' } })
    expect(refuse(402, body, headers)).toMatchObject({ code: 'QUOTA_EXHAUSTED', reach: 'run' })
    expect(refuse(429, body, headers)).toMatchObject({ code: 'QUOTA_EXHAUSTED', reach: 'run' })
    expect(refuse(429, '{}', headers).retryAfterMs ?? 0).toBe(0)
  })

  it('that is not complete is judged by the part that came', () => {
    const body =
      '{"error": {"message": "You are out of it.", "code": "insufficient_quota", "more": "'
    const error = refuse(429, body + fill('a').slice(0, 100_000))
    expect(error).toMatchObject({ code: 'QUOTA_EXHAUSTED', reach: 'run' })
    expect(error.message).toContain('You are out of it.')
  })

  it.each<[number, string]>([
    [401, 'KEY_INVALID'],
    [402, 'QUOTA_EXHAUSTED'],
    [403, 'ACCESS_REFUSED'],
  ])('with HTTP %d still stops the run however deeply it is nested', (status, code) => {
    const deep = `${'{"error":'.repeat(200_000)}1${'}'.repeat(200_000)}`
    const details = `{"error": {"message": "No", "details": ${'['.repeat(200_000)}${']'.repeat(200_000)}}}`
    for (const body of [deep, details]) {
      expect(within(() => refuse(status, body))).toMatchObject({ code, reach: 'run' })
    }
  })

  it('that cannot be read says so, and is judged by its status', () => {
    const headers = new Proxy({}, { get: () => badHeader() })
    const error = refuse(402, '{"error": {"message": "No credits"}}', headers)
    expect(error).toMatchObject({ code: 'QUOTA_EXHAUSTED', reach: 'run' })
    expect(error.message).toContain('its reply could not be read (RangeError: a bad header)')
  })

  it('shows no part of a key after ten thousand blanks', () => {
    for (const blanks of [9_980, 9_990, 9_995, 10_000, 10_010]) {
      const message = `Bad key${' '.repeat(blanks)}sk-Zz98Yy76Xx54Ww32Vv10`
      expect(refuse(401, JSON.stringify({ error: { message } })).message).not.toMatch(/sk-|Zz98/)
    }
  })
})

describe('a good reply', () => {
  const answer = (body: string, changes: Partial<Prompt> = {}) =>
    readAnswer(
      {
        wire: 'openai-chat',
        reply: { status: 200, headers: {}, body },
        prompt: makePrompt('Hi', changes),
        startedAtMs: 0,
        durationMs: 1,
        newCallId: () => 'tc_1',
      },
      endpoint,
    )

  it.each([600, 2_000, 200_000])(
    'that is nested %d levels deep is read, and not recorded',
    depth => {
      const choices = '"choices": [{"message": {"content": "Hi"}, "finish_reason": "stop"}]'
      const body = `{${choices}, "deep": ${'['.repeat(depth)}${']'.repeat(depth)}}`
      expect(answer(body).text).toBe('Hi')
      expect(replyJson(answer(body), true)).toBeNull()
    },
  )

  it('that calls a tool, and is nested too deep to be sent back, is not an answer', () => {
    const depth = 200_000
    const call = '{"id":"call_1","function":{"name":"add","arguments":"{}"}}'
    const deep = `${'['.repeat(depth)}${']'.repeat(depth)}`
    const body = `{"choices":[{"message":{"tool_calls":[${call}],"deep":${deep}}}]}`
    const tools = [{ name: 'add', description: 'Adds', inputSchema: { type: 'object' } }]

    expect(() => answer(body, { tools })).toThrow(
      expect.objectContaining({ code: 'REPLY_INVALID', reach: 'attempt', mayBeBilled: true }),
    )
  })
})

function badHeader(): never {
  throw new RangeError('a bad header')
}
