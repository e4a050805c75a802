import { BatchError } from '../../error/batch-error.js'
import type { StatedLimit } from '../../error/stated-limit.js'
import type { Prompt } from '../../row/prompt.js'
import { limitInWords } from '../../throttle/limit-in-words.js'
import { parseRateLimits } from '../../throttle/parse-rate-limits.js'
import { retryAfterMs } from '../../throttle/parse-retry-after.js'
import { redact } from '../secret/redact.js'
import type { TransportReply } from '../transport/exchange.js'
import type { Endpoint } from './endpoint.js'
import { judgeAccess } from './judge-access.js'
import { judgeQuota } from './judge-quota.js'
import { judgeTools } from './judge-tools.js'
import { ownWords, type Says } from './own-words.js'
import {
  mostRead,
  type ProviderError,
  type Refusal,
  readProviderError,
  type Verdict,
} from './provider-error.js'
import { quotaFailureLimits } from './quota-failure.js'

const longestMessage = 500

/**
 * Statuses of a gateway that has lost the answer of the server behind it, or did not wait for it:
 * that server may bill the call. 520 and 524 are Cloudflare's, 499 is nginx's. A server that itself
 * fails (500, 503, 529) or refuses gives no answer, and bills none.
 *
 * @see https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-5xx-errors/
 */
const lostAnswerStatuses: ReadonlySet<number> = new Set([408, 424, 499, 502, 504, 520, 524])

/** The call that got the reply. */
export interface AskedCall {
  readonly nowMs: number
  /** Absent if no words of a prompt can be in the reply. */
  readonly prompt?: Prompt | undefined
}

/** Translates an error reply to our error, with its reach and the wait that the server asks for. */
export function translateErrorReply(
  reply: TransportReply,
  endpoint: Endpoint,
  asked: AskedCall,
): BatchError {
  try {
    return translate(reply, endpoint, asked)
  } catch (error) {
    // The status decides whether to call again.
    const body = JSON.stringify({ error: { message: `its reply could not be read (${error})` } })
    return translate({ status: reply.status, headers: {}, body }, endpoint, asked)
  }
}

function translate(
  reply: TransportReply,
  endpoint: Endpoint,
  { nowMs, prompt }: AskedCall,
): BatchError {
  const { headers } = reply
  const said = readProviderError(reply.body)
  const says = ownWords(said.message ?? '', prompt)
  const limits = limitsIn(reply, { said, says, nowMs }, endpoint)
  const hasTools = prompt?.tools !== undefined
  const verdict = judge({ reply, said, says, hasTools, limits, nowMs }, endpoint)
  const { code, reach, what, remedy, mayBeOfRow } = verdict
  const message = `${what}: ${quote(said, reply, endpoint)}`
  const mayBeBilled = lostAnswerStatuses.has(reply.status)
  if (reach !== 'attempt') {
    return new BatchError(message, { code, reach, remedy, mayBeBilled, mayBeOfRow })
  }
  const body = isWaitSaid(said, says) ? reply.body.slice(0, mostRead) : ''
  return new BatchError(message, {
    code,
    reach: headers['x-should-retry'] === 'false' ? 'row' : 'attempt',
    remedy,
    mayBeBilled,
    retryAfterMs: retryAfterMs({ headers, body, limits, nowMs }),
    limits,
  })
}

/** Whether a wait in the body is the server's, and not the prompt's. */
function isWaitSaid({ message, details }: ProviderError, says: Says): boolean {
  return message === undefined || details !== '' || says(/\b(try again|retry) (in|after) \d/gi)
}

/** What the headers and the words of a reply state of the provider's limits. */
function limitsIn(
  { status, headers, body }: TransportReply,
  { said, says, nowMs }: Pick<Refusal, 'said' | 'says' | 'nowMs'>,
  { provider }: Endpoint,
): readonly StatedLimit[] {
  const stated = parseRateLimits(headers, { provider, nowMs }) ?? []
  if (status !== 429) return stated
  const isSaid = says(/\bon (requests|tokens) per (min|minute|day)\b/gi)
  const inWords = isSaid ? limitInWords(said.message ?? '') : undefined
  return [
    ...stated,
    ...(inWords === undefined ? [] : [inWords]),
    ...(said.details === '' ? [] : quotaFailureLimits(body)),
  ]
}

function judge(refusal: Refusal, endpoint: Endpoint): Verdict {
  const { status } = refusal.reply
  const { providerTitle: title } = endpoint
  const quota = judgeQuota(refusal, endpoint)
  if (quota !== undefined) return quota
  if (isFiltered(refusal)) {
    return { code: 'ANSWER_FILTERED', reach: 'row', what: `${title} filtered the prompt` }
  }
  const access = judgeAccess(refusal, endpoint)
  if (access !== undefined) return access
  const tools = judgeTools(refusal, endpoint)
  if (tools !== undefined) return tools
  if (isModelUnknown(refusal)) {
    return {
      code: 'MODEL_UNKNOWN',
      reach: 'run',
      mayBeOfRow: true,
      what: `Unknown model: ${endpoint.modelName} at ${title}`,
      remedy: "Check the name, and that your account may use it; 'llm models' lists known models.",
    }
  }
  if (status === 429) return tooMany(refusal, title)
  // 498: Groq has no room for a call of its flex tier.
  if (status === 503 || status === 529 || status === 498) {
    return { code: 'SERVER_OVERLOADED', reach: 'attempt', what: `${title} is overloaded` }
  }
  if (status >= 500 || passingStatuses.has(status)) {
    return { code: 'SERVER_FAILED', reach: 'attempt', what: `${title} failed` }
  }
  if (status < 400 || status === 404 || status === 405) return nothingThere(refusal, endpoint)
  return { code: 'REQUEST_REJECTED', reach: 'row', what: `${title} rejected the request` }
}

/**
 * Statuses that another attempt may not get: too slow, a conflict, a server behind the server that
 * failed (424), too early (425), and a gateway whose call was broken off (499).
 */
const passingStatuses: ReadonlySet<number> = new Set([408, 409, 424, 425, 499])

function tooMany({ said, says }: Refusal, title: string): Verdict {
  // OpenAI: the request alone is above the limit of a minute.
  const isTooLarge = /request_too_large|context_length_exceeded/.test(said.words)
  if (!isTooLarge && !says(/\brequest too large\b/gi)) {
    return { code: 'RATE_LIMITED', reach: 'attempt', what: `Rate limit exceeded at ${title}` }
  }
  return {
    code: 'REQUEST_REJECTED',
    reach: 'row',
    what: `The request is above the limit of ${title}`,
    remedy: 'Send shorter prompts, or ask for shorter answers with -o max_tokens.',
  }
}

/** Redirects are not followed: the key would go to another server. */
function nothingThere({ reply }: Refusal, { baseUrl, key }: Endpoint): Verdict {
  const { location } = reply.headers
  const target = reply.status < 400 && location !== undefined ? redact(location, key) : undefined
  return {
    code: 'REQUEST_REJECTED',
    reach: 'run',
    mayBeOfRow: true,
    what: `Nothing answers prompts at ${redact(baseUrl, undefined)}${target === undefined ? '' : `, which redirects to ${target.slice(0, longestMessage)}`}`,
    remedy:
      target === undefined
        ? 'Check the base URL. It must include the version, such as /v1.'
        : 'Set the base URL to the address that answers, without the path of the call.',
  }
}

/** Azure and OpenAI send a 400, OpenRouter's moderation a 403. */
function isFiltered({ said, says }: Refusal): boolean {
  return (
    /content_filter|content_policy|invalid_prompt|responsibleaipolicy|moderation/.test(
      said.words,
    ) || says(/requires moderation|input was flagged/gi)
  )
}

/**
 * By a code or the member at fault, else by the server's own words, which name the model and say
 * what it lacks.
 */
function isModelUnknown({ reply, said, says }: Refusal): boolean {
  const { status } = reply
  if (/model_not_found|invalid_model|deploymentnotfound/.test(said.words)) return true
  if (status === 404) return /not_found/.test(said.words) || says(/\bmodels?\b/gi)
  if (status !== 400 && status !== 422) return false
  if (said.param === 'model') return true
  const isNamed = says(/\bmodel /gi) && says(/does not exist|not found/gi)
  return isNamed || says(/not a valid model|\binvalid model (name|id)\b/gi)
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
