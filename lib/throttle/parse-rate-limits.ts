import { type LimitedKind, quotaWindowMs, type StatedLimit } from '../error/stated-limit.js'
import { parseReset } from './parse-duration.js'

/** Headers of a reply by lower-case name. */
export type ReplyHeaders = Readonly<Record<string, string>>

export interface ParseRateLimitsOptions {
  /** Name of the provider. It decides a window that the header's name does not tell. */
  readonly provider: string
  readonly nowMs: number
}

interface LimitNames {
  readonly name: string
  readonly kind: LimitedKind
  readonly windowMs: number
  readonly limit: string
  readonly remaining: string
  readonly reset: string
}

const secondMs = 1_000
const minuteMs = 60_000
const dayMs = 86_400_000
const monthMs = 30 * dayMs

/** `x-ratelimit-*-requests`: the star stands for limit, remaining and reset. */
function named(kind: LimitedKind, name: string, windowMs: number): LimitNames {
  const part = (word: string): string => name.replace('*', word)
  return {
    name,
    kind,
    windowMs,
    limit: part('limit'),
    remaining: part('remaining'),
    reset: part('reset'),
  }
}

/** Headers that mean the same for every provider: the window is in the name, or is a minute. */
const commonLimits: readonly LimitNames[] = [
  named('requests', 'x-ratelimit-*-requests', minuteMs),
  named('requests', 'x-ratelimit-*-req-minute', minuteMs),
  named('requests', 'x-ratelimit-*-requests-minute', minuteMs),
  named('requests', 'x-ratelimit-*-requests-day', dayMs),
  named('tokens', 'x-ratelimit-*-tokens', minuteMs),
  named('tokens', 'x-ratelimit-*-tokens_usage_based', minuteMs),
  named('tokens', 'x-ratelimit-*-project-tokens', minuteMs),
  named('tokens', 'x-ratelimit-*-tokens-minute', minuteMs),
  named('tokens', 'x-ratelimit-*-tokens-day', dayMs),
  named('tokens', 'x-ratelimit-*-tokens-month', monthMs),
  // Fireworks.
  named('input-tokens', 'x-ratelimit-*-tokens-prompt', minuteMs),
  named('output-tokens', 'x-ratelimit-*-tokens-generated', minuteMs),
]

/**
 * Headers that mean something else for one provider. Anthropic's `anthropic-priority-*` and
 * `anthropic-fast-*` are left out: beyond these limits, a call is served at the standard tier.
 */
const limitsByProvider: Readonly<Record<string, readonly LimitNames[]>> = {
  anthropic: [
    named('requests', 'anthropic-ratelimit-requests-*', minuteMs),
    named('tokens', 'anthropic-ratelimit-tokens-*', minuteMs),
    named('input-tokens', 'anthropic-ratelimit-input-tokens-*', minuteMs),
    named('output-tokens', 'anthropic-ratelimit-output-tokens-*', minuteMs),
  ],
  groq: [
    named('requests', 'x-ratelimit-*-requests', dayMs),
    named('tokens', 'x-ratelimit-*-tokens', minuteMs),
  ],
  mistral: [
    ...commonLimits,
    named('tokens', 'x-ratelimitbysize-*-minute', minuteMs),
    named('tokens', 'x-ratelimitbysize-*-month', monthMs),
    named('tokens', 'ratelimitbysize-*', minuteMs),
  ],
  openrouter: [named('requests', 'x-ratelimit-*', minuteMs)],
  together: [
    named('requests', 'x-ratelimit-*', secondMs),
    named('tokens', 'x-tokenlimit-*', secondMs),
  ],
}

/**
 * Reads a provider's limits from headers. A header that makes no sense is ignored: not a number, a
 * negative or an absurdly large one, a moment in the past or too far away.
 *
 * @returns undefined if no limit is stated.
 */
export function parseRateLimits(
  headers: ReplyHeaders,
  options: ParseRateLimitsOptions,
): readonly StatedLimit[] | undefined {
  const { provider } = options
  const known = Object.hasOwn(limitsByProvider, provider) ? limitsByProvider[provider] : undefined
  let found: StatedLimit[] | undefined
  for (const names of known ?? commonLimits) {
    const stated = readLimit(headers, names, options.nowMs)
    if (stated === undefined) continue
    found ??= []
    found.push(stated)
  }
  const unified = provider === 'anthropic' ? unifiedLimit(headers, options.nowMs) : undefined
  return unified === undefined ? found : [...(found ?? []), unified]
}

/** Milliseconds until the last of the used-up limits is full. Undefined if none is used up. */
export function usedUpResetMs(limits: readonly StatedLimit[]): number | undefined {
  const resets = limits.flatMap(({ remaining, resetMs }) =>
    remaining === 0 ? (resetMs ?? []) : [],
  )
  return resets.length === 0 ? undefined : Math.max(...resets)
}

/** A used-up limit that no run waits for: of a day or a month. */
export function usedUpQuota(limits: readonly StatedLimit[]): StatedLimit | undefined {
  return limits.find(({ remaining, windowMs }) => remaining === 0 && windowMs >= quotaWindowMs)
}

/** Whether a limit is 0: the provider allows no such calls (Mistral says so this way). */
export function hasLimitOfZero(headers: ReplyHeaders, { provider }: { provider: string }): boolean {
  const known = Object.hasOwn(limitsByProvider, provider) ? limitsByProvider[provider] : undefined
  return (known ?? commonLimits).some(({ limit }) => numberIn(headers[limit]) === 0)
}

function readLimit(
  headers: ReplyHeaders,
  names: LimitNames,
  nowMs: number,
): StatedLimit | undefined {
  const limit = numberIn(headers[names.limit])
  const left = numberIn(headers[names.remaining])
  // A good reply under a limit of 0 shows that the limit is not meant.
  if (limit === 0 || (limit === undefined && left === undefined)) return undefined
  const remaining = left === undefined || limit === undefined ? left : Math.min(left, limit)
  const { name, kind } = names
  const stated = { name, kind, limit, remaining, windowMs: names.windowMs }
  return withReset(stated, resetIn(headers[names.reset], nowMs))
}

/**
 * Adds the reset, and a longer window that the reset shows: OpenAI's free tier states its limit a
 * day in the headers of the limit a minute.
 */
function withReset(stated: StatedLimit, resetMs: number | undefined): StatedLimit {
  const { limit, remaining, windowMs } = stated
  if (resetMs === undefined || resetMs > longestReset(windowMs)) return stated
  if (resetMs <= windowMs * 1.1 + 2_000) return { ...stated, resetMs }
  const usedShare = limit === undefined ? 1 : 1 - (remaining ?? 0) / limit
  // A full bucket has no reset.
  if (usedShare <= 0) return stated
  return { ...stated, resetMs, windowMs: Math.min(dayMs, Math.max(resetMs, resetMs / usedShare)) }
}

/** A reset is at most one window away, or one day, if a limit a day is behind the header. */
function longestReset(windowMs: number): number {
  return Math.max(dayMs * 1.05, windowMs * 1.1)
}

/**
 * The limits of a subscription, in shares of 5 hours and 7 days: only whether they are used up, and
 * when they open again. If both are used up, the later moment counts.
 */
function unifiedLimit(headers: ReplyHeaders, nowMs: number): StatedLimit | undefined {
  const name = 'anthropic-ratelimit-unified'
  const usedUp = ['', '-5h', '-7d'].filter(
    part => headers[`${name}${part}-status`]?.trim() === 'rejected',
  )
  if (usedUp.length === 0) return undefined
  const resets = usedUp.flatMap(part => resetIn(headers[`${name}${part}-reset`], nowMs) ?? [])
  const resetMs = resets.length === 0 ? undefined : Math.max(...resets)
  const windowMs = Math.max(5 * 3_600_000, resetMs ?? 0)
  return { name: `${name}-*`, kind: 'tokens', remaining: 0, resetMs, windowMs }
}

/** A larger number is not a limit. */
const mostStated = 1e12

function numberIn(text: string | undefined): number | undefined {
  if (text === undefined || !/^\s*\d{1,15}(\.\d{1,15})?\s*$/.test(text)) return undefined
  const value = Number(text)
  return value < mostStated ? value : undefined
}

/** A reset of now, or before now, says nothing of the future. */
function resetIn(text: string | undefined, nowMs: number): number | undefined {
  const resetMs = text === undefined ? undefined : parseReset(text, nowMs)
  return resetMs === undefined || resetMs === 0 ? undefined : Math.ceil(resetMs)
}
