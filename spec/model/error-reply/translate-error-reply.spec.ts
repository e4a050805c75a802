import type { Endpoint } from '../../../lib/model/error-reply/endpoint.js'
import { translateErrorReply } from '../../../lib/model/error-reply/translate-error-reply.js'
import { localTime } from '../../../lib/throttle/local-time.js'
import { type Fault, faults } from '../../support/stub-server.js'

const nowMs = Date.UTC(2026, 10, 23, 12)
const endpoint: Endpoint = {
  provider: 'openai',
  providerTitle: 'OpenAI',
  modelName: '4o',
  baseUrl: 'https://api.openai.com/v1',
  keyName: 'openai',
  key: 'a-key-of-no-known-form',
  isLocal: false,
}
const refuse = (status: number, body: string | object, headers = {}, changes = {}) =>
  translateErrorReply(
    { status, headers, body: typeof body === 'string' ? body : JSON.stringify(body) },
    { ...endpoint, ...changes },
    { nowMs },
  )
const refuseWith = (fault: Fault, changes = {}) => {
  if (fault.kind !== 'reply') throw new TypeError('no reply')
  const { status, body, headers = {} } = fault
  const lower = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])
  return refuse(status, body, Object.fromEntries(lower), changes)
}

describe('translateErrorReply', () => {
  it.each([
    ['no body', ''],
    ['HTML', '<html>Bad gateway</html>'],
    ['JSON of no known form', '{"oops": [1]}'],
    ['null', 'null'],
  ])('names the status if there is %s', (_what, body) => {
    expect(refuse(502, body).message).toBe('OpenAI failed: HTTP 502')
  })

  it.each([
    ['Ollama', { error: 'model crashed' }, 'model crashed'],
    ['Mistral', { object: 'error', message: 'no such thing' }, 'no such thing'],
    ['FastAPI', { detail: 'too long' }, 'too long'],
    [
      'FastAPI’s list',
      { detail: [{ loc: ['body', 'messages', 0], msg: 'field required' }, { msg: 'no' }] },
      'body.messages.0: field required; no',
    ],
    ['a JSON text', '"no"', 'no'],
    ['a bare text', 'Upstream says\n no', 'Upstream says no'],
    ['Google’s list', [{ error: { message: 'bad arg', status: 'INVALID_ARGUMENT' } }], 'bad arg'],
    [
      'OpenRouter',
      { error: { message: 'Provider returned error', metadata: { raw: 'context too long' } } },
      'Provider returned error: context too long',
    ],
  ])('quotes the words of %s', (_what, body, words) => {
    expect(refuse(400, body).message).toBe(`OpenAI rejected the request: ${words} (HTTP 400)`)
  })

  it('shortens long messages, and removes the key of the call and whatever looks like a key', () => {
    const long = refuse(400, { error: { message: 'x'.repeat(9_000) } }).message
    expect(long.length).toBeLessThan(600)
    const said = `Bad a-key-of-no-known-form and sk-proj-abcdef123456, AIzaSyA1234567890, gsk_abcdefgh12345`
    const { message } = refuse(401, { error: { message: said } })
    expect(message).toBe('Invalid API key for OpenAI: Bad [key] and [key], [key], [key] (HTTP 401)')
  })

  it('names the key to set if a key is refused', () => {
    expect(refuseWith(faults.keyRefused())).toMatchObject({
      code: 'KEY_INVALID',
      reach: 'run',
      remedy: expect.stringContaining("'llm keys set openai'"),
    })
  })

  it.each<[string, Fault, string, string]>([
    [
      'rights',
      faults.forbidden,
      'OpenAI refused access: You are not allowed to use this model. (HTTP 403)',
      "Check that the key's project may use 4o; 'llm models' lists others.",
    ],
    [
      'rights of Anthropic',
      faults.anthropicForbidden,
      'OpenAI refused access: Your API key does not have permission to use the specified resource. (HTTP 403)',
      'what the key and its project may do',
    ],
    [
      'rights of Google',
      faults.googleForbidden,
      'OpenAI refused access: Requests to this API are blocked. (HTTP 403)',
      'what the key and its project may do',
    ],
    [
      'a country',
      faults.unservedCountry,
      'OpenAI refused access: Country, region, or territory not supported (HTTP 403)',
      'does not serve your country or region',
    ],
    [
      'a gateway',
      faults.gatewayForbidden,
      'The server at api.openai.com refused access: Attention Required! | Cloudflare (HTTP 403)',
      'A gateway, proxy or firewall',
    ],
  ])('distinguishes refused access (%s) from a refused key', (_why, fault, message, remedy) => {
    expect(refuseWith(fault)).toMatchObject({
      code: 'ACCESS_REFUSED',
      reach: 'run',
      message,
      remedy: expect.stringContaining(remedy),
    })
  })

  it('reads a 403 for a model that the project may not use as refused access, not as an unknown model', () => {
    const message = 'Project `proj_x` does not have access to model `gpt-4o`'
    const error = refuse(403, { error: { message, code: 'model_not_found' } })
    expect(error).toMatchObject({ code: 'ACCESS_REFUSED', remedy: expect.stringContaining('4o') })
  })

  it('reads Google’s 400 for a region that it does not serve as refused access', () => {
    const message = 'User location is not supported for the API use.'
    const error = refuse(400, { error: { message, status: 'FAILED_PRECONDITION' } })
    expect(error).toMatchObject({ code: 'ACCESS_REFUSED', reach: 'run' })
  })

  it.each([
    [403, 'Your API key was reported as leaked. Please use another API key.'],
    [403, "Permission denied: Consumer 'api_key:AIzaSyA123456789' has been suspended."],
    [403, "Method doesn't allow unregistered callers (callers without established identity)."],
    [403, 'The API key is currently blocked'],
    [400, 'API key expired. Please renew the API key.'],
    [400, 'Incorrect API key provided: xx. You can obtain an API key from https://console.x.ai.'],
  ])('recognises a refused key by the words of a %d: %s', (status, message) => {
    expect(refuse(status, { error: { message } })).toMatchObject({
      code: 'KEY_INVALID',
      reach: 'run',
      message: expect.stringContaining('Invalid API key for OpenAI: '),
    })
  })

  it.each([
    ["Your newly created team doesn't have any credits yet."],
    ['Key limit exceeded (total limit)'],
  ])('reads a 403 as an exhausted quota if the money is used up: %s', message => {
    expect(refuse(403, { error: { message } }).code).toBe('QUOTA_EXHAUSTED')
  })

  it('fails the row for a prompt that Together finds too long', () => {
    const message = 'Input token count + max_tokens must be less than the context length'
    const error = refuse(403, { error: { message } })
    expect(error).toMatchObject({ code: 'REQUEST_REJECTED', reach: 'row' })
  })

  it('stops the run for a limit of zero', () => {
    const mistral = { provider: 'mistral', providerTitle: 'Mistral' }
    expect(refuseWith(faults.mistralNotAllowed, mistral).code).toBe('QUOTA_EXHAUSTED')
    expect(refuseWith(faults.mistralLimited, mistral).code).toBe('RATE_LIMITED')
  })

  const midnightPacific = Date.UTC(2026, 10, 24, 8)
  const groqDay = {
    'x-ratelimit-limit-requests': '14400',
    'x-ratelimit-remaining-requests': '0',
    'x-ratelimit-reset-requests': '2h',
    'retry-after': '6',
  }
  const cerebrasDay = {
    'x-ratelimit-limit-requests-day': '14400',
    'x-ratelimit-remaining-requests-day': '0',
    'x-ratelimit-reset-requests-day': '33011.38',
  }
  const inWords =
    'Rate limit reached for model `m` on tokens per day (TPD): Limit 500, Used 500, Requested 9. Please try again in 7m26s.'
  const perDay = 'Rate limit exceeded: free-models-per-day'
  const openrouterDay = { 'x-ratelimit-reset': String(nowMs + 3_600_000) }

  it.each([
    ['google', 'quota exceeded', {}, faults.geminiPerDay, midnightPacific],
    ['groq', 'Too many', groqDay, undefined, nowMs + 7_200_000],
    ['groq', inWords, { 'retry-after': '446' }, undefined, nowMs + 446_000],
    ['cerebras', 'Too many', cerebrasDay, undefined, nowMs + 33_011_380],
    ['openrouter', perDay, openrouterDay, undefined, nowMs + 3_600_000],
  ])(
    'ends the run when a quota of %s is used up (%s), and says when it opens here',
    (provider, message, headers, fault, opensMs) => {
      const error =
        fault === undefined
          ? refuse(429, { error: { message } }, headers, { provider })
          : refuseWith(fault, { provider })

      expect(error).toMatchObject({ code: 'QUOTA_EXHAUSTED', reach: 'run' })
      expect(error.remedy).toContain(`opens again at ${localTime(opensMs)}`)
      expect(error.remedy).toContain('All answers so far are recorded.')
    },
  )

  it('names the quota that is used up, and says so if nobody says when it opens', () => {
    const month = {
      'x-ratelimit-limit-tokens-month': '9',
      'x-ratelimit-remaining-tokens-month': '0',
    }
    const error = refuse(429, { message: 'Too many' }, month, { provider: 'mistral' })

    expect(error.message).toContain('Quota exhausted at OpenAI (tokens per month)')
    expect(error.remedy).toContain('does not say when the quota opens again')
  })

  it('fails the row, without another attempt, if the request alone is above the limit', () => {
    const message =
      'Request too large for gpt-4o in organization org-1 on tokens per min (TPM): Limit 30000, Requested 35000.'
    expect(refuse(429, { error: { message } })).toMatchObject({
      code: 'REQUEST_REJECTED',
      reach: 'row',
      remedy: expect.stringContaining('max_tokens'),
    })
  })

  it('tells what a refusal states of the limits', () => {
    expect(refuseWith(faults.groqLimited, { provider: 'groq' }).limits).toMatchObject([
      { kind: 'requests', remaining: 14_370 },
      { kind: 'tokens', remaining: 0, resetMs: 7_660 },
    ])
    expect(refuseWith(faults.geminiRetryInfo('45.8s')).limits).toMatchObject([
      { kind: 'requests', remaining: 0, resetMs: 45_800 },
    ])
    expect(refuse(400, 'no').limits).toBeUndefined()
  })

  it.each<[string, string, Fault, number]>([
    ['openai', 'OpenAI', faults.openaiBucketAtZero, 360_000],
    ['anthropic', 'Anthropic', faults.anthropicLimited('2026-11-23T12:00:30Z'), 30_000],
    ['groq', 'Groq', faults.groqLimited, 7_660],
    ['openrouter', 'OpenRouter', faults.openrouterLimited(nowMs + 9_000), 9_000],
    ['cerebras', 'Cerebras', faults.cerebrasLimited, 11_380],
    ['together', 'Together', faults.togetherLimited, 1_000],
  ])('waits for the empty limit of %s', (provider, providerTitle, fault, retryAfterMs) => {
    expect(refuseWith(fault, { provider, providerTitle })).toMatchObject({
      code: 'RATE_LIMITED',
      reach: 'attempt',
      retryAfterMs,
    })
  })

  it.each([
    [404, 'The model `x` does not exist or you do not have access to it.'],
    [400, 'meta/x is not a valid model ID'],
    [400, 'invalid model ID'],
    [400, '/responses: Invalid model name passed in model=x. Call `/v1/models` to view models.'],
    [400, 'model "x" not found, try pulling it first'],
  ])('recognises an unknown model by the words of a %d: %s', (status, message) => {
    expect(refuse(status, { error: { message } })).toMatchObject({
      code: 'MODEL_UNKNOWN',
      reach: 'run',
      message: expect.stringContaining('Unknown model: 4o at OpenAI'),
    })
  })

  it.each([400, 422])('recognises an unknown model by the member that a %d names', status => {
    const error = { message: 'Unknown value, is "invalid model name" in the text?', param: 'model' }
    expect(refuse(status, { error })).toMatchObject({ code: 'MODEL_UNKNOWN', reach: 'run' })
    expect(refuse(status, { error: { ...error, message: 'no', param: 'messages' } })).toMatchObject(
      {
        code: 'REQUEST_REJECTED',
        reach: 'row',
      },
    )
  })

  it('suggests a wrong base URL if nothing answers prompts', () => {
    for (const status of [301, 404, 405]) {
      expect(refuse(status, 'Not Found')).toMatchObject({
        code: 'REQUEST_REJECTED',
        reach: 'run',
        message: expect.stringContaining('https://api.openai.com/v1'),
      })
    }
  })

  it('does not show a password in the base URL', () => {
    const baseUrl = 'https://me:secret@host/v1'
    expect(refuse(404, 'Not Found', {}, { baseUrl }).message).toContain(' https://[key]@host/v1:')
  })

  it('distinguishes a prompt that moderation refuses from a refused key', () => {
    const flagged = { error: { code: 403, message: 'Your chosen model requires moderation.' } }
    expect(refuse(403, flagged)).toMatchObject({ code: 'ANSWER_FILTERED', reach: 'row' })
    const invalid = { error: { code: 'invalid_prompt', message: 'Your prompt was flagged.' } }
    expect(refuse(400, invalid)).toMatchObject({ code: 'ANSWER_FILTERED', reach: 'row' })
  })

  it('asks for no wait if waiting does not help', () => {
    expect(refuse(400, 'no', { 'retry-after': '5' }).retryAfterMs).toBeUndefined()
  })
})
