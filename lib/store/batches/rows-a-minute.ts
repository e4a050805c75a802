import type { Clock } from '../../port/clock.js'

const windowMs = 60_000

/**
 * Counts rows ended per minute, over the last minute.
 *
 * @returns takes the rows ended so far, gives the rate; undefined before any time has passed.
 */
export function rowsAMinute(clock: Clock): (ended: number) => number | undefined {
  const samples = [{ atMs: clock.monotonicMs(), ended: 0 }]
  return ended => {
    const atMs = clock.monotonicMs()
    samples.push({ atMs, ended })
    // The newest sample that is a minute old, or older, is where the minute begins.
    while ((samples[1]?.atMs ?? atMs) <= atMs - windowMs) samples.shift()
    const first = samples[0]
    if (first === undefined || atMs === first.atMs) return undefined
    return ((ended - first.ended) / (atMs - first.atMs)) * windowMs
  }
}
