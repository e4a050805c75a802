import type { BatchProgress } from '../batch/progress.js'
import { tallied } from '../row/tally.js'
import type { TerminalOutput } from './command.js'
import { progressLine } from './progress-line.js'
import { makeRecentRate } from './recent-rate.js'

export interface ShowProgressOptions {
  readonly stderr: TerminalOutput
  readonly progress: () => BatchProgress
}

export interface CanShowProgressOptions {
  readonly stdout: TerminalOutput
  readonly stderr: TerminalOutput
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Neither `--quiet` nor `--no-progress` was said. */
  readonly isWanted: boolean
  readonly hasOutputFile: boolean
}

/** Whether there is a terminal to show progress on, with room, that no results go to. */
export function canShowProgress(options: CanShowProgressOptions): boolean {
  const { stdout, stderr, environment, isWanted, hasOutputFile } = options
  if (!isWanted || environment.TERM === 'dumb') return false
  if (stdout.isTTY === true && !hasOutputFile) return false
  return stderr.isTTY === true && (stderr.columns ?? 0) > 0
}

/**
 * Keeps one line about the run on a terminal, until the function it gives is called.
 *
 * ora 9 asks for its suffix at every frame, so no timer of ours is needed. It swallows Ctrl-C unless told otherwise,
 * and loops for ever on a terminal of 0 columns, so it is stopped for good when the terminal becomes one.
 */
export async function showProgress({ stderr, progress }: ShowProgressOptions): Promise<() => void> {
  const { default: ora } = await import('ora')
  const recentRate = makeRecentRate()
  const spinner = ora({
    stream: stderr as unknown as NodeJS.WriteStream,
    discardStdin: false,
    isEnabled: true,
    suffixText: line,
  })
  stderr.on('resize', stopWithoutRoom)
  spinner.start()
  return stop

  function line(): string {
    const now = progress()
    const rowsPerSecond = recentRate({ done: tallied(now.tally), atMs: now.elapsedMs })
    return progressLine(now, {
      columns: Math.max(0, (stderr.columns ?? 80) - roomForSpinner),
      rowsPerSecond,
    })
  }

  function stopWithoutRoom(): void {
    if (!((stderr.columns ?? 0) > 0)) stop()
  }

  function stop(): void {
    stderr.off('resize', stopWithoutRoom)
    if (spinner.isSpinning) spinner.stop()
  }
}

/** The spinner, the blanks ora puts after it, and one column left free so that no terminal wraps. */
const roomForSpinner = 4
