const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

/** `1234567` → `1,234,567`. */
export function countText(count: number): string {
  return count.toLocaleString('en-US')
}

/** Three digits from a thousand on: `950`, `12.3k`, `4.56M`. */
export function shortCountText(count: number): string {
  if (count < 1000) return String(count)
  const digits = { minimumSignificantDigits: 3, maximumSignificantDigits: 3 }
  return count.toLocaleString('en-US', { notation: 'compact', ...digits }).replace('K', 'k')
}

/** `1,234 prompts`, `1 prompt`. */
export function pluralText(count: number, noun: string, plural = `${noun}s`): string {
  return `${countText(count)} ${count === 1 ? noun : plural}`
}

/** At most two units: `0.4 s`, `12 s`, `2m 03s`, `1h 05m`, `3d 04h`. */
export function durationText(ms: number): string {
  if (ms < 9950) return `${(ms / second).toFixed(1)} s`
  if (ms < minute - 500) return `${Math.round(ms / second)} s`
  if (ms < hour - 500) return twoUnits(Math.round(ms / second), 60, 'm', 's')
  if (ms < day - minute / 2) return twoUnits(Math.round(ms / minute), 60, 'h', 'm')
  return twoUnits(Math.round(ms / hour), 24, 'd', 'h')
}

/** `12.3/45.6 MB`, in the unit of the second number. */
export function bytesText(done: number, total: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let unit = 0
  let scale = 1
  while (total / scale >= 1000 && unit < units.length - 1) {
    scale *= 1000
    unit += 1
  }
  const digits = unit === 0 ? 0 : 1
  return `${(done / scale).toFixed(digits)}/${(total / scale).toFixed(digits)} ${units[unit]}`
}

/** `0.42`, `3.1`, `1,240`. */
export function rateText(perSecond: number): string {
  if (perSecond >= 100) return countText(Math.round(perSecond))
  return perSecond.toFixed(perSecond >= 1 ? 1 : 2)
}

/** `3.1 rows/s`; below one row a second, `20 s a row`; empty for 0. */
export function rowRateText(perSecond: number): string {
  if (perSecond <= 0) return ''
  return perSecond < 1 ? `${durationText(1000 / perSecond)} a row` : `${rateText(perSecond)} rows/s`
}

/** `██████░░░░░░ 50%`, for a fraction from 0 to 1. */
export function barText(fraction: number, width: number): string {
  const full = Math.floor(fraction * width)
  return `${'█'.repeat(full)}${'░'.repeat(width - full)} ${Math.floor(fraction * 100)}%`
}

/** Local time to the minute: `2026-11-23 10:20`. Swedish dates have this form. */
export function dateText(ms: number): string {
  return new Date(ms).toLocaleString('sv-SE', { dateStyle: 'short', timeStyle: 'short' })
}

/** Dollars to the cent, or below ten cents to two significant digits: `$12.30`, `$0.0042`. */
export function costText(usd: number): string {
  const isSmall = usd > 0 && usd < 0.1
  const digits = isSmall ? { minimumSignificantDigits: 2, maximumSignificantDigits: 2 } : {}
  return usd.toLocaleString('en-US', { style: 'currency', currency: 'USD', ...digits })
}

function twoUnits(count: number, parts: number, large: string, small: string): string {
  const rest = String(count % parts).padStart(2, '0')
  return `${Math.floor(count / parts)}${large} ${rest}${small}`
}
