import type { ErrorReach } from '../../error/batch-error.js'
import type { ErrorCode } from '../../error/error-code.js'
import type { StatedLimit } from '../../error/stated-limit.js'
import type { TransportReply } from '../transport/exchange.js'
import type { Says } from './own-words.js'

/** What an error reply means. The server's own words follow `what` in the message. */
export interface Verdict {
  readonly code: ErrorCode
  readonly reach: ErrorReach
  readonly what: string
  readonly remedy?: string | undefined
  /** Of reach `run`: whether the reply may refuse this row's text alone. */
  readonly mayBeOfRow?: boolean
}

/** The error in a reply, in any provider's form. */
export interface ProviderError {
  /** Absent if the reply has no text for people. */
  readonly message: string | undefined
  /** Whether the message is a bare text, as gateways and proxies send. */
  readonly isBare: boolean
  /** `error.code`, `error.type` and similar members, in lower case, joined by spaces. */
  readonly words: string
  /** The member of the request that is at fault, as OpenAI's `error.param` names it. */
  readonly param: string | undefined
  /** Google's quota ids and error reasons. */
  readonly details: string
}

/** An error reply, with what was read in it. */
export interface Refusal {
  readonly reply: TransportReply
  readonly said: ProviderError
  /** Whether the message has words that the server did not take from the prompt. */
  readonly says: Says
  /** Whether tools were offered. */
  readonly hasTools: boolean
  readonly limits: readonly StatedLimit[]
  readonly nowMs: number
}

/**
 * Reads an error from a body: `{error: {message, type, code}}` (OpenAI and most), `{type, error}`
 * (Anthropic), `{error: {status, details}}` or a list of it (Google), `{message, type}` (Mistral),
 * `{error: "…"}` (Ollama), `{detail}` (FastAPI, also as a list), or a bare text.
 */
export function readProviderError(body: string): ProviderError {
  const whole = readWhole(body)
  const { message, words } = whole
  return { ...whole, message: message?.slice(0, mostRead), words: words.slice(0, mostRead) }
}

/** Characters of an error that are read. */
export const mostRead = 10_000

function readWhole(body: string): ProviderError {
  const parsed = parseJson(body)
  const outer = recordOf(Array.isArray(parsed) ? parsed[0] : parsed)
  if (outer === undefined) return readCut(parsed === undefined ? body : textIn(parsed))
  const inner = recordOf(outer.error) ?? recordOf(outer.detail) ?? outer
  const said = [inner.message, inner.msg, outer.error, outer.message, outer.detail].find(isFilled)
  const metadata = recordOf(inner.metadata)
  const words = [inner.code, inner.type, inner.status, recordOf(inner.innererror)?.code]
  return {
    message: said === undefined ? faultsIn(outer.detail) : withUpstream(String(said), metadata),
    isBare: false,
    words: words.filter(isFilled).join(' ').toLowerCase(),
    param: isFilled(inner.param) ? String(inner.param) : undefined,
    details: jsonOf(inner.details).slice(0, mostRead),
  }
}

function textIn(value: unknown): string {
  return isFilled(value) ? String(value) : ''
}

/** FastAPI's list of faults: where each is in the request, and what is wrong. */
function faultsIn(detail: unknown): string | undefined {
  if (!Array.isArray(detail)) return undefined
  const faults = detail.slice(0, 20).flatMap(entry => {
    const { msg, loc }: Record<string, unknown> = recordOf(entry) ?? { msg: entry }
    if (!isFilled(msg)) return []
    return Array.isArray(loc) ? `${loc.filter(isFilled).join('.')}: ${msg}` : `${msg}`
  })
  return faults.length === 0 ? undefined : faults.join('; ')
}

/** Reads the start of an error whose rest is missing, or a text that is not JSON. */
function readCut(body: string): ProviderError {
  const start = body.slice(0, mostRead)
  const bare = { message: undefined, isBare: true, words: '', param: undefined, details: '' }
  if (!/^\s*[[{]/.test(start)) {
    const isText = start.trim() !== '' && !/^\s*</.test(start)
    return isText ? { ...bare, message: start.trim() } : bare
  }
  const members = start.matchAll(/"(message|code|type|status)"\s{0,9}:\s{0,9}"([^"]{1,9000})"/g)
  const said = Array.from(members, ([, name, value = '']) => ({ name, value }))
  const words = said.flatMap(({ name, value }) => (name === 'message' ? [] : value))
  return {
    message: said.find(({ name }) => name === 'message')?.value,
    isBare: false,
    words: words.join(' ').toLowerCase(),
    param: undefined,
    details: '',
  }
}

/** What an error in a reply with a good status means: its own status, or a gateway's. */
interface ErrorInside {
  readonly status: number
}

/**
 * Returns the error in a body with a good status, as OpenRouter sends them, with the error's own
 * code.
 */
export function errorInside(body: unknown): ErrorInside | undefined {
  const error = recordOf(recordOf(body)?.error)
  if (error === undefined || !(isFilled(error.message) || isFilled(error.code))) return undefined
  return { status: statusOf(error.code, error.status) }
}

/**
 * Returns the error in a body with a good status that has no answer: `{error: "…"}`, `{detail}`,
 * `{object: "error"}`, or a code with a message.
 */
export function errorAlone(body: unknown): ErrorInside | undefined {
  const { error, detail, object, message, msg, code, status } = recordOf(body) ?? {}
  const isError =
    isFilled(error) ||
    isFilled(detail) ||
    faultsIn(detail) !== undefined ||
    (recordOf(detail) !== undefined && isFilled(recordOf(detail)?.message)) ||
    object === 'error' ||
    ((isFilled(message) || isFilled(msg)) && (isFilled(code) || isFilled(status)))
  return isError ? { status: statusOf(code, status, recordOf(detail)?.code) } : undefined
}

function statusOf(...codes: readonly unknown[]): number {
  const status = codes.map(Number).find(code => Number.isInteger(code) && code >= 400 && code < 600)
  return status ?? 502
}

/** OpenRouter wraps the provider's own error. */
function withUpstream(message: string, metadata: Record<string, unknown> | undefined): string {
  const raw = metadata?.raw
  return typeof raw === 'string' && raw !== '' ? `${message}: ${raw}` : message
}

function isFilled(value: unknown): value is string | number {
  return (typeof value === 'string' && value !== '') || typeof value === 'number'
}

export function recordOf(value: unknown): Record<string, unknown> | undefined {
  const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value)
  return isRecord ? (value as Record<string, unknown>) : undefined
}

/** Empty if there is none, or it is nested deeper than the stack. */
export function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? ''
  } catch {
    return ''
  }
}

/** Some servers put a byte order mark before their JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text)
  } catch {
    return undefined
  }
}
