import { BatchError } from '../../error/batch-error.js'
import { limitText, type StatedLimit } from '../../error/stated-limit.js'
import { limitInWords, waitInWords } from '../../throttle/limit-in-words.js'
import { localTime } from '../../throttle/local-time.js'
import { nextMidnight } from '../../throttle/next-midnight.js'
import { parseReset } from '../../throttle/parse-duration.js'
import { hasLimitOfZero, parseRateLimits, usedUpQuota } from '../../throttle/parse-rate-limits.js'
import { retryAfterMs } from '../../throttle/parse-retry-after.js'
import { redact } from '../secret/redact.js'
import type { TransportReply } from '../transport/exchange.js'
import type { Endpoint } from './endpoint.js'
import { judgeAccess } from './judge-access.js'
import { mostRead, type ProviderError, readProviderError, type Verdict } from './provider-error.js'
import { quotaFailureLimits } from './quota-failure.js'

const longestMessage = 500

/**
 * Statuses of a gateway that has lost the answer of the server behind it, or did not wait for it:
 * that server may bill the call. 520 and 524 are Cloudflare's. A server that itself fails (500,
 * 503, 529) or refuses gives no answer, and bills none.
 *
 * @see https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-5xx-errors/
 */
const lostAnswerStatuses: ReadonlySet<number> = new Set([408, 502, 504, 520, 524])

/** Translates an error reply to our error, with its reach and the wait that the server asks for. */
export function translateErrorReply(
  reply: TransportReply,
  endpoint: Endpoint,
  nowMs: number,
): BatchError {
  try {
    return translate(reply, endpoint, nowMs)
  } catch (error) {
    // The status decides whether to call again.
    const body = JSON.stringify({ error: { message: `its reply could not be read (${error})` } })
    return translate({ status: reply.status, headers: {}, body }, endpoint, nowMs)
  }
}

function translate(reply: TransportReply, endpoint: Endpoint, nowMs: number): BatchError {
  const { headers } = reply
  const said = readProviderError(reply.body)
  const limits = limitsIn(reply, said, endpoint, nowMs)
  const { code, reach, what, remedy } = judge({ reply, said, limits, nowMs }, endpoint)
  const message = `${what}: ${quote(said, reply, endpoint)}`
  const mayBeBilled = lostAnswerStatuses.has(reply.status)
  if (reach !== 'attempt') return new BatchError(message, { code, reach, remedy, mayBeBilled })
  return new BatchError(message, {
    code,
    reach: headers['x-should-retry'] === 'false' ? 'row' : 'attempt',
    remedy,
    mayBeBilled,
    retryAfterMs: retryAfterMs({ headers, body: reply.body.slice(0, mostRead), limits, nowMs }),
    limits,
  })
}

/** What the headers and the words of a reply state of the provider's limits. */
function limitsIn(
  { status, headers, body }: TransportReply,
  { message = '', details }: ProviderError,
  { provider }: Endpoint,
  nowMs: number,
): readonly StatedLimit[] {
  const stated = parseRateLimits(headers, { provider, nowMs }) ?? []
  if (status !== 429) return stated
  const said = limitInWords(message)
  return [
    ...stated,
    ...(said === undefined ? [] : [said]),
    ...(details === '' ? [] : quotaFailureLimits(body)),
  ]
}

/** An error reply, with what was read in it. */
interface Refusal {
  readonly reply: TransportReply
  readonly said: ProviderError
  readonly limits: readonly StatedLimit[]
  readonly nowMs: number
}

function judge(refusal: Refusal, endpoint: Endpoint): Verdict {
  const { reply, said } = refusal
  const { status } = reply
  const { providerTitle: title } = endpoint
  if (isOutOfQuota(refusal, endpoint)) return outOfQuota(refusal, endpoint)
  if (isFiltered(said)) {
    return { code: 'ANSWER_FILTERED', reach: 'row', what: `${title} filtered the prompt` }
  }
  const access = judgeAccess(reply, said, endpoint)
  if (access !== undefined) return access
  if (isModelUnknown(status, said)) {
    return {
      code: 'MODEL_UNKNOWN',
      reach: 'run',
      what: `Unknown model: ${endpoint.modelName} at ${title}`,
      remedy: "Check the name, and that your account may use it; 'llm models' lists known models.",
    }
  }
  // OpenAI: the request alone is above the limit of a minute.
  if (status === 429 && /^request too large\b/i.test(said.message ?? '')) {
    return {
      code: 'REQUEST_REJECTED',
      reach: 'row',
      what: `The request is above the limit of ${title}`,
      remedy: 'Send shorter prompts, or ask for shorter answers with -o max_tokens.',
    }
  }
  if (status === 429) {
    return { code: 'RATE_LIMITED', reach: 'attempt', what: `Rate limit exceeded at ${title}` }
  }
  if (status === 503 || status === 529) {
    return { code: 'SERVER_OVERLOADED', reach: 'attempt', what: `${title} is overloaded` }
  }
  if (status >= 500 || status === 408 || status === 409) {
    return { code: 'SERVER_FAILED', reach: 'attempt', what: `${title} failed` }
  }
  if (status < 400 || status === 404 || status === 405) {
    return {
      code: 'REQUEST_REJECTED',
      reach: 'run',
      what: `Nothing answers prompts at ${redact(endpoint.baseUrl, undefined)}`,
      remedy: 'Check the base URL. It must include the version, such as /v1.',
    }
  }
  return { code: 'REQUEST_REJECTED', reach: 'row', what: `${title} rejected the request` }
}

/** Anthropic, OpenRouter (also for a key's own limit), DeepSeek, xAI. */
const outOfMoney =
  /credit balance is too low|insufficient (credits|balance)|key limit exceeded|(doesn't|does not) have any credits|used all available credits/i

/** No wait within a run helps: the money, or the quota of a day or a month, is used up. */
function isOutOfQuota({ reply, said, limits }: Refusal, { provider }: Endpoint): boolean {
  const { status, headers } = reply
  const { words, message = '', details } = said
  if (status === 402) return true
  if (/insufficient_quota|billing_(hard_limit|not_active)/.test(words)) return true
  if (status >= 400 && outOfMoney.test(message)) return true
  if (status !== 429) return false
  return (
    /PerDay/.test(details) ||
    perDay.test(message) ||
    usedUpQuota(limits) !== undefined ||
    hasLimitOfZero(headers, { provider })
  )
}

/** OpenRouter's `free-models-per-day`, and OpenAI's and Groq's "on tokens per day (TPD)". */
const perDay = /free-models-per-day|\bon (requests|tokens) per day\b/i

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
  { reply, said, limits, nowMs }: Refusal,
  quota: StatedLimit | undefined,
): number | undefined {
  // Google's quotas a day open at midnight in California.
  // https://ai.google.dev/gemini-api/docs/rate-limits
  if (/PerDay/.test(said.details)) return nextMidnight('America/Los_Angeles', nowMs)
  const isPerDay = perDay.test(said.message ?? '')
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

/** Azure and OpenAI send a 400, OpenRouter's moderation a 403. */
function isFiltered({ words, message = '' }: ProviderError): boolean {
  return (
    /content_filter|content_policy|invalid_prompt|responsibleaipolicy|moderation/.test(words) ||
    /requires moderation|input was flagged/i.test(message)
  )
}

function isModelUnknown(status: number, { words, message = '' }: ProviderError): boolean {
  if (/model_not_found|invalid_model/.test(words)) return true
  if (status === 404) return /not_found/.test(words) || /\bmodels?\b/i.test(message)
  if (status !== 400) return false
  const from = message.search(/\bmodel /i)
  const isNamed = from >= 0 && /does not exist|not found/i.test(message.slice(from))
  return isNamed || /not a valid model/i.test(message)
}

/** The server's own words, or the title of its page, cut and without keys; else the status. */
function quote(
  { message }: ProviderError,
  { status, body }: TransportReply,
  { key }: Endpoint,
): string {
  const said = message ?? /<title[^<>]*>([^<]+)/i.exec(body.slice(0, mostRead))?.[1]
  if (said === undefined) return `HTTP ${status}`
  const safe = redact(withoutCutWord(said), key).replace(/\s+/g, ' ').trim()
  const cut = safe.length > longestMessage ? `${safe.slice(0, longestMessage)}…` : safe
  return `${cut} (HTTP ${status})`
}

/** A cut text may end inside a key, which then does not look like a key. */
function withoutCutWord(text: string): string {
  const lastBlank = Math.max(text.lastIndexOf(' '), text.lastIndexOf('\n'))
  return text.length < mostRead || lastBlank < 0 ? text : text.slice(0, lastBlank)
}
