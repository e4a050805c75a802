const hourMs = 3_600_000

/** The next midnight in a time zone such as `America/Los_Angeles`, in milliseconds since 1970. */
export function nextMidnight(timeZone: string, nowMs: number): number {
  const midnightMs = nowMs + 24 * hourMs - sinceMidnight(timeZone, nowMs)
  // A day on which the clocks change has 23 or 25 hours.
  const pastMs = sinceMidnight(timeZone, midnightMs)
  return pastMs < 12 * hourMs ? midnightMs - pastMs : midnightMs + 24 * hourMs - pastMs
}

/** Milliseconds on the wall clock of the zone since its midnight. */
function sinceMidnight(timeZone: string, timeMs: number): number {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hourCycle: 'h23',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  }).formatToParts(timeMs)
  const numberOf = (type: string): number => Number(parts.find(part => part.type === type)?.value)
  const seconds = (numberOf('hour') * 60 + numberOf('minute')) * 60 + numberOf('second')
  return seconds * 1000 + (timeMs % 1000)
}
