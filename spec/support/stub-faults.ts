import type { StubFinishReason } from './stub-wires.js'

/** Something other than a good answer, done to one request. */
export type Fault =
  | {
      readonly kind: 'reply'
      readonly status: number
      readonly headers?: Readonly<Record<string, string>>
      readonly body: string | object
    }
  /** Closes the connection, before a byte of the reply or in the middle of its body. */
  | { readonly kind: 'reset'; readonly when: 'before-headers' | 'mid-body' }
  /** Never answers, or never ends its answer, until the client goes. */
  | { readonly kind: 'hang'; readonly when: 'before-headers' | 'mid-body' }
  /** Half of a good reply, ended as if it were whole. */
  | { readonly kind: 'truncated-json' }
  /** A good reply with another ending or text than it would have had. */
  | { readonly kind: 'answer'; readonly finishReason?: StubFinishReason; readonly text?: string }

type Headers = Readonly<Record<string, string>>

const openaiError = (message: string, type: string, code: string | null = null) => ({
  error: { message, type, param: null, code },
})
const anthropicError = (type: string, message: string) => ({
  type: 'error',
  error: { type, message },
  request_id: 'req_stub',
})
const googleError = (code: number, status: string, message: string, details: object[] = []) => ({
  error: { code, message, status, details },
})
const reply = (status: number, body: string | object, headers: Headers = {}): Fault => ({
  kind: 'reply',
  status,
  headers,
  body,
})
const limited = (headers: Headers = {}, message = 'Rate limit reached for requests'): Fault =>
  reply(429, openaiError(message, 'requests', 'rate_limit_exceeded'), headers)

/** Every signal of a provider in trouble, by what it is. Functions where it holds a number. */
export const faults = {
  limited,
  retryAfter: (seconds: number | string) => limited({ 'retry-after': String(seconds) }),
  retryAfterMs: (ms: number) => limited({ 'retry-after-ms': String(ms) }),
  shouldNotRetry: limited({ 'x-should-retry': 'false' }),
  tryAgainIn: (duration: string) =>
    limited({}, `Rate limit reached for gpt-4o on tokens. Please try again in ${duration}.`),
  openaiBucketAtZero: limited({
    'x-ratelimit-limit-requests': '500',
    'x-ratelimit-remaining-requests': '0',
    'x-ratelimit-reset-requests': '6m0s',
    'x-ratelimit-limit-tokens': '30000',
    'x-ratelimit-remaining-tokens': '29000',
    'x-ratelimit-reset-tokens': '12ms',
  }),
  anthropicLimited: (resetAt: string) =>
    reply(429, anthropicError('rate_limit_error', 'This request would exceed your limit.'), {
      'anthropic-ratelimit-requests-limit': '50',
      'anthropic-ratelimit-requests-remaining': '49',
      'anthropic-ratelimit-requests-reset': resetAt,
      'anthropic-ratelimit-input-tokens-limit': '50000',
      'anthropic-ratelimit-input-tokens-remaining': '0',
      'anthropic-ratelimit-input-tokens-reset': resetAt,
    }),
  groqLimited: limited({
    'x-ratelimit-limit-requests': '14400',
    'x-ratelimit-remaining-requests': '14370',
    'x-ratelimit-reset-requests': '2m59.56s',
    'x-ratelimit-limit-tokens': '18000',
    'x-ratelimit-remaining-tokens': '0',
    'x-ratelimit-reset-tokens': '7.66s',
  }),
  openrouterLimited: (resetMs: number) =>
    reply(
      429,
      { error: { code: 429, message: 'Rate limit exceeded: free-models-per-min' } },
      {
        'X-RateLimit-Limit': '20',
        'X-RateLimit-Remaining': '0',
        'X-RateLimit-Reset': String(resetMs),
      },
    ),
  cerebrasLimited: limited({
    'x-ratelimit-limit-requests-day': '14400',
    'x-ratelimit-remaining-requests-day': '14000',
    'x-ratelimit-reset-requests-day': '33011.38',
    'x-ratelimit-limit-tokens-minute': '60000',
    'x-ratelimit-remaining-tokens-minute': '0',
    'x-ratelimit-reset-tokens-minute': '11.38',
  }),
  togetherLimited: limited({
    'x-ratelimit-limit': '10',
    'x-ratelimit-remaining': '0',
    'x-ratelimit-reset': '1',
    'x-tokenlimit-limit': '3000',
    'x-tokenlimit-remaining': '2000',
  }),
  mistralLimited: reply(
    429,
    { object: 'error', message: 'Requests rate limit exceeded', type: 'rate_limited' },
    { 'x-ratelimit-limit-req-minute': '60', 'x-ratelimit-remaining-req-minute': '0' },
  ),
  mistralNotAllowed: reply(
    429,
    { object: 'error', message: 'Requests rate limit exceeded', type: 'rate_limited' },
    { 'x-ratelimit-limit-req-minute': '0', 'x-ratelimit-remaining-req-minute': '0' },
  ),
  geminiRetryInfo: (delay: string) =>
    reply(
      429,
      googleError(429, 'RESOURCE_EXHAUSTED', 'You exceeded your current quota.', [
        {
          '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
          violations: [{ quotaId: 'GenerateRequestsPerMinutePerProjectPerModel-FreeTier' }],
        },
        { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: delay },
      ]),
    ),
  geminiRetryIn: (duration: string) =>
    reply(
      429,
      googleError(429, 'RESOURCE_EXHAUSTED', `Quota exceeded. Please retry in ${duration}.`),
    ),
  geminiPerDay: reply(
    429,
    googleError(429, 'RESOURCE_EXHAUSTED', 'You exceeded your current quota.', [
      {
        '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
        violations: [{ quotaId: 'GenerateRequestsPerDayPerProjectPerModel-FreeTier' }],
      },
      { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '21s' },
    ]),
  ),
  insufficientQuota: reply(
    429,
    openaiError(
      'You exceeded your current quota, please check your plan and billing details.',
      'insufficient_quota',
      'insufficient_quota',
    ),
  ),
  outOfCredits: reply(402, { error: { code: 402, message: 'Insufficient credits' } }),
  anthropicCreditTooLow: reply(
    400,
    anthropicError('invalid_request_error', 'Your credit balance is too low to access the API.'),
  ),
  keyRefused: (key = 'sk-…') =>
    reply(
      401,
      openaiError(
        `Incorrect API key provided: ${key}.`,
        'invalid_request_error',
        'invalid_api_key',
      ),
    ),
  anthropicKeyRefused: reply(401, anthropicError('authentication_error', 'invalid x-api-key')),
  googleKeyRefused: reply(
    400,
    googleError(400, 'INVALID_ARGUMENT', 'API key not valid. Please pass a valid API key.', [
      { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'API_KEY_INVALID' },
    ]),
  ),
  forbidden: reply(403, openaiError('You are not allowed to use this model.', 'forbidden')),
  unservedCountry: reply(
    403,
    openaiError(
      'Country, region, or territory not supported',
      'request_forbidden',
      'unsupported_country_region_territory',
    ),
  ),
  anthropicForbidden: reply(
    403,
    anthropicError(
      'permission_error',
      'Your API key does not have permission to use the specified resource.',
    ),
  ),
  googleForbidden: reply(
    403,
    googleError(403, 'PERMISSION_DENIED', 'Requests to this API are blocked.', [
      { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'API_KEY_SERVICE_BLOCKED' },
    ]),
  ),
  googleKeyLeaked: reply(
    403,
    googleError(
      403,
      'PERMISSION_DENIED',
      'Your API key was reported as leaked. Please use another API key.',
    ),
  ),
  gatewayForbidden: reply(
    403,
    '<!DOCTYPE html><html><head><title>Attention Required! | Cloudflare</title></head></html>',
    { 'content-type': 'text/html' },
  ),
  badRequest: (message = "Invalid value for 'temperature'") =>
    reply(400, openaiError(message, 'invalid_request_error')),
  openaiContentFilter: reply(400, {
    error: {
      message: 'The response was filtered due to the prompt triggering a content policy.',
      type: null,
      param: 'prompt',
      code: 'content_filter',
      status: 400,
    },
  }),
  unknownModel: reply(
    404,
    openaiError('The model `gpt-9` does not exist', 'invalid_request_error', 'model_not_found'),
  ),
  anthropicUnknownModel: reply(404, anthropicError('not_found_error', 'model: claude-9')),
  googleUnknownModel: reply(
    404,
    googleError(404, 'NOT_FOUND', 'models/gemini-9 is not found for API version v1beta'),
  ),
  /** Any status with the body of a plain error, such as 408, 409, 413, 422, 500, 502, 503. */
  status: (status: number, headers: Headers = {}) =>
    reply(status, openaiError(`The server said ${status}.`, 'server_error'), headers),
  anthropicOverloaded: reply(529, anthropicError('overloaded_error', 'Overloaded')),
  resetBeforeHeaders: { kind: 'reset', when: 'before-headers' },
  resetMidBody: { kind: 'reset', when: 'mid-body' },
  hang: { kind: 'hang', when: 'before-headers' },
  hangMidBody: { kind: 'hang', when: 'mid-body' },
  truncatedJson: { kind: 'truncated-json' },
  html: reply(200, '<!doctype html><html><body>Sign in to the network</body></html>', {
    'content-type': 'text/html',
  }),
  emptyBody: reply(200, ''),
  invalidJson: reply(200, '{"choices": [,]}'),
  openrouterErrorInside200: (code: number, message = 'Upstream said no') =>
    reply(200, { error: { code, message } }),
  cutByLength: { kind: 'answer', finishReason: 'length' },
  empty: { kind: 'answer', text: '' },
  contentFilter: { kind: 'answer', finishReason: 'content-filter' },
  refusal: { kind: 'answer', finishReason: 'refusal', text: 'I cannot help with that.' },
} satisfies Record<string, Fault | ((...given: any[]) => Fault)>
