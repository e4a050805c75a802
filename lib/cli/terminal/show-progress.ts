import { rowsDone } from '../../row/tally.js'
import type { BatchProgress } from '../../run/progress.js'
import { progressLine } from '../text/progress-line.js'

/** Returns a function that makes the line about a run for a number of columns. */
export function progressShower(progress: () => BatchProgress): (columns: number) => string {
  const recentRate = makeRecentRate()
  return columns => {
    const now = progress()
    return progressLine(now, columns, rateOf(now, recentRate))
  }
}

/** The recent rate of a run in rows a second. */
export function rateOf(
  { tally, elapsedMs }: BatchProgress,
  recentRate: ReturnType<typeof makeRecentRate>,
): number | undefined {
  return recentRate(rowsDone(tally), elapsedMs)
}

/**
 * Measures a rate per second over the last `windowMs`, so that the figure is recent and steady.
 *
 * @returns a function of the count and its time (monotonic) that returns the rate; undefined in the
 * first second.
 */
export function makeRecentRate(
  windowMs = 20_000,
): (done: number, atMs: number) => number | undefined {
  const samples: { readonly done: number; readonly atMs: number }[] = []
  return (done, atMs) => {
    samples.push({ done, atMs })
    while (samples[1] !== undefined && samples.length > 2 && atMs - samples[1].atMs >= windowMs) {
      samples.shift()
    }
    const oldest = samples[0] ?? { done, atMs }
    const passedMs = atMs - oldest.atMs
    return passedMs < 1000 ? undefined : ((done - oldest.done) / passedMs) * 1000
  }
}
