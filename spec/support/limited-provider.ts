import type { LimitedKind } from '../../lib/error/stated-limit.js'
import type { Clock } from '../../lib/port/clock.js'
import { type Counting, type LimitedBucket, limitedBucket } from './limited-bucket.js'
import type { Fault } from './stub-faults.js'
import type { StubServerOptions } from './stub-server.js'

/** A limit of a provider: how it counts, and how its headers state it. */
interface ProviderLimit {
  readonly kind: LimitedKind
  readonly limit: number
  readonly windowMs: number
  readonly counting: Counting
  /** Name of the header, with a star for limit, remaining and reset. */
  readonly header?: string
  /** Writes a reset; not stated if absent. */
  readonly reset?: (resetMs: number, nowMs: number) => string
  readonly isLimitUnstated?: boolean
}

export interface ProviderProfile {
  /** A model of the provider by its name here. */
  readonly model: string
  readonly limits: readonly ProviderLimit[]
  /** The body of a refusal. */
  readonly refusal?: (resetMs: number, limit: ProviderLimit) => object
  /** Further headers of a refusal. */
  readonly refusalHeaders?: (resetMs: number) => Readonly<Record<string, string>>
}

const minuteMs = 60_000
const dayMs = 86_400_000

/** As Go prints a duration: `1m2.5s`, `120ms`. */
function goDuration(ms: number): string {
  if (ms < 1_000) return `${Math.ceil(ms)}ms`
  const minutes = Math.floor(ms / minuteMs)
  const seconds = (ms - minutes * minuteMs) / 1000
  return minutes === 0 ? `${seconds.toFixed(3)}s` : `${minutes}m${seconds.toFixed(3)}s`
}

const inSeconds = (ms: number): string => (ms / 1000).toFixed(2)
const asDate = (ms: number, nowMs: number): string =>
  new Date(nowMs + ms).toISOString().replace(/\.\d+Z$/, 'Z')
const asEpochMs = (ms: number, nowMs: number): string => String(Math.ceil(nowMs + ms))
const perMinute = (kind: LimitedKind, limit: number, counting: Counting, further: object = {}) => ({
  kind,
  limit,
  windowMs: minuteMs,
  counting,
  ...further,
})
const retryAfter = (resetMs: number) => ({ 'retry-after': String(Math.ceil(resetMs / 1000)) })

/** What each provider states, and how: see providers' documentation of their rate limits. */
export const providerProfiles: Readonly<Record<string, ProviderProfile>> = {
  openai: {
    model: 'gpt-4o-mini',
    limits: [
      perMinute('requests', 60, 'steady', { header: 'x-ratelimit-*-requests', reset: goDuration }),
      perMinute('tokens', 25_000, 'steady', { header: 'x-ratelimit-*-tokens', reset: goDuration }),
    ],
    refusalHeaders: resetMs => ({ 'retry-after-ms': String(Math.ceil(resetMs / 10)) }),
  },
  'openai, by project tokens': {
    model: 'gpt-4o-mini',
    limits: [
      perMinute('requests', 600, 'steady', { header: 'x-ratelimit-*-requests', reset: goDuration }),
      perMinute('tokens', 15_000, 'steady', {
        header: 'x-ratelimit-*-project-tokens',
        reset: goDuration,
      }),
    ],
  },
  azure: {
    model: 'gpt-4o-mini',
    limits: [
      perMinute('requests', 60, 'steady', {
        header: 'x-ratelimit-*-requests',
        isLimitUnstated: true,
      }),
    ],
    refusalHeaders: () => ({ 'retry-after-ms': '1000' }),
  },
  anthropic: {
    model: 'claude-haiku-4.5',
    limits: [
      perMinute('requests', 200, 'steady', {
        header: 'anthropic-ratelimit-requests-*',
        reset: asDate,
      }),
      perMinute('input-tokens', 20_000, 'steady', {
        header: 'anthropic-ratelimit-input-tokens-*',
        reset: asDate,
      }),
      perMinute('output-tokens', 6_000, 'steady', {
        header: 'anthropic-ratelimit-output-tokens-*',
        reset: asDate,
      }),
    ],
    refusalHeaders: retryAfter,
  },
  gemini: {
    model: 'gemini-2.5-flash',
    limits: [perMinute('requests', 60, 'window')],
    refusal: (resetMs, { limit }) => ({
      error: {
        code: 429,
        status: 'RESOURCE_EXHAUSTED',
        message: 'You exceeded your current quota.',
        details: [
          {
            '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
            violations: [
              {
                quotaId: 'GenerateRequestsPerMinutePerProjectPerModel-FreeTier',
                quotaValue: String(limit),
              },
            ],
          },
          {
            '@type': 'type.googleapis.com/google.rpc.RetryInfo',
            retryDelay: `${resetMs / 1000}s`,
          },
        ],
      },
    }),
  },
  groq: {
    model: 'groq/llama-3.3-70b-versatile',
    limits: [
      {
        kind: 'requests',
        limit: 14_400,
        windowMs: dayMs,
        counting: 'steady',
        header: 'x-ratelimit-*-requests',
        reset: goDuration,
      },
      perMinute('tokens', 18_000, 'steady', { header: 'x-ratelimit-*-tokens', reset: goDuration }),
    ],
    refusalHeaders: retryAfter,
  },
  mistral: {
    model: 'mistral/mistral-small-latest',
    limits: [
      perMinute('requests', 60, 'window', { header: 'x-ratelimit-*-req-minute' }),
      perMinute('tokens', 500_000, 'window', { header: 'x-ratelimit-*-tokens-minute' }),
    ],
  },
  'mistral, by size': {
    model: 'mistral/mistral-small-latest',
    limits: [perMinute('tokens', 18_000, 'window', { header: 'x-ratelimitbysize-*-minute' })],
  },
  openrouter: {
    model: 'openrouter/deepseek/deepseek-chat',
    limits: [perMinute('requests', 40, 'window', { header: 'X-RateLimit-*', reset: asEpochMs })],
    refusalHeaders: retryAfter,
  },
  together: {
    model: 'together/meta-llama/Llama-3.3-70B-Instruct-Turbo',
    limits: [
      {
        kind: 'requests',
        limit: 10,
        windowMs: 1_000,
        counting: 'window',
        header: 'x-ratelimit-*',
        reset: ms => String(Math.ceil(ms / 1000)),
      },
    ],
  },
  cerebras: {
    model: 'cerebras/llama3.1-8b',
    limits: [
      {
        kind: 'requests',
        limit: 14_400,
        windowMs: dayMs,
        counting: 'window',
        header: 'x-ratelimit-*-requests-day',
        reset: inSeconds,
      },
      perMinute('tokens', 18_000, 'window', {
        header: 'x-ratelimit-*-tokens-minute',
        reset: inSeconds,
      }),
    ],
  },
  fireworks: {
    model: 'fireworks/accounts/fireworks/models/llama-v3p1-8b-instruct',
    limits: [
      perMinute('input-tokens', 12_000, 'steady', { header: 'x-ratelimit-*-tokens-prompt' }),
      perMinute('output-tokens', 60_000, 'steady', { header: 'x-ratelimit-*-tokens-generated' }),
    ],
  },
}

/** What each answer of a limited provider is billed. */
export const billed = { inputTokens: 200, outputTokens: 100 }

const costs: Readonly<Record<LimitedKind, number>> = {
  requests: 1,
  tokens: billed.inputTokens + billed.outputTokens,
  'input-tokens': billed.inputTokens,
  'output-tokens': billed.outputTokens,
}

export interface LimitedProvider {
  /** For `startStubServer`. */
  readonly server: Pick<StubServerOptions, 'answer' | 'fault' | 'headers'>
  readonly refusals: () => number
}

/** A provider that keeps its limits: it refuses what is too much, and states what is left. */
export function limitedProvider(
  { limits, refusal, refusalHeaders }: ProviderProfile,
  clock: Pick<Clock, 'nowMs' | 'monotonicMs'>,
): LimitedProvider {
  const buckets = limits.map(limit => ({
    limit,
    bucket: limitedBucket({ ...limit, startMs: clock.monotonicMs() }),
  }))
  const stated = new Map<number, Readonly<Record<string, string>>>()
  let refusals = 0
  return {
    refusals: () => refusals,
    server: {
      answer: text => ({ text: `Answer to: ${text}`, usage: billed }),
      headers: requestNumber => stated.get(requestNumber) ?? {},
      fault(requestNumber): Fault | undefined {
        const nowMs = clock.monotonicMs()
        const short = buckets.find(({ limit, bucket }) => !bucket.has(costs[limit.kind], nowMs))
        if (short === undefined) {
          for (const { limit, bucket } of buckets) bucket.take(costs[limit.kind], nowMs)
          stated.set(requestNumber, headersNow(nowMs))
          return undefined
        }
        refusals += 1
        const { resetMs } = short.bucket.state(nowMs)
        const body = refusal?.(resetMs, short.limit) ?? {
          error: { message: 'Rate limit reached', type: 'requests', code: 'rate_limit_exceeded' },
        }
        const headers = { ...headersNow(nowMs), ...refusalHeaders?.(resetMs) }
        return { kind: 'reply', status: 429, headers, body }
      },
    },
  }

  function headersNow(nowMs: number): Readonly<Record<string, string>> {
    const headers: Record<string, string> = {}
    for (const { limit, bucket } of buckets) Object.assign(headers, headersOf(limit, bucket, nowMs))
    return headers
  }

  function headersOf(
    { header, reset, limit, isLimitUnstated }: ProviderLimit,
    bucket: LimitedBucket,
    nowMs: number,
  ): Readonly<Record<string, string>> {
    if (header === undefined) return {}
    const named = (part: string): string => header.replace('*', part)
    const { remaining, resetMs } = bucket.state(nowMs)
    return {
      [named(header.startsWith('X-') ? 'Remaining' : 'remaining')]: String(remaining),
      ...(!isLimitUnstated && { [named('limit')]: String(limit) }),
      ...(reset !== undefined && { [named('reset')]: reset(resetMs, clock.nowMs()) }),
    }
  }
}
