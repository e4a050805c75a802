import fc from 'fast-check'
import {
  hasLimitOfZero,
  parseRateLimits,
  usedUpQuota,
  usedUpResetMs,
} from '../../lib/throttle/parse-rate-limits.js'
import { type Fault, faults } from '../support/stub-server.js'

const nowMs = Date.UTC(2026, 10, 23, 12)
const minuteMs = 60_000
const dayMs = 86_400_000
const monthMs = 30 * dayMs
const headersOf = (fault: Fault): Record<string, string> =>
  Object.fromEntries(
    Object.entries(fault.kind === 'reply' ? (fault.headers ?? {}) : {}).map(([name, value]) => [
      name.toLowerCase(),
      value,
    ]),
  )
const parsed = (headers: Record<string, string>, provider = 'openai') =>
  parseRateLimits(headers, { provider, nowMs })
/** Each limit as `kind limit remaining window reset`. */
const shown = (headers: Record<string, string>, provider = 'openai') =>
  (parsed(headers, provider) ?? []).map(({ kind, limit, remaining, windowMs, resetMs }) => [
    kind,
    limit,
    remaining,
    windowMs,
    resetMs,
  ])
const openai = (kind: string, limit: string, remaining: string, reset: string) => ({
  [`x-ratelimit-limit-${kind}`]: limit,
  [`x-ratelimit-remaining-${kind}`]: remaining,
  [`x-ratelimit-reset-${kind}`]: reset,
})
const anthropic = (kind: string, limit: string, remaining: string, reset: string) => ({
  [`anthropic-ratelimit-${kind}-limit`]: limit,
  [`anthropic-ratelimit-${kind}-remaining`]: remaining,
  [`anthropic-ratelimit-${kind}-reset`]: reset,
})

describe('parseRateLimits', () => {
  it('gives nothing where nothing is said, or nothing that can be read', () => {
    expect(parsed({ 'content-type': 'text/html' }, 'x')).toBeUndefined()
    expect(parsed(openai('requests', 'many', '', '1s'))).toBeUndefined()
  })

  it('does not take a provider named like a method of objects for a known one', () => {
    expect(shown(headersOf(faults.openaiBucketAtZero), 'constructor')).toHaveLength(2)
  })

  it('reads OpenAI’s limits a minute, with Go durations', () => {
    const headers = {
      ...openai('requests', '500', '499', '120ms'),
      ...openai('tokens', '30000', '29000', '2s'),
      ...openai('project-tokens', '20000', '100', '59.7s'),
      ...openai('tokens_usage_based', '90000', '89000', '666ms'),
    }

    expect(shown(headers)).toEqual([
      ['requests', 500, 499, minuteMs, 120],
      ['tokens', 30_000, 29_000, minuteMs, 2_000],
      ['tokens', 90_000, 89_000, minuteMs, 666],
      ['tokens', 20_000, 100, minuteMs, 59_700],
    ])
  })

  it('tells a limit a day in the headers of a limit a minute by its reset', () => {
    const [requests] = parsed(openai('requests', '200', '199', '7m12s')) ?? []

    expect(requests?.resetMs).toBe(432_000)
    expect(requests?.windowMs).toBeCloseTo(dayMs, -1)
  })

  it('reads Azure’s rest without a limit', () => {
    expect(shown({ 'x-ratelimit-remaining-tokens': '119' }, 'azure')).toEqual([
      ['tokens', undefined, 119, minuteMs, undefined],
    ])
  })

  it('reads Anthropic’s four limits, with dates, and none of its priority and fast tiers', () => {
    const inHalfAMinute = '2026-11-23T12:00:30Z'
    const headers = {
      ...anthropic('requests', '50', '49', inHalfAMinute),
      ...anthropic('tokens', '60000', '58000', inHalfAMinute),
      ...anthropic('input-tokens', '50000', '0', inHalfAMinute),
      ...anthropic('output-tokens', '10000', '9000', '2026-11-23T12:00:06Z'),
      'anthropic-priority-input-tokens-limit': '10',
      'anthropic-priority-input-tokens-remaining': '0',
      'anthropic-fast-output-tokens-remaining': '0',
    }

    expect(shown(headers, 'anthropic')).toEqual([
      ['requests', 50, 49, minuteMs, 30_000],
      ['tokens', 60_000, 58_000, minuteMs, 30_000],
      ['input-tokens', 50_000, 0, minuteMs, 30_000],
      ['output-tokens', 10_000, 9_000, minuteMs, 6_000],
    ])
  })

  it('reads the unified limits of an Anthropic subscription, if they are used up', () => {
    const reset = String(nowMs / 1000 + 7_200)
    const unified = (status: string) => ({
      'anthropic-ratelimit-unified-status': status,
      'anthropic-ratelimit-unified-reset': reset,
      'anthropic-ratelimit-unified-5h-utilization': '1.02',
    })

    expect(parsed(unified('allowed_warning'), 'anthropic')).toBeUndefined()
    expect(shown(unified('rejected'), 'anthropic')).toEqual([
      ['tokens', undefined, 0, 5 * 3_600_000, 7_200_000],
    ])
    const week = { 'anthropic-ratelimit-unified-7d-status': 'rejected' }
    const later = { 'anthropic-ratelimit-unified-7d-reset': '2026-11-26T12:00:00Z' }
    const both = { ...unified('rejected'), ...week, ...later }
    expect(parsed(both, 'anthropic')?.[0]?.resetMs).toBe(3 * dayMs)
  })

  it('counts Groq’s requests by the day and its tokens by the minute', () => {
    expect(shown(headersOf(faults.groqLimited), 'groq')).toEqual([
      ['requests', 14_400, 14_370, dayMs, 179_560],
      ['tokens', 18_000, 0, minuteMs, 7_660],
    ])
  })

  it.each<[string, Record<string, string>, unknown[][]]>([
    [
      'of 2026',
      {
        'x-ratelimit-limit-req-minute': '60',
        'x-ratelimit-remaining-req-minute': '59',
        'x-ratelimit-limit-tokens-minute': '500000',
        'x-ratelimit-remaining-tokens-minute': '499000',
        'x-ratelimit-limit-tokens-month': '1000000000',
        'x-ratelimit-remaining-tokens-month': '999999000',
        'x-ratelimit-tokens-query-cost': '1000',
      },
      [
        ['requests', 60, 59, minuteMs, undefined],
        ['tokens', 500_000, 499_000, minuteMs, undefined],
        ['tokens', 1_000_000_000, 999_999_000, monthMs, undefined],
      ],
    ],
    [
      'by size',
      {
        'x-ratelimitbysize-limit-minute': '500000',
        'x-ratelimitbysize-remaining-minute': '499000',
        'x-ratelimitbysize-limit-month': '1000000000',
        'x-ratelimitbysize-remaining-month': '0',
      },
      [
        ['tokens', 500_000, 499_000, minuteMs, undefined],
        ['tokens', 1_000_000_000, 0, monthMs, undefined],
      ],
    ],
    [
      'without x-',
      {
        'ratelimitbysize-limit': '500000',
        'ratelimitbysize-remaining': '499900',
        'ratelimitbysize-reset': '12',
        'ratelimitbysize-query-cost': '32007',
      },
      [['tokens', 500_000, 499_900, minuteMs, 12_000]],
    ],
  ])('reads Mistral’s names %s', (_which, headers, limits) => {
    expect(shown(headers, 'mistral')).toEqual(limits)
  })

  it('reads OpenRouter’s milliseconds since 1970', () => {
    const minute = headersOf(faults.openrouterLimited(nowMs + 9_000))
    expect(shown(minute, 'openrouter')).toEqual([['requests', 20, 0, minuteMs, 9_000]])
  })

  it('takes OpenRouter’s limit for one a day if its reset is hours away', () => {
    const day = {
      'x-ratelimit-limit': '50',
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset': String(nowMs + dayMs / 2),
    }
    expect(shown(day, 'openrouter')).toEqual([['requests', 50, 0, dayMs / 2, dayMs / 2]])
  })

  it('reads Together’s limits a second', () => {
    expect(shown(headersOf(faults.togetherLimited), 'together')).toEqual([
      ['requests', 10, 0, 1_000, 1_000],
      ['tokens', 3_000, 2_000, 1_000, undefined],
    ])
  })

  it('reads Cerebras’s limits a day and a minute', () => {
    expect(shown(headersOf(faults.cerebrasLimited), 'cerebras')).toEqual([
      ['requests', 14_400, 14_000, dayMs, 33_011_380],
      ['tokens', 60_000, 0, minuteMs, 11_380],
    ])
  })

  it('reads Fireworks’ limits of prompts and of answers', () => {
    const headers = {
      'x-ratelimit-limit-tokens-prompt': '3600000',
      'x-ratelimit-remaining-tokens-prompt': '3599000',
      'x-ratelimit-limit-tokens-generated': '36000',
      'x-ratelimit-remaining-tokens-generated': '35000',
      'x-ratelimit-over-limit': 'no',
    }
    expect(shown(headers, 'fireworks')).toEqual([
      ['input-tokens', 3_600_000, 3_599_000, minuteMs, undefined],
      ['output-tokens', 36_000, 35_000, minuteMs, undefined],
    ])
  })

  it.each([
    ['a negative limit', { limit: '-1', remaining: '5' }, { remaining: 5 }],
    ['no number', { limit: 'NaN', remaining: 'Infinity' }, undefined],
    ['a limit of 10^12', { limit: '1000000000000', remaining: '3' }, { remaining: 3 }],
    ['a limit of 0', { limit: '0', remaining: '0' }, undefined],
    ['more left than the limit', { limit: '5', remaining: '9' }, { limit: 5, remaining: 5 }],
    ['a reset of 10^12', { limit: '5', remaining: '2', reset: '1000000000000' }, 'no reset'],
    [
      'a reset in the past',
      { limit: '5', remaining: '2', reset: '2020-01-01T00:00:00Z' },
      'no reset',
    ],
    ['a reset in ten days', { limit: '5', remaining: '2', reset: '240h' }, 'no reset'],
    ['a reset of now', { limit: '5', remaining: '2', reset: '0s' }, 'no reset'],
    ['a negative reset', { limit: '5', remaining: '2', reset: '-3' }, 'no reset'],
  ])('ignores %s', (_what, given, expected) => {
    const headers = Object.fromEntries(
      Object.entries(given).map(([part, text]) => [`x-ratelimit-${part}-requests`, text]),
    )
    const [limit] = parsed(headers) ?? []

    if (expected === undefined) expect(limit).toBeUndefined()
    else if (expected === 'no reset') expect(limit).not.toHaveProperty('resetMs')
    else expect(limit).toMatchObject(expected as object)
  })
})

describe('parseRateLimits, of headers that make no sense', () => {
  const names = [
    ...['requests', 'tokens', 'project-tokens', 'requests-day', 'tokens-month'].flatMap(kind =>
      ['limit', 'remaining', 'reset'].map(part => `x-ratelimit-${part}-${kind}`),
    ),
    ...['x-ratelimit-limit', 'x-ratelimit-remaining', 'x-ratelimit-reset'],
    ...['requests', 'input-tokens'].flatMap(kind =>
      ['limit', 'remaining', 'reset'].map(part => `anthropic-ratelimit-${kind}-${part}`),
    ),
    'anthropic-ratelimit-unified-status',
    'anthropic-ratelimit-unified-reset',
  ]
  const value = fc.oneof(
    fc.constantFrom('-1', 'NaN', 'Infinity', '1e12', '1000000000000', '', '0', '0x10', 'rejected'),
    fc.constantFrom('1999-01-01T00:00:00Z', '9999-12-31T23:59:59Z', '99999h', '-6m0s', '1, 1;w=60'),
    fc.integer().map(String),
    fc.double().map(String),
    fc.string(),
  )
  const providers = fc.constantFrom('openai', 'anthropic', 'groq', 'mistral', 'together', 'x')

  it('gives only numbers that can be meant', () => {
    const headers = fc.dictionary(fc.constantFrom(...names), value)
    fc.assert(
      fc.property(headers, providers, (given, provider) => {
        for (const stated of parsed(given, provider) ?? []) {
          const { limit = 1, remaining = 0, resetMs = 1, windowMs } = stated
          expect(limit).toBeGreaterThan(0)
          expect(limit).toBeLessThan(1e12)
          expect(remaining).toBeGreaterThanOrEqual(0)
          expect(remaining).toBeLessThanOrEqual(stated.limit ?? 1e12)
          expect(resetMs).toBeGreaterThan(0)
          expect(resetMs).toBeLessThanOrEqual(32 * dayMs)
          expect(windowMs).toBeGreaterThan(0)
          expect(windowMs).toBeLessThanOrEqual(32 * dayMs)
        }
      }),
      { numRuns: 500 },
    )
  })
})

describe('usedUpResetMs', () => {
  it('is the reset of the limit that is used up, not of the one that is not', () => {
    expect(usedUpResetMs(parsed(headersOf(faults.groqLimited), 'groq') ?? [])).toBe(7_660)
  })

  it('is the later one where both are used up, and nothing where none is', () => {
    const headers = headersOf(faults.openaiBucketAtZero)
    const both = { ...headers, 'x-ratelimit-remaining-tokens': '0' }
    expect(usedUpResetMs(parsed(both) ?? [])).toBe(360_000)
    const none = { ...headers, 'x-ratelimit-remaining-requests': '1' }
    expect(usedUpResetMs(parsed(none) ?? [])).toBeUndefined()
  })
})

describe('usedUpQuota', () => {
  it('is a used-up limit of a day or a month, and no other', () => {
    const day = openai('requests-day', '14400', '0', '33011.38')
    expect(usedUpQuota(parsed(day) ?? [])).toMatchObject({ windowMs: dayMs, resetMs: 33_011_380 })
    expect(usedUpQuota(parsed(openai('requests-day', '14400', '1', '9')) ?? [])).toBeUndefined()
    expect(usedUpQuota(parsed(openai('tokens', '60', '0', '9')) ?? [])).toBeUndefined()
  })
})

describe('hasLimitOfZero', () => {
  it('tells a limit of none from a limit used up', () => {
    const mistral = { provider: 'mistral' }
    expect(hasLimitOfZero(headersOf(faults.mistralNotAllowed), mistral)).toBe(true)
    expect(hasLimitOfZero(headersOf(faults.mistralLimited), mistral)).toBe(false)
  })
})
