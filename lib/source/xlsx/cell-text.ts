import type { NumberFormat } from './number-format.js'
import { timeText } from './time-text.js'

/** A cell of a spreadsheet. The result of a formula counts as a typed value. */
export interface Cell {
  /** Dates and times are numbers, errors are text. */
  readonly value: string | number | boolean | undefined
  /** The format of a number; as a number if absent. */
  readonly format?: NumberFormat | undefined
  /** Whether the workbook counts days from 1904, as on old Macintoshes. */
  readonly isFrom1904?: boolean
}

/** Digits that a spreadsheet shows. With more, 0.1 + 0.2 is not 0.3. */
const shownDigits = 15
const millisecondsADay = 86_400_000
/**
 * Day 0 of spreadsheets, in which 1900 is a leap year. Before March 1900 dates are one day off, as
 * in spreadsheets.
 */
const dayZero = Date.UTC(1899, 11, 30)
const dayZeroOf1904 = Date.UTC(1904, 0, 1)

/**
 * The text that a spreadsheet writes to CSV: numbers without formatting, the value of a formula,
 * the text of a link, times and durations as they are shown. Dates are ISO 8601.
 */
export function cellText({ value, format, isFrom1904 = false }: Cell): string {
  if (value === undefined) return ''
  if (typeof value === 'boolean') return value ? 'TRUE' : 'FALSE'
  if (typeof value === 'string') return value
  if (format === undefined || format.kind === 'number') return numberText(value)
  if (!Number.isFinite(value)) return ''
  const ms = Math.round(value * millisecondsADay)
  if (format.kind === 'time') return timeText(ms, format.parts)
  return dateText(ms, isFrom1904)
}

function numberText(value: number): string {
  if (!Number.isFinite(value)) return ''
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(shownDigits)))
}

/**
 * Dates of spreadsheets have no time zone. They are computed in UTC.
 *
 * Below 1 there is no day, so the value is a time: spreadsheets would show the day 0 January 1900.
 */
function dateText(ms: number, isFrom1904: boolean): string {
  const date = new Date((isFrom1904 ? dayZeroOf1904 : dayZero) + ms)
  if (Number.isNaN(date.getTime())) return ''
  const [day, time] = date.toISOString().slice(0, 19).split('T')
  if (!isFrom1904 && ms >= 0 && ms < millisecondsADay) return `${time}`
  return time === '00:00:00' ? `${day}` : `${day}T${time}`
}
