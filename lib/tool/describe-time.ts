/** The answer of llm's tool `llm_time`, with its names. */
export interface DescribedTime {
  /** `2026-11-30 09:00:00 UTC` */
  readonly utc_time: string
  /** `2026-11-30T09:00:00.250000+00:00`; a whole second has no fraction. */
  readonly utc_time_iso: string
  /** `CET`, or `+05` in a zone without a short name. */
  readonly local_timezone: string
  /** `2026-11-30 10:00:00` */
  readonly local_time: string
  /** `UTC+01:00`, and `UTC-5:00`, as llm writes it. */
  readonly timezone_offset: string
  readonly is_dst: boolean
}

/** @param nowMs milliseconds since 1970. */
export function describeTime(nowMs: number): DescribedTime {
  const now = new Date(nowMs)
  const offsetMinutes = -now.getTimezoneOffset()
  const local = new Date(nowMs + offsetMinutes * 60_000)
  const fraction = now.getUTCMilliseconds()
  const digits = fraction === 0 ? '' : `.${String(fraction).padStart(3, '0')}000`
  return {
    utc_time: `${dateAndTime(now)} UTC`,
    utc_time_iso: `${now.toISOString().slice(0, 19)}${digits}+00:00`,
    local_timezone: zoneName(now),
    local_time: dateAndTime(local),
    timezone_offset: `UTC${offsetText(offsetMinutes)}`,
    is_dst: offsetMinutes > standardOffsetMinutes(now),
  }
}

/** `2026-11-30 09:00:00`, of the UTC of `date`. */
function dateAndTime(date: Date): string {
  return date.toISOString().slice(0, 19).replace('T', ' ')
}

function offsetText(minutes: number): string {
  const rest = String(Math.abs(minutes) % 60).padStart(2, '0')
  const hours = Math.trunc(minutes / 60)
  return `${minutes < 0 ? `-${-hours}` : `+${String(hours).padStart(2, '0')}`}:${rest}`
}

/** Summer time is ahead of the standard time, in one of the two halves of the year. */
function standardOffsetMinutes(date: Date): number {
  const year = date.getFullYear()
  const offsets = [0, 6].map(month => -new Date(year, month, 1).getTimezoneOffset())
  return Math.min(...offsets)
}

/** Locales that know short names of zones in America and in Europe. */
const locales = ['en-US', 'en-GB']

/** Zones elsewhere whose short name one locale knows. */
const localeByZone: readonly (readonly [zone: RegExp, locale: string])[] = [
  [/^Australia\//, 'en-AU'],
  [/^Pacific\/Auckland$/, 'en-NZ'],
  [/^Asia\/(Kolkata|Calcutta)$/, 'en-IN'],
  [/^Asia\/Tokyo$/, 'ja-JP'],
]

function zoneName(date: Date): string {
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions()
  const local = localeByZone.filter(([zone]) => zone.test(timeZone)).map(([, locale]) => locale)
  const names = [...locales, ...local].map(locale => shortZoneName(date, locale))
  const found = names.find(name => !/^GMT[+-]/.test(name))
  return found ?? numericName(names[0] ?? '')
}

function shortZoneName(date: Date, locale: string): string {
  const parts = new Intl.DateTimeFormat(locale, { timeZoneName: 'short' }).formatToParts(date)
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? ''
}

/** `GMT+4` → `+04`, `GMT+5:45` → `+0545`, as the names in the time zone database. */
function numericName(name: string): string {
  const padded = name.replace('GMT', '').replace(/\d+/, hours => hours.padStart(2, '0'))
  return padded.replace(':', '')
}
