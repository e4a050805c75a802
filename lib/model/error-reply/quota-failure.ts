import type { LimitedKind, StatedLimit } from '../../error/stated-limit.js'
import { parseDuration } from '../../throttle/parse-duration.js'
import { parseJson, recordOf } from './provider-error.js'

const windowsMs = { PerMinute: 60_000, PerDay: 86_400_000 } as const

/**
 * The used-up limits of Google's `QuotaFailure`, each with the wait of its `RetryInfo`. Google
 * states limits in no header.
 *
 * @see https://github.com/googleapis/googleapis/blob/master/google/rpc/error_details.proto
 */
export function quotaFailureLimits(body: string): readonly StatedLimit[] {
  const parsed = parseJson(body)
  const error = recordOf(recordOf(Array.isArray(parsed) ? parsed[0] : parsed)?.error)
  const details = Array.isArray(error?.details) ? error.details.map(recordOf) : []
  const delay = details.find(detail => typeof detail?.retryDelay === 'string')?.retryDelay
  const resetMs = typeof delay === 'string' ? parseDuration(delay) : undefined
  return details
    .flatMap(detail => (Array.isArray(detail?.violations) ? detail.violations : []))
    .flatMap(violation => violatedLimit(recordOf(violation), resetMs) ?? [])
}

function violatedLimit(
  violation: Record<string, unknown> | undefined,
  resetMs: number | undefined,
): StatedLimit | undefined {
  const id = violation?.quotaId
  if (typeof id !== 'string') return undefined
  const window = /PerMinute|PerDay/.exec(id)?.[0] as keyof typeof windowsMs | undefined
  if (window === undefined) return undefined
  const value = Number(violation?.quotaValue)
  const limit = value > 0 && value < 1e12 ? value : undefined
  const stated = { name: id, kind: kindOf(id), windowMs: windowsMs[window], limit, remaining: 0 }
  // The wait is for the limit a minute; a quota a day opens at midnight, whatever the wait says.
  return window === 'PerDay' ? stated : { ...stated, resetMs }
}

function kindOf(quotaId: string): LimitedKind {
  if (/input_?token/i.test(quotaId)) return 'input-tokens'
  return /token/i.test(quotaId) ? 'tokens' : 'requests'
}
