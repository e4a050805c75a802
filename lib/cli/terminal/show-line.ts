import { printableLine } from '../../host/printable.js'
import type { TerminalOutput } from '../../host/screen-output.js'

/**
 * Keeps one line on a terminal with room, behind a spinner, until the function it gives is called.
 *
 * ora draws by sequences of its own, so it gets the bare terminal, and the line is made printable
 * here.
 *
 * ora 9 asks for its suffix at every frame, so no timer of ours is needed. It swallows Ctrl-C
 * unless told otherwise, and loops for ever on a terminal of 0 columns, so it is stopped for good
 * when the terminal becomes one.
 *
 * @param line what to show now, in so many columns.
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

/**
 * The spinner, the blanks ora puts after it, and one column left free so that no terminal wraps.
 */
const roomForSpinner = 4
