import { BatchError, rowError } from '../../error/batch-error.js'
import { redact } from '../secret/redact.js'
import { isOutOfFiles } from '../transport/transport-fault.js'
import type { CallContext } from './call-context.js'
import { errorInside, jsonOf, parseJson } from './provider-error.js'
import { translateRefusal } from './translate-refusal.js'

/** The error of a call without a whole reply. */
export function callLost(error: unknown, context: CallContext): BatchError {
  const { code } = error as { readonly code?: string }
  if (code === 'REPLY_TOO_LARGE') return replyTooLarge(error as Error, context)
  return isOutOfFiles(error) ? filesExhausted(error, context) : connectionFailed(error, context)
}

/** A second attempt would pay for an answer of the same length. */
function replyTooLarge({ message }: Error, { providerTitle }: CallContext): BatchError {
  return rowError(
    'REPLY_TOO_LARGE',
    `The reply of ${providerTitle} is too large: ${message}`,
    'Ask for shorter answers, for example with -o max_tokens, or allow longer replies with --max-reply MB.',
  )
}

function filesExhausted(error: unknown, context: CallContext): BatchError {
  const { host } = new URL(context.baseUrl)
  const what = `No connection to ${host} could be opened, since no more files may be open`
  return new BatchError(`${what}: ${redact(reasonOf(error), context.key)}`, {
    code: 'CONNECTION_FAILED',
    reach: 'attempt',
    remedy: "Raise the limit of open files with 'ulimit -n', or lower --concurrency.",
  })
}

/** Connection refused, connection reset, unknown host, no route. */
function connectionFailed(error: unknown, context: CallContext): BatchError {
  const { host } = new URL(context.baseUrl)
  const reason = reasonOf(error)
  const isRefused = reason.includes('ECONNREFUSED')
  const remedy =
    context.isLocal && isRefused
      ? `Is ${context.providerTitle} running there? Start it, or point ${context.provider.toUpperCase()}_BASE_URL to where it is.`
      : 'Check the network, the base URL and HTTPS_PROXY.'
  return new BatchError(`Connection to ${host} failed: ${redact(reason, context.key)}`, {
    code: 'CONNECTION_FAILED',
    reach: 'attempt',
    remedy,
  })
}

/**
 * The system's code and words. An AggregateError of several addresses has them only in `errors`.
 */
function reasonOf(error: unknown): string {
  const { code, message, errors } = error as {
    readonly code?: string
    readonly message?: string
    readonly errors?: readonly Error[]
  }
  // Only our own limit ends a wait for headers.
  if (code === 'UND_ERR_HEADERS_TIMEOUT') return 'the proxy gave no answer'
  const words = message || errors?.[0]?.message || String(error)
  return code === undefined || words.includes(code) ? words : `${words} (${code})`
}

/**
 * The error of a reply with a good status that the AI SDK cannot read: HTML of a captive portal, a
 * truncated body, or an error with a 200.
 *
 * The SDK's error is not the cause, because it holds the whole request with the prompt.
 */
export function unreadableReply(error: unknown, context: CallContext, nowMs: number): BatchError {
  const { responseBody, responseHeaders = {} } = error as {
    readonly responseBody?: unknown
    readonly responseHeaders?: Readonly<Record<string, string>>
  }
  const isText = typeof responseBody === 'string'
  const body = isText ? responseBody : jsonOf(responseBody)
  const parsed = isText ? parseJson(responseBody) : responseBody
  const inside = errorInside(parsed)
  if (inside !== undefined) {
    return translateRefusal({ ...inside, headers: responseHeaders, body }, context, nowMs)
  }
  return new BatchError(
    `The reply of ${context.providerTitle} is not an answer: ${whatIsWrong(body, parsed)}`,
    {
      code: 'REPLY_INVALID',
      reach: 'attempt',
      remedy: `Check that ${redact(context.baseUrl, undefined)} is the model's server, and not a proxy or a login page.`,
    },
  )
}

/** The error of a reply that says that its answer broke off. */
export function answerBrokenOff({ providerTitle }: CallContext): BatchError {
  return new BatchError(`${providerTitle} broke off the answer`, {
    code: 'SERVER_FAILED',
    reach: 'attempt',
  })
}

function whatIsWrong(body: string, parsed: unknown): string {
  if (body.trim() === '') return 'it is empty'
  if (/^\s*</.test(body)) return 'it is HTML'
  return parsed === undefined ? 'it is not valid JSON, or was cut off' : 'it has another form'
}
