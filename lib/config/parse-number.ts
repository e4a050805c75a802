import { type BatchError, runError } from '../error/batch-error.js'

/**
 * Parses decimal digits. `1e3`, `0x10` and `1,000` are refused.
 *
 * @param name the option, such as `--concurrency`; the message starts with this name.
 * @throws {BatchError} USAGE_INVALID
 */
export function parseWholeNumber(
  text: string,
  { name, minimum }: { readonly name: string; readonly minimum: number },
): number {
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN
  if (value >= minimum) return value
  throw numberInvalid(name, `a whole number of ${minimum} or more`, text)
}

/**
 * Parses a whole number of 1 or more, or `auto`.
 *
 * @throws {BatchError} USAGE_INVALID
 */
export function parseConcurrency(
  text: string,
  { name }: { readonly name: string },
): number | 'auto' {
  if (text === 'auto') return text
  const value = /^\d{1,15}$/.test(text) ? Number(text) : 0
  if (value >= 1) return value
  throw numberInvalid(name, 'a whole number of 1 or more, or auto', text)
}

/** Parses a number above 0, with or without a fraction. */
export function parsePositiveNumber(text: string, { name }: { readonly name: string }): number {
  const value = /^\d{1,15}(\.\d{1,15})?$/.test(text) ? Number(text) : Number.NaN
  if (value > 0) return value
  throw numberInvalid(name, 'a number more than 0', text)
}

/** Beyond this, a double cannot hold every millisecond. */
const mostSeconds = Math.floor(Number.MAX_SAFE_INTEGER / 1000)

/** Parses seconds to milliseconds, at least 1. */
export function parseSeconds(text: string, options: { readonly name: string }): number {
  const seconds = parsePositiveNumber(text, options)
  if (seconds > mostSeconds) {
    throw numberInvalid(options.name, `a number of seconds up to ${mostSeconds}`, text)
  }
  return Math.max(1, Math.round(seconds * 1000))
}

function numberInvalid(name: string, expected: string, text: string): BatchError {
  return runError('USAGE_INVALID', `${name} expects ${expected}, got ${JSON.stringify(text)}.`)
}
