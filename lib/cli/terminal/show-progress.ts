import type { TerminalOutput } from '../../host/screen-output.js'
import { rowsDone } from '../../row/tally.js'
import type { BatchProgress } from '../../run/progress.js'
import { progressLine } from '../text/progress-line.js'
import { showLine } from './show-line.js'

/** Shows one line about the run on a terminal, until the returned function is called. */
export function showProgress(
  stderr: TerminalOutput,
  progress: () => BatchProgress,
): Promise<() => void> {
  const recentRate = makeRecentRate()
  return showLine(stderr, columns => {
    const now = progress()
    return progressLine(now, columns, recentRate(rowsDone(now.tally), now.elapsedMs))
  })
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
