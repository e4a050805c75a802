import type { BatchProgress } from '../../run/progress.js'
import { progressLine } from '../text/progress-line.js'
import type { CommandSurroundings } from '../words/command.js'
import { makeRecentRate, rateOf } from './show-progress.js'

const everyMs = 60_000
/** A log has lines of any length. */
const columns = 1000

/**
 * Prints a plain line about the run each minute, where no line can be drawn again and again: in a
 * log, in a pipe, on a dumb terminal. Until the returned function is called.
 */
export function printProgress(
  progress: () => BatchProgress,
  { stderr, clock }: Pick<CommandSurroundings, 'stderr' | 'clock'>,
): () => void {
  const ending = new AbortController()
  const recentRate = makeRecentRate(everyMs)
  void printEachMinute()
  return () => ending.abort()

  async function printEachMinute(): Promise<void> {
    rateOf(progress(), recentRate)
    try {
      for (;;) {
        await clock.sleep(everyMs, ending.signal)
        const now = progress()
        const line = progressLine(now, columns, rateOf(now, recentRate), { hasBar: false })
        stderr.write(`${line}\n`)
      }
    } catch (error) {
      if (!ending.signal.aborted) throw error
    }
  }
}
