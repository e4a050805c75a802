import { limitText, type StatedLimit } from '../../error/stated-limit.js'
import { waitInWords } from '../../throttle/limit-in-words.js'
import { localTime } from '../../throttle/local-time.js'
import { nextMidnight } from '../../throttle/next-midnight.js'
import { parseReset } from '../../throttle/parse-duration.js'
import { hasLimitOfZero, usedUpQuota } from '../../throttle/parse-rate-limits.js'
import { retryAfterMs } from '../../throttle/parse-retry-after.js'
import type { Endpoint } from './endpoint.js'
import type { Refusal, Verdict } from './provider-error.js'

/** Anthropic, OpenRouter (also for a key's own limit), DeepSeek, xAI. */
const outOfMoney =
  /credit balance is too low|insufficient (credits|balance)|key limit exceeded|(doesn't|does not) have any credits|used all available credits/gi

/** No wait within a run helps: the money, or the quota of a day or a month, is used up. */
function isUsedUp({ reply, said, says, limits }: Refusal, { provider }: Endpoint): boolean {
  const { status, headers } = reply
  const { words, details } = said
  if (/insufficient_quota|billing_(hard_limit|not_active)/.test(words)) return true
  if (status >= 400 && says(outOfMoney)) return true
  if (status !== 429) return false
  return (
    /PerDay/.test(details) ||
    says(perDay) ||
    usedUpQuota(limits) !== undefined ||
    hasLimitOfZero(headers, { provider })
  )
}

/** OpenRouter's `free-models-per-day`, and OpenAI's and Groq's "on tokens per day (TPD)". */
const perDay = /free-models-per-day|\bon (requests|tokens) per day\b/gi

/**
 * Judges whether a reply says that money or a quota is used up.
 *
 * A bare 402 may be for this row alone: OpenRouter sends one for a prompt that costs more than is
 * left.
 *
 * @returns undefined if the reply does not say so.
 */
export function judgeQuota(refusal: Refusal, endpoint: Endpoint): Verdict | undefined {
  if (isUsedUp(refusal, endpoint)) return outOfQuota(refusal, endpoint)
  if (refusal.reply.status !== 402) return undefined
  return { ...outOfQuota(refusal, endpoint), mayBeOfRow: true }
}

function outOfQuota(refusal: Refusal, endpoint: Endpoint): Verdict {
  const { providerTitle } = endpoint
  const quota = usedUpQuota(refusal.limits)
  const what = `Quota exhausted at ${providerTitle}`
  const opensMs = openingTime(refusal, quota)
  const isOfTime = quota !== undefined || opensMs !== undefined
  const remedy =
    opensMs !== undefined
      ? `The quota opens again at ${localTime(opensMs)}: resume then.`
      : isOfTime
        ? `${providerTitle} does not say when the quota opens again.`
        : `Check plan and billing at ${providerTitle}.`
  return {
    code: 'QUOTA_EXHAUSTED',
    reach: 'run',
    what: quota === undefined ? what : `${what} (${limitText(quota)})`,
    remedy: `${remedy} All answers so far are recorded.`,
  }
}

/** When a used-up quota opens again, in milliseconds since 1970. Undefined if nobody says. */
function openingTime(
  { reply, said, says, limits, nowMs }: Refusal,
  quota: StatedLimit | undefined,
): number | undefined {
  // Google's quotas a day open at midnight in California.
  // https://ai.google.dev/gemini-api/docs/rate-limits
  if (/PerDay/.test(said.details)) return nextMidnight('America/Los_Angeles', nowMs)
  const isPerDay = says(perDay)
  if (quota === undefined && !isPerDay) return undefined
  const { headers } = reply
  const reset = headers['x-ratelimit-reset']
  const waitMs =
    quota?.resetMs ??
    (reset === undefined ? undefined : parseReset(reset, nowMs)) ??
    waitInWords(said.message ?? '') ??
    retryAfterMs({ headers, body: '', limits, nowMs })
  return waitMs === undefined ? undefined : nowMs + waitMs
}
