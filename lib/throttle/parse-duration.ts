/** A month. A longer wait is a mistake of the server. */
const longestMs = 32 * 86_400_000

const duration =
  /^(?:(\d+(?:\.\d+)?)h)?(?:(\d+(?:\.\d+)?)m(?!s))?(?:(\d+(?:\.\d+)?)s)?(?:(\d+(?:\.\d+)?)ms)?$/

/**
 * Parses a duration as Go prints it, to milliseconds: `12ms`, `6m0s`, `1h2m3.5s`, `2m59.56s`. A
 * bare number, `7.66`, means seconds.
 *
 * @returns undefined for anything else, and for more than a month.
 */
export function parseDuration(text: string): number | undefined {
  const trimmed = text.trim()
  if (/^\d+(\.\d+)?$/.test(trimmed)) return believable(Number(trimmed) * 1000)
  const parts = duration.exec(trimmed)
  if (parts === null || trimmed === '') return undefined
  const [hours = 0, minutes = 0, seconds = 0, ms = 0] = parts
    .slice(1)
    .map(part => Number(part ?? 0))
  return believable(((hours * 60 + minutes) * 60 + seconds) * 1000 + ms)
}

/**
 * Milliseconds from `nowMs` until a moment in any form that providers use: a date (RFC 3339),
 * milliseconds or seconds since 1970, or a duration.
 *
 * @returns undefined for anything else, for a past moment, and for more than a month.
 */
export function parseReset(text: string, nowMs: number): number | undefined {
  const trimmed = text.trim()
  if (/^\d{4}-\d\d-/.test(trimmed)) return untilDate(trimmed, nowMs)
  const number = /^\d+(\.\d+)?$/.test(trimmed) ? Number(trimmed) : undefined
  if (number !== undefined && number > 1e12) return believable(number - nowMs)
  if (number !== undefined && number > 1e9) return believable(number * 1000 - nowMs)
  return parseDuration(trimmed)
}

/**
 * Milliseconds until a date that `Date.parse` reads. Undefined for no date, a past date, or more
 * than a month.
 */
export function untilDate(text: string, nowMs: number): number | undefined {
  const timeMs = Date.parse(text)
  return Number.isNaN(timeMs) ? undefined : believable(timeMs - nowMs)
}

function believable(ms: number): number | undefined {
  return ms >= 0 && ms <= longestMs ? ms : undefined
}
