import { runError } from '../error/batch-error.js'

const unitsMs: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
}

/**
 * Parses an age such as `30d` or `12h` to milliseconds. A bare number is refused, because its unit
 * is not clear.
 *
 * @throws {BatchError} USAGE_INVALID
 */
export function parseAge(text: string, { name }: { readonly name: string }): number {
  const [, count, unit = ''] = /^(\d{1,6})([smhdw])$/.exec(text) ?? []
  const unitMs = unitsMs[unit]
  if (count !== undefined && unitMs !== undefined) return Number(count) * unitMs
  throw runError(
    'USAGE_INVALID',
    `${name} expects a number with a unit (s, m, h, d or w), such as 30d, got ${JSON.stringify(text)}.`,
  )
}
