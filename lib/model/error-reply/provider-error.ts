import type { ErrorReach } from '../../error/batch-error.js'
import type { ErrorCode } from '../../error/error-code.js'

/** What an error reply means. The server's own words follow `what` in the message. */
export interface Verdict {
  readonly code: ErrorCode
  readonly reach: ErrorReach
  readonly what: string
  readonly remedy?: string | undefined
}

/** The error in a reply, in any provider's form. */
export interface ProviderError {
  /** Absent if the reply has no text for people. */
  readonly message: string | undefined
  /** `error.code`, `error.type` and similar members, in lower case, joined by spaces. */
  readonly words: string
  /** Google's quota ids and error reasons. */
  readonly details: string
}

/**
 * Reads an error from a body: `{error: {message, type, code}}` (OpenAI and most), `{type, error}`
 * (Anthropic), `{error: {status, details}}` or a list of it (Google), `{message, type}` (Mistral),
 * `{error: "…"}` (Ollama), `{detail}` (FastAPI).
 */
export function readProviderError(body: string): ProviderError {
  const { message, words, details } = readWhole(body)
  return { message: message?.slice(0, mostRead), words: words.slice(0, mostRead), details }
}

/** Characters of an error that are read. */
export const mostRead = 10_000

function readWhole(body: string): ProviderError {
  const parsed = parseJson(body)
  const outer = recordOf(Array.isArray(parsed) ? parsed[0] : parsed)
  if (outer === undefined) return readCut(body.slice(0, mostRead))
  const inner = recordOf(outer.error) ?? outer
  const said = [inner.message, outer.error, outer.message, outer.detail].find(isFilled)
  const metadata = recordOf(inner.metadata)
  const words = [inner.code, inner.type, inner.status, recordOf(inner.innererror)?.code]
  return {
    message: typeof said === 'string' ? withUpstream(said, metadata) : undefined,
    words: words.filter(isFilled).join(' ').toLowerCase(),
    details: jsonOf(inner.details).slice(0, mostRead),
  }
}

/** Reads the start of an error whose rest is missing. */
function readCut(body: string): ProviderError {
  if (!/^\s*[[{]/.test(body)) return { message: undefined, words: '', details: '' }
  const members = body.matchAll(/"(message|code|type|status)"\s{0,9}:\s{0,9}"([^"]{1,9000})"/g)
  const said = Array.from(members, ([, name, value = '']) => ({ name, value }))
  const words = said.flatMap(({ name, value }) => (name === 'message' ? [] : value))
  return {
    message: said.find(({ name }) => name === 'message')?.value,
    words: words.join(' ').toLowerCase(),
    details: '',
  }
}

/**
 * Returns the error in a body with a good status, as OpenRouter sends them, with the error's own
 * code.
 */
export function errorInside(body: unknown): { readonly status: number } | undefined {
  const error = recordOf(recordOf(body)?.error)
  if (error === undefined || !(isFilled(error.message) || isFilled(error.code))) return undefined
  const code = Number(error.code)
  return { status: Number.isInteger(code) && code >= 400 && code < 600 ? code : 502 }
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
