import type { TerminalOutput } from '../../host/screen-output.js'
import { rowsDone } from '../../row/tally.js'
import type { BatchProgress } from '../../run/progress.js'
import { progressLine } from '../text/progress-line.js'
import { makeRecentRate } from './recent-rate.js'
import { showLine } from './show-line.js'

export interface ShowProgressOptions {
  readonly stderr: TerminalOutput
  readonly progress: () => BatchProgress
}

export interface CanShowProgressOptions {
  readonly stdout: TerminalOutput
  readonly stderr: TerminalOutput
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Neither `--quiet` nor `--no-progress` was given. */
  readonly isWanted: boolean
  readonly hasOutputFile: boolean
}

/** Whether there is a terminal for progress: wide enough, and not used for results. */
export function canShowProgress(options: CanShowProgressOptions): boolean {
  const { stdout, stderr, environment, isWanted, hasOutputFile } = options
  if (!isWanted || environment.TERM === 'dumb') return false
  if (stdout.isTTY === true && !hasOutputFile) return false
  return stderr.isTTY === true && (stderr.columns ?? 0) > 0
}

/** Shows one line about the run on a terminal, until the returned function is called. */
export function showProgress({ stderr, progress }: ShowProgressOptions): Promise<() => void> {
  const recentRate = makeRecentRate()
  return showLine(stderr, columns => {
    const now = progress()
    const rowsPerSecond = recentRate({ done: rowsDone(now.tally), atMs: now.elapsedMs })
    return progressLine(now, { columns, rowsPerSecond })
  })
}
