import { BatchError } from '../../error/batch-error.js'
import type { Answer } from '../../row/answer.js'
import { parseRateLimits, type ReplyHeaders } from '../../throttle/parse-rate-limits.js'
import type { ServerWire } from '../catalog/model-reference.js'
import { unreadableReply } from '../error-reply/call-errors.js'
import type { Endpoint } from '../error-reply/endpoint.js'
import { errorInside, parseJson, recordOf } from '../error-reply/provider-error.js'
import { readReply, type Said } from './read-reply.js'
import { readUsage } from './read-usage.js'
import { statedCost } from './stated-cost.js'

/** A reply with a good status. */
interface GoodReply {
  readonly wire: ServerWire
  /** The text of the body, or its parsed value. */
  readonly body: unknown
  readonly headers: ReplyHeaders
  /** The model's text, if already read. */
  readonly said?: Said | undefined
  readonly startedAtMs: number
  readonly durationMs: number
}

/**
 * Reads the answer in a good reply.
 *
 * @throws {BatchError} if there is none: HTML, truncated JSON, an error with a 200, an answer that
 * broke off.
 */
export function readAnswer(reply: GoodReply, endpoint: Endpoint): Answer {
  try {
    return answerIn(reply, endpoint)
  } catch (error) {
    // No reply may cause another error, not even JSON nested deeper than the stack.
    if (BatchError.isInstance(error)) throw error
    throw unreadableReply(reply.body, {}, endpoint, reply.startedAtMs)
  }
}

function answerIn(reply: GoodReply, endpoint: Endpoint): Answer {
  const { wire, headers, startedAtMs, durationMs } = reply
  const nowMs = startedAtMs + durationMs
  const body = typeof reply.body === 'string' ? parseJson(reply.body) : reply.body
  const said = errorInside(body) === undefined ? (reply.said ?? readReply(wire, body)) : undefined
  if (said === undefined) throw unreadableReply(reply.body, headers, endpoint, nowMs)
  const { text, reasoning, finishReason } = said
  if (finishReason === 'error') {
    const message = `${endpoint.providerTitle} broke off the answer`
    throw new BatchError(message, { code: 'SERVER_FAILED', reach: 'attempt', mayBeBilled: true })
  }
  const record = recordOf(body) ?? {}
  const statedCostUsd = statedCost(record, headers)
  const rateLimits = parseRateLimits(headers, { provider: endpoint.provider, nowMs })
  return {
    text,
    ...(reasoning !== '' && { reasoning }),
    finishReason,
    usage: readUsage(wire, record),
    startedAtMs,
    durationMs: Math.round(durationMs),
    ...(statedCostUsd !== undefined && { statedCostUsd }),
    reply: body,
    ...(rateLimits !== undefined && { rateLimits }),
  }
}
