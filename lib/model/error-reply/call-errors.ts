import { BatchError } from '../../error/batch-error.js'
import { redact } from '../secret/redact.js'
import type { TransportReply } from '../transport/exchange.js'
import { hasCode, isOutOfFiles } from '../transport/has-code.js'
import type { Endpoint } from './endpoint.js'
import { errorAlone, errorInside, jsonOf, parseJson } from './provider-error.js'
import { type AskedCall, translateErrorReply } from './translate-error-reply.js'

/**
 * The error of a call without a whole reply.
 *
 * @param isSent whether the server may have got the request, and so may bill the call.
 */
export function callLost(error: Error, endpoint: Endpoint, isSent: boolean): BatchError {
  const { code } = error as { readonly code?: string }
  // The same prompt would be paid for again, and its answer would be as long.
  if (code === 'REPLY_TOO_LARGE') {
    return new BatchError(`The reply of ${endpoint.providerTitle} is too large: ${error.message}`, {
      code: 'REPLY_TOO_LARGE',
      reach: 'row',
      remedy:
        'Ask for shorter answers, for example with -o max_tokens, or allow longer replies with --max-reply MB.',
      mayBeBilled: true,
    })
  }
  const { host } = new URL(endpoint.baseUrl)
  const reason = reasonOf(error)
  const said = redact(reason, endpoint.key)
  const untrusted = trustRemedy(error)
  if (untrusted !== undefined) {
    // No attempt gets past this, and nothing was sent.
    const message = `The connection to ${host} is not trusted: ${said}`
    return new BatchError(message, { code: 'CONNECTION_FAILED', reach: 'run', remedy: untrusted })
  }
  const [what, remedy] = isOutOfFiles(error)
    ? [
        `No connection to ${host} could be opened, because too many files are open`,
        "Raise the limit of open files with 'ulimit -n', or lower --concurrency.",
      ]
    : [`Connection to ${host} failed`, connectionRemedy(reason, endpoint)]
  return new BatchError(`${what}: ${said}`, {
    code: 'CONNECTION_FAILED',
    reach: 'attempt',
    remedy,
    mayBeBilled: isSent,
  })
}

/**
 * What to do about a refused certificate; undefined if none is.
 *
 * @see https://nodejs.org/api/tls.html#x509-certificate-error-codes
 */
function trustRemedy(error: Error): string | undefined {
  const unknownIssuer = [
    ...['SELF_SIGNED_CERT_IN_CHAIN', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'CERT_UNTRUSTED'],
    ...['UNABLE_TO_GET_ISSUER_CERT', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY'],
    ...['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'INVALID_CA'],
  ]
  if (hasCode(error, ...unknownIssuer)) {
    return 'If your network or server has a certificate authority of its own, set NODE_EXTRA_CA_CERTS to the PEM file with its certificate.'
  }
  if (hasCode(error, 'CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID')) {
    return 'Check the clock of this machine, and the certificate of the server.'
  }
  if (!hasCode(error, 'ERR_TLS_CERT_ALTNAME_INVALID')) return undefined
  return 'The certificate is for another name: check the host in the base URL, and NODE_EXTRA_CA_CERTS.'
}

function connectionRemedy(reason: string, { isLocal, provider, providerTitle }: Endpoint): string {
  return isLocal && reason.includes('ECONNREFUSED')
    ? `Is ${providerTitle} running there? Start it, or set ${provider.toUpperCase()}_BASE_URL to its address.`
    : 'Check the network, the base URL and HTTPS_PROXY.'
}

/**
 * The system's code and words. An AggregateError of several addresses has them only in `errors`.
 */
function reasonOf(error: Error): string {
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
 * The error of a reply with a good status that holds no answer: HTML of a captive portal, a
 * truncated body, or an error with a 200.
 */
export function unreadableReply(
  reply: TransportReply,
  endpoint: Endpoint,
  asked: AskedCall & {
    /** What the body says, if the body is not JSON. */
    readonly parsed?: unknown
  },
): BatchError {
  const { body } = reply
  const parsed = asked.parsed ?? parseJson(body)
  const inside = errorInside(parsed) ?? errorAlone(parsed)
  if (inside !== undefined) {
    const text = asked.parsed === undefined ? body : jsonOf(parsed)
    return translateErrorReply({ ...reply, ...inside, body: text }, endpoint, asked)
  }
  return new BatchError(
    `The reply of ${endpoint.providerTitle} is not an answer: ${whatIsWrong(body, parsed)}`,
    {
      code: 'REPLY_INVALID',
      reach: 'attempt',
      remedy: `Check that ${redact(endpoint.baseUrl, undefined)} is the model's server, and not a proxy or a login page.`,
      mayBeBilled: true,
    },
  )
}

function whatIsWrong(body: string, parsed: unknown): string {
  if (body.trim() === '') return 'it is empty'
  if (/^\s*</.test(body)) return 'it is HTML'
  return parsed === undefined
    ? 'it is not valid JSON, or not complete'
    : 'it is JSON of an unknown form'
}
