import { printableLine } from '../../host/printable.js'
import type { TerminalOutput } from '../../host/screen-output.js'
import type { CommandSurroundings } from '../words/command.js'

/** Whether there is a terminal for a line: wide enough, and not used for results. */
export function canShowLine(
  { stdout, stderr, environment }: Pick<CommandSurroundings, 'stdout' | 'stderr' | 'environment'>,
  hasOutputFile: boolean,
): boolean {
  if (environment.TERM === 'dumb' || (stdout.isTTY === true && !hasOutputFile)) return false
  return stderr.isTTY === true && (stderr.columns ?? 0) > 0
}

/**
 * Shows one line behind a spinner on a terminal, until the returned function is called.
 *
 * ora writes its own sequences, so it gets the terminal itself, and the line is made safe here.
 *
 * ora 9 reads its suffix at every frame, so no timer is needed here. By default ora swallows
 * Ctrl-C. It loops for ever on a terminal of 0 columns, so it is stopped if the terminal gets 0
 * columns.
 *
 * @param line returns the present line for a number of columns.
 */
export async function showLine(
  stderr: TerminalOutput,
  line: (columns: number) => string,
): Promise<() => void> {
  const { default: ora } = await import('ora')
  const spinner = ora({
    stream: (stderr.unscreened ?? stderr) as unknown as NodeJS.WriteStream,
    discardStdin: false,
    isEnabled: true,
    suffixText: () => printableLine(line(Math.max(0, (stderr.columns ?? 80) - roomForSpinner))),
  })
  stderr.on('resize', stopWithoutRoom)
  spinner.start()
  return stop

  function stopWithoutRoom(): void {
    if (!((stderr.columns ?? 0) > 0)) stop()
  }

  function stop(): void {
    stderr.off('resize', stopWithoutRoom)
    if (spinner.isSpinning) spinner.stop()
  }
}

/** Columns of the spinner, ora's blanks after it, and a free column so that no terminal wraps. */
const roomForSpinner = 4
