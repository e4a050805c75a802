import type { RateLimitBucket, RateLimits } from '../row/answer.js'
import { parseReset } from './parse-duration.js'

/** Headers of a reply by lower-case name. */
export type ReplyHeaders = Readonly<Record<string, string>>

export interface ParseRateLimitsOptions {
  /** Name of the provider. It decides a window that the header's name does not tell. */
  readonly provider: string
  readonly nowMs: number
}

interface BucketNames {
  readonly kind: 'requests' | 'tokens'
  readonly limit: string
  readonly remaining: string
  readonly reset: string
  readonly windowMs: number
}

const secondMs = 1_000
const minuteMs = 60_000
const dayMs = 86_400_000
const monthMs = 30 * dayMs

/** `x-ratelimit-*-requests`: the star stands for limit, remaining and reset. */
function bucket(kind: BucketNames['kind'], pattern: string, windowMs: number): BucketNames {
  const named = (part: string): string => pattern.replace('*', part)
  return {
    kind,
    limit: named('limit'),
    remaining: named('remaining'),
    reset: named('reset'),
    windowMs,
  }
}

/** Headers that mean the same for every provider: the window is in the name, or is a minute. */
const commonBuckets: readonly BucketNames[] = [
  bucket('requests', 'x-ratelimit-*-requests', minuteMs),
  bucket('requests', 'x-ratelimit-*-req-minute', minuteMs),
  bucket('requests', 'x-ratelimit-*-requests-minute', minuteMs),
  bucket('requests', 'x-ratelimit-*-requests-day', dayMs),
  bucket('tokens', 'x-ratelimit-*-tokens', minuteMs),
  bucket('tokens', 'x-ratelimit-*-project-tokens', minuteMs),
  bucket('tokens', 'x-ratelimit-*-tokens-minute', minuteMs),
  bucket('tokens', 'x-ratelimit-*-tokens-day', dayMs),
  bucket('tokens', 'x-ratelimit-*-tokens-month', monthMs),
]

/** Headers that mean something else for one provider. */
const bucketsByProvider: Readonly<Record<string, readonly BucketNames[]>> = {
  anthropic: [
    bucket('requests', 'anthropic-ratelimit-requests-*', minuteMs),
    bucket('tokens', 'anthropic-ratelimit-tokens-*', minuteMs),
    bucket('tokens', 'anthropic-ratelimit-input-tokens-*', minuteMs),
    bucket('tokens', 'anthropic-ratelimit-output-tokens-*', minuteMs),
  ],
  groq: [
    bucket('requests', 'x-ratelimit-*-requests', dayMs),
    bucket('tokens', 'x-ratelimit-*-tokens', minuteMs),
  ],
  mistral: [
    ...commonBuckets,
    bucket('tokens', 'x-ratelimitbysize-*-minute', minuteMs),
    bucket('tokens', 'x-ratelimitbysize-*-month', monthMs),
    bucket('tokens', 'ratelimitbysize-*', minuteMs),
  ],
  openrouter: [bucket('requests', 'x-ratelimit-*', minuteMs)],
  together: [
    bucket('requests', 'x-ratelimit-*', secondMs),
    bucket('tokens', 'x-tokenlimit-*', secondMs),
  ],
}

/** Reads a provider's limits from headers. Of several buckets of a kind, the scarcest counts. */
export function parseRateLimits(
  headers: ReplyHeaders,
  options: ParseRateLimitsOptions,
): RateLimits | undefined {
  let requests: RateLimitBucket | undefined
  let tokens: RateLimitBucket | undefined
  for (const { kind, read } of readBuckets(headers, options)) {
    if (kind === 'requests') requests = scarcer(requests, read)
    else tokens = scarcer(tokens, read)
  }
  if (requests === undefined && tokens === undefined) return undefined
  return { ...(requests && { requests }), ...(tokens && { tokens }) }
}

/** Milliseconds until the last of the empty buckets is full. Undefined if no bucket is empty. */
export function emptyBucketResetMs(
  headers: ReplyHeaders,
  options: ParseRateLimitsOptions,
): number | undefined {
  const resets = readBuckets(headers, options)
    .filter(({ read }) => read.remaining === 0)
    .flatMap(({ read }) => read.resetMs ?? [])
  return resets.length === 0 ? undefined : Math.max(...resets)
}

/** Whether a limit is 0: the provider allows no such calls (Mistral says so this way). */
export function hasLimitOfZero(headers: ReplyHeaders, options: ParseRateLimitsOptions): boolean {
  return readBuckets(headers, options).some(({ read }) => read.limit === 0)
}

interface NamedBucket {
  readonly kind: BucketNames['kind']
  readonly read: RateLimitBucket
}

function readBuckets(headers: ReplyHeaders, options: ParseRateLimitsOptions): NamedBucket[] {
  const { provider, nowMs } = options
  const known = Object.hasOwn(bucketsByProvider, provider) ? bucketsByProvider[provider] : undefined
  const found: NamedBucket[] = []
  for (const { kind, limit, remaining, reset, windowMs } of known ?? commonBuckets) {
    const most = headers[limit]
    const left = headers[remaining]
    if (most === undefined && left === undefined) continue
    const read = { ...numberField('limit', most), ...numberField('remaining', left), windowMs }
    if (read.limit === undefined && read.remaining === undefined) continue
    const resetMs = headers[reset] === undefined ? undefined : parseReset(headers[reset], nowMs)
    found.push({ kind, read: resetMs === undefined ? read : { ...read, resetMs } })
  }
  return found
}

function numberField<Name extends 'limit' | 'remaining'>(
  name: Name,
  text: string | undefined,
): { readonly [Field in Name]?: number } {
  if (text === undefined || !/^\s*\d+(\.\d+)?\s*$/.test(text)) return {}
  return { [name]: Number(text) } as { readonly [Field in Name]?: number }
}

function scarcer(a: RateLimitBucket | undefined, b: RateLimitBucket): RateLimitBucket {
  return a !== undefined && shareLeft(a) <= shareLeft(b) ? a : b
}

function shareLeft({ limit, remaining }: RateLimitBucket): number {
  if (remaining === undefined) return 1
  return limit === undefined || limit === 0 ? Math.min(1, remaining) : remaining / limit
}
