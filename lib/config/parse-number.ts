import { type BatchError, runError } from '../error/batch-error.js'

/**
 * A number as people type it: decimal digits, with a point where fractions make sense. No `1e3`, `0x10`, `1,000`.
 *
 * @param name what it is the value of, such as `--concurrency`; opens the message.
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

/** The same for a number more than 0 that may have fractions. */
export function parsePositiveNumber(text: string, { name }: { readonly name: string }): number {
  const value = /^\d{1,15}(\.\d{1,15})?$/.test(text) ? Number(text) : Number.NaN
  if (value > 0) return value
  throw numberInvalid(name, 'a number more than 0', text)
}

/** Beyond these, milliseconds are no longer counted one by one. */
const mostSeconds = Math.floor(Number.MAX_SAFE_INTEGER / 1000)

/** Seconds, to milliseconds; at least one of those. */
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
