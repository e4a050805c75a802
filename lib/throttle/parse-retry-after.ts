import type { StatedLimit } from '../error/stated-limit.js'
import { parseDuration, parseReset, untilDate } from './parse-duration.js'
import { type ReplyHeaders, usedUpResetMs } from './parse-rate-limits.js'

export interface RetryAfterOptions {
  readonly headers: ReplyHeaders
  /** The reply's body as text. */
  readonly body: string
  /** What the reply states of the provider's limits. */
  readonly limits: readonly StatedLimit[]
  readonly nowMs: number
}

/**
 * How long a server asks us to wait, from `retry-after-ms`, `retry-after` (seconds or a date), the
 * message, or the reset of a used-up limit.
 *
 * @returns whole milliseconds, not capped; undefined if the server does not say.
 */
export function retryAfterMs(options: RetryAfterOptions): number | undefined {
  const { headers, body, limits } = options
  const waitMs =
    fromMilliseconds(headers['retry-after-ms']) ??
    fromRetryAfter(headers['retry-after'], options.nowMs) ??
    fromBody(body) ??
    usedUpResetMs(limits)
  return waitMs === undefined ? undefined : Math.ceil(waitMs)
}

function fromMilliseconds(text: string | undefined): number | undefined {
  return longest(text, part => (isNumber(part) ? parseDuration(`${part.trim()}ms`) : undefined))
}

/** A number from 10^9 on is a time: no server means a wait of thirty years. */
function fromRetryAfter(text: string | undefined, nowMs: number): number | undefined {
  return longest(text, part => (isNumber(part) ? parseReset(part, nowMs) : untilDate(part, nowMs)))
}

/** A header that came twice has both values, joined by a comma: the longest wait counts. */
function longest(
  text: string | undefined,
  read: (part: string) => number | undefined,
): number | undefined {
  if (text === undefined) return undefined
  // A date has a comma after its day.
  const waits = text.split(/(?<!(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}),/i).map(read)
  const known = waits.filter(wait => wait !== undefined)
  return known.length === 0 ? undefined : Math.max(...known)
}

function isNumber(text: string): boolean {
  return /^\s*\d+(\.\d+)?\s*$/.test(text)
}

/**
 * Gemini's RetryInfo, else the words of the message: "try again in 6m0s", "retry after 20 seconds".
 */
function fromBody(body: string): number | undefined {
  const info = /"retryDelay"\s*:\s*"([^"]+)"/.exec(body)?.[1]
  if (info !== undefined) return parseDuration(info)
  const said =
    /(?:try again|retry) (?:in|after) (\d[\d.hms]*)(?: (second|minute|millisecond))?/i.exec(body)
  const text = said?.[1]?.replace(/\.$/, '')
  if (text === undefined) return undefined
  const value = parseDuration(text)
  if (value === undefined) return undefined
  const unit = said?.[2]?.toLowerCase()
  if (unit === 'minute') return value * 60
  return unit === 'millisecond' ? value / 1000 : value
}
