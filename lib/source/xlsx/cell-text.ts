/** A cell of a spreadsheet. The result of a formula counts as a typed value. */
export interface Cell {
  /** Dates and times are numbers, errors are text. */
  readonly value: string | number | boolean | undefined
  /** The cell's number format, such as `yyyy-mm-dd`. */
  readonly numFmt?: string | undefined
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
 * The text that a spreadsheet writes to CSV: no formatting, the value of a formula, the text of a
 * link; dates as ISO 8601.
 */
export function cellText({ value, numFmt, isFrom1904 = false }: Cell): string {
  if (value === undefined) return ''
  if (typeof value === 'boolean') return value ? 'TRUE' : 'FALSE'
  if (typeof value === 'string') return value
  if (!isDateFormat(numFmt)) return numberText(value)
  const zero = isFrom1904 ? dayZeroOf1904 : dayZero
  return dateText(new Date(zero + Math.round(value * millisecondsADay)))
}

/** Matches a day, month, year (also Buddhist), hour or second outside of quotes and brackets. */
function isDateFormat(numFmt: string | undefined): boolean {
  return /[dmybhs]/i.test(
    (numFmt ?? '').replace(/"[^"]*"?|\[[^\]]*\]?|\\./g, '').replace('General', ''),
  )
}

function numberText(value: number): string {
  if (!Number.isFinite(value)) return ''
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(shownDigits)))
}

/** Dates of spreadsheets have no time zone. They are computed in UTC. */
function dateText(date: Date): string {
  if (Number.isNaN(date.getTime())) return ''
  const [day, time] = date.toISOString().slice(0, 19).split('T')
  return time === '00:00:00' ? `${day}` : `${day}T${time}`
}
