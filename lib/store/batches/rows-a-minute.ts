import type { Clock } from '../../port/clock.js'

const windowMs = 60_000

/**
 * Measures the rows ended per minute, over the last minute.
 *
 * @returns a function of the rows ended so far that returns the rate; undefined at the start.
 */
export function rowsAMinute(clock: Clock): (ended: number) => number | undefined {
  const samples = [{ atMs: clock.monotonicMs(), ended: 0 }]
  return ended => {
    const atMs = clock.monotonicMs()
    samples.push({ atMs, ended })
    // The minute starts at the newest sample that is at least a minute old.
    while ((samples[1]?.atMs ?? atMs) <= atMs - windowMs) samples.shift()
    const first = samples[0]
    if (first === undefined || atMs === first.atMs) return undefined
    return ((ended - first.ended) / (atMs - first.atMs)) * windowMs
  }
}
