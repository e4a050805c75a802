import {
  emptyBucketResetMs,
  hasLimitOfZero,
  parseRateLimits,
} from '../../lib/throttle/parse-rate-limits.js'
import { type Fault, faults } from '../support/stub-server.js'

const nowMs = Date.UTC(2026, 10, 23, 12)
const headersOf = (fault: Fault): Record<string, string> =>
  Object.fromEntries(
    Object.entries(fault.kind === 'reply' ? (fault.headers ?? {}) : {}).map(([name, value]) => [
      name.toLowerCase(),
      value,
    ]),
  )
const limitsOf = (fault: Fault, provider: string) =>
  parseRateLimits(headersOf(fault), { provider, nowMs })

describe('parseRateLimits', () => {
  it('gives nothing where nothing is said, or nothing that can be read', () => {
    expect(
      parseRateLimits({ 'content-type': 'text/html' }, { provider: 'x', nowMs }),
    ).toBeUndefined()
    const odd = { 'x-ratelimit-limit-requests': 'many', 'x-ratelimit-remaining-requests': '' }
    expect(parseRateLimits(odd, { provider: 'openai', nowMs })).toBeUndefined()
  })

  it('does not take a provider named like a method of objects for a known one', () => {
    expect(limitsOf(faults.openaiBucketAtZero, 'constructor')?.requests?.limit).toBe(500)
  })

  it('reads OpenAI’s limits a minute, with Go durations', () => {
    expect(limitsOf(faults.openaiBucketAtZero, 'openai')).toEqual({
      requests: { limit: 500, remaining: 0, resetMs: 360_000, windowMs: 60_000 },
      tokens: { limit: 30_000, remaining: 29_000, resetMs: 12, windowMs: 60_000 },
    })
  })

  it('reads the scarcest of Anthropic’s token limits, with dates', () => {
    expect(limitsOf(faults.anthropicLimited('2026-11-23T12:00:30Z'), 'anthropic')).toEqual({
      requests: { limit: 50, remaining: 49, resetMs: 30_000, windowMs: 60_000 },
      tokens: { limit: 50_000, remaining: 0, resetMs: 30_000, windowMs: 60_000 },
    })
    const several = {
      'anthropic-ratelimit-input-tokens-limit': '100',
      'anthropic-ratelimit-input-tokens-remaining': '90',
      'anthropic-ratelimit-output-tokens-limit': '1000',
      'anthropic-ratelimit-output-tokens-remaining': '500',
    }
    const { tokens } = parseRateLimits(several, { provider: 'anthropic', nowMs }) ?? {}
    expect(tokens).toEqual({ limit: 1000, remaining: 500, windowMs: 60_000 })
  })

  it('counts Groq’s requests by the day and its tokens by the minute', () => {
    const { requests, tokens } = limitsOf(faults.groqLimited, 'groq') ?? {}
    expect(requests).toMatchObject({ windowMs: 86_400_000, resetMs: 179_560 })
    expect(tokens).toMatchObject({ windowMs: 60_000, resetMs: 7_660 })
  })

  it('reads the windows that Cerebras and Mistral have in their names', () => {
    const cerebras = limitsOf(faults.cerebrasLimited, 'cerebras')
    expect(cerebras?.requests).toMatchObject({ limit: 14_400, windowMs: 86_400_000 })
    expect(cerebras?.tokens).toMatchObject({ limit: 60_000, windowMs: 60_000 })
    expect(limitsOf(faults.mistralLimited, 'mistral')?.requests).toEqual({
      limit: 60,
      remaining: 0,
      windowMs: 60_000,
    })
  })

  it('reads OpenRouter’s milliseconds since 1970 and Together’s limits a second', () => {
    expect(limitsOf(faults.openrouterLimited(nowMs + 9_000), 'openrouter')?.requests).toEqual({
      limit: 20,
      remaining: 0,
      resetMs: 9_000,
      windowMs: 60_000,
    })
    expect(limitsOf(faults.togetherLimited, 'together')).toEqual({
      requests: { limit: 10, remaining: 0, resetMs: 1_000, windowMs: 1_000 },
      tokens: { limit: 3_000, remaining: 2_000, windowMs: 1_000 },
    })
  })
})

describe('emptyBucketResetMs', () => {
  it('is the reset of the limit that is used up, not of the one that is not', () => {
    const headers = headersOf(faults.groqLimited)
    expect(emptyBucketResetMs(headers, { provider: 'groq', nowMs })).toBe(7_660)
  })

  it('is the later one where both are used up, and nothing where none is', () => {
    const headers = headersOf(faults.openaiBucketAtZero)
    const both = { ...headers, 'x-ratelimit-remaining-tokens': '0' }
    expect(emptyBucketResetMs(both, { provider: 'openai', nowMs })).toBe(360_000)
    const none = { ...headers, 'x-ratelimit-remaining-requests': '1' }
    expect(emptyBucketResetMs(none, { provider: 'openai', nowMs })).toBeUndefined()
  })
})

describe('hasLimitOfZero', () => {
  it('tells a limit of none from a limit used up', () => {
    const mistral = { provider: 'mistral', nowMs }
    expect(hasLimitOfZero(headersOf(faults.mistralNotAllowed), mistral)).toBe(true)
    expect(hasLimitOfZero(headersOf(faults.mistralLimited), mistral)).toBe(false)
  })
})
