const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

/** `1234567` → `1,234,567`. */
export function countText(count: number): string {
  return count.toLocaleString('en-US')
}

/** About three digits: `950`, `12.3k`, `4.56M`. */
export function shortCountText(count: number): string {
  if (count < 1000) return String(count)
  if (count < 999_950) return `${threeDigits(count / 1000)}k`
  return `${threeDigits(count / 1_000_000)}M`
}

/** `1,234 prompts`, `1 prompt`. */
export function pluralText(count: number, noun: string): string {
  return `${countText(count)} ${noun}${count === 1 ? '' : 's'}`
}

/** At most two units: `0.4 s`, `12 s`, `2m 03s`, `1h 05m`, `3d 04h`. */
export function durationText(ms: number): string {
  if (ms < 9950) return `${(ms / second).toFixed(1)} s`
  if (ms < minute - 500) return `${Math.round(ms / second)} s`
  if (ms < hour - 500) return twoUnits(Math.round(ms / second), { parts: 60, names: ['m', 's'] })
  if (ms < day - minute / 2) {
    return twoUnits(Math.round(ms / minute), { parts: 60, names: ['h', 'm'] })
  }
  return twoUnits(Math.round(ms / hour), { parts: 24, names: ['d', 'h'] })
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

/** `██████░░░░░░ 50%`, for a fraction from 0 to 1. */
export function barText(fraction: number, width: number): string {
  const full = Math.floor(fraction * width)
  return `${'█'.repeat(full)}${'░'.repeat(width - full)} ${Math.floor(fraction * 100)}%`
}

function threeDigits(value: number): string {
  return value.toFixed(value < 9.995 ? 2 : value < 99.95 ? 1 : 0)
}

function twoUnits(
  count: number,
  { parts, names }: { readonly parts: number; readonly names: readonly [string, string] },
): string {
  const large = Math.floor(count / parts)
  const small = String(count % parts).padStart(2, '0')
  return `${large}${names[0]} ${small}${names[1]}`
}
