import { BatchError } from '../../error/batch-error.js'
import type { Answer } from '../../row/answer.js'
import type { Prompt } from '../../row/prompt.js'
import { parseRateLimits } from '../../throttle/parse-rate-limits.js'
import type { ServerWire } from '../catalog/model-reference.js'
import { unreadableReply } from '../error-reply/call-errors.js'
import type { Endpoint } from '../error-reply/endpoint.js'
import { errorInside, parseJson, recordOf } from '../error-reply/provider-error.js'
import { translateErrorReply } from '../error-reply/translate-error-reply.js'
import { readToolCalls } from '../tool-wire/read-tool-calls.js'
import type { TransportReply } from '../transport/exchange.js'
import { isEventStream, readEventStream } from './read-event-stream.js'
import { readReply } from './read-reply.js'
import { readUsage } from './read-usage.js'
import { statedCost } from './stated-cost.js'

/** A reply of any status, and what was asked. */
interface ServedReply {
  readonly wire: ServerWire
  readonly reply: TransportReply
  readonly prompt: Prompt
  readonly startedAtMs: number
  readonly durationMs: number
  /** Makes an id for a call of a tool without one. */
  readonly newCallId: () => string
}

/**
 * Reads the answer in a reply, with the calls of the tools that the prompt offers.
 *
 * @throws {BatchError} if there is none: an error status, HTML, truncated JSON, an error with a
 * 200, an answer that broke off.
 */
export function readAnswer(served: ServedReply, endpoint: Endpoint): Answer {
  const { reply, prompt, startedAtMs, durationMs } = served
  const asked = { nowMs: startedAtMs + durationMs, prompt }
  const isGood = reply.status >= 200 && reply.status < 300
  if (!isGood) throw translateErrorReply(reply, endpoint, asked)
  try {
    return answerIn(served, endpoint)
  } catch (error) {
    // No reply may cause another error, not even JSON nested deeper than the stack.
    if (BatchError.isInstance(error)) throw error
    throw unreadableReply({ ...reply, headers: {} }, endpoint, asked)
  }
}

function answerIn(served: ServedReply, endpoint: Endpoint): Answer {
  const { wire, reply, prompt, startedAtMs, durationMs, newCallId: newId } = served
  const { headers } = reply
  const nowMs = startedAtMs + durationMs
  const isStream = isEventStream(reply.body)
  const body = isStream ? readEventStream(reply.body) : parseJson(reply.body)
  const hasTools = prompt.tools !== undefined && prompt.request === undefined
  const said = errorInside(body) === undefined ? readReply(wire, body, hasTools) : undefined
  if (said === undefined) {
    const parsed = isStream ? body : undefined
    throw unreadableReply(reply, endpoint, { nowMs, prompt, parsed })
  }
  const { text, reasoning, finishReason } = said
  if (finishReason === 'error') {
    const message = `${endpoint.providerTitle} broke off the answer`
    throw new BatchError(message, { code: 'SERVER_FAILED', reach: 'attempt', mayBeBilled: true })
  }
  const toolCalls = hasTools
    ? readToolCalls(wire, { reply: body, text: isStream ? undefined : reply.body, newId })
    : []
  const record = recordOf(body) ?? {}
  const statedCostUsd = statedCost(record, headers)
  const rateLimits = parseRateLimits(headers, { provider: endpoint.provider, nowMs })
  return {
    text,
    ...(reasoning !== '' && { reasoning }),
    finishReason,
    ...(toolCalls.length > 0 && { toolCalls }),
    usage: readUsage(wire, record),
    startedAtMs,
    durationMs: Math.round(durationMs),
    ...(statedCostUsd !== undefined && { statedCostUsd }),
    reply: body,
    ...(rateLimits !== undefined && { rateLimits }),
  }
}
