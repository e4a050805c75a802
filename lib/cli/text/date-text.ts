/** Local time to the minute: `2026-11-23 10:20`. */
export function dateText(ms: number): string {
  const date = new Date(ms)
  const two = (count: number) => String(count).padStart(2, '0')
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-')
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`
}

/** Dollars to the cent, or below a cent to two significant digits: `$12.30`, `$0.0042`. */
export function costText(usd: number): string {
  if (usd === 0 || usd >= 0.1) return `$${usd.toFixed(2)}`
  return `$${Number(usd.toPrecision(2)).toFixed(Math.min(8, 1 - Math.floor(Math.log10(usd))))}`
}
