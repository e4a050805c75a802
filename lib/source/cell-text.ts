/** A cell of a spreadsheet: text, a number, a boolean, a date, `{ error }`, or the `{ result }` of a formula. */
export interface Cell {
  readonly value: unknown
  /** Its number format, such as `yyyy-mm-dd`. */
  readonly numFmt?: string | undefined
}

/** Digits a spreadsheet shows; beyond them 0.1 + 0.2 would not be 0.3. */
const shownDigits = 15
const millisecondsADay = 86_400_000
/** Day 0 of spreadsheets, which take 1900 for a leap year; wrong by a day before March of that year, as they are. */
const dayZero = Date.UTC(1899, 11, 30)

/** What a spreadsheet would write to CSV: no formatting, the value of a formula, the text of a link; dates as ISO 8601. */
export function cellText({ value, numFmt }: Cell): string {
  if (value === undefined || value === null) return ''
  if (typeof value === 'number') return numberText(value)
  if (typeof value === 'boolean') return value ? 'TRUE' : 'FALSE'
  if (value instanceof Date) return dateText(value)
  if (typeof value !== 'object') return String(value)
  if ('error' in value) return String(value.error)
  if ('result' in value) return resultText(value.result, numFmt)
  return ''
}

function resultText(result: unknown, numFmt: string | undefined): string {
  if (typeof result !== 'number' || !isDateFormat(numFmt)) return cellText({ value: result })
  return dateText(dateOfDay(result))
}

/** The date that spreadsheets count as this day, with the time as its fraction; as if in UTC. */
export function dateOfDay(day: number): Date {
  return new Date(dayZero + Math.round(day * millisecondsADay))
}

/** Day, month, year (of Buddhists, too), hour or second outside of quotes and brackets. */
export function isDateFormat(numFmt: string | undefined): boolean {
  return /[dmybhs]/i.test(
    (numFmt ?? '').replace(/"[^"]*"|\[[^\]]*\]|\\./g, '').replace('General', ''),
  )
}

function numberText(value: number): string {
  // A formula that gives an error, of which no more than this is kept.
  if (!Number.isFinite(value)) return ''
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(shownDigits)))
}

/** Dates of spreadsheets have no time zone; here they are as if in UTC. */
function dateText(date: Date): string {
  if (Number.isNaN(date.getTime())) return ''
  const [day, time] = date.toISOString().slice(0, 19).split('T')
  return time === '00:00:00' ? `${day}` : `${day}T${time}`
}
