import type { TimePart, TimeUnit } from './number-format.js'

const unitMs: Readonly<Record<TimeUnit, number>> = { hour: 3_600_000, minute: 60_000, second: 1000 }
/** How many of a unit make one of the next larger unit. */
const unitsAround: Readonly<Record<TimeUnit, number>> = { hour: 24, minute: 60, second: 60 }
const hoursOfHalf = 12
const mostFractionDigits = 3

/**
 * The text of a time or a duration as a spreadsheet shows it. `h:mm` of 0.5 days is `12:00`, and
 * `[h]:mm` of 1.0625 days is `25:30`.
 *
 * @param ms milliseconds; a negative duration gets a `-`.
 */
export function timeText(ms: number, parts: readonly TimePart[]): string {
  const shownMs = roundedTo(stepOf(parts), Math.abs(ms))
  const hasHalves = parts.some(({ kind }) => kind === 'half')
  const text = parts.map(part => partText(part, shownMs, hasHalves)).join('')
  return ms < 0 && shownMs > 0 ? `-${text}` : text
}

function partText(part: TimePart, ms: number, hasHalves: boolean): string {
  switch (part.kind) {
    case 'text':
      return part.text
    case 'half':
      return countOf('hour', ms) < hoursOfHalf ? part.before : part.after
    case 'fraction':
      return `.${String(ms % 1000).padStart(3, '0')}`
        .padEnd(part.digits + 1, '0')
        .slice(0, part.digits + 1)
    case 'unit': {
      const { unit, isElapsed, width } = part
      const count = isElapsed ? Math.floor(ms / unitMs[unit]) : countOf(unit, ms)
      const isOfHalf = hasHalves && unit === 'hour' && !isElapsed
      const shown = isOfHalf ? count % hoursOfHalf || hoursOfHalf : count
      return String(shown).padStart(width, '0')
    }
  }
}

function countOf(unit: TimeUnit, ms: number): number {
  return Math.floor(ms / unitMs[unit]) % unitsAround[unit]
}

/** Seconds are rounded to the digits that are shown. Without seconds, minutes are cut. */
function stepOf(parts: readonly TimePart[]): number {
  if (!parts.some(part => part.kind === 'unit' && part.unit === 'second')) return 1
  const digits = parts.reduce(
    (most, part) => Math.max(most, part.kind === 'fraction' ? part.digits : 0),
    0,
  )
  return 10 ** (mostFractionDigits - Math.min(digits, mostFractionDigits))
}

function roundedTo(step: number, ms: number): number {
  return Math.round(ms / step) * step
}
