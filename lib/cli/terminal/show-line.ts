import { printableLine } from '../../host/printable.js'
import type { TerminalOutput } from '../../host/screen-output.js'
import type { Clock } from '../../port/clock.js'
import type { CommandSurroundings } from '../words/command.js'

/** A line that is being shown. */
export interface ShownLine {
  /** Clears the line before something else is written, and shows it again `quietMs` later. */
  readonly pause: (quietMs: number) => void
  readonly stop: () => void
}

export interface ShowLineOptions {
  readonly clock: Pick<Clock, 'sleep' | 'monotonicMs'>
  readonly environment: CommandSurroundings['environment']
}

/** Whether there is a terminal for a line. */
export function canShowLine({
  stderr,
  environment,
}: Pick<CommandSurroundings, 'stderr' | 'environment'>): boolean {
  if (environment.TERM === 'dumb') return false
  return stderr.isTTY === true && (stderr.columns ?? 0) > 0
}

/**
 * Shows one line behind a spinner on a terminal.
 *
 * ora writes its own sequences, so it gets the terminal itself, and the line is made safe here. It
 * clears the line before each write to a terminal of this process. For a pipe, see `pause`.
 *
 * ora 9 reads its suffix at every frame, so no timer is needed here. By default ora swallows
 * Ctrl-C. It loops for ever on a terminal of 0 columns, so it is stopped if the terminal gets 0
 * columns.
 *
 * ora clears as many lines as the frame had when it was drawn, but a terminal that gets narrower
 * wraps the frame, and tells us later. So a frame is drawn without wrapping, the cursor goes back
 * to its start, which a terminal keeps as it wraps, and the next frame clears all below.
 *
 * @param line returns the present line for a number of columns.
 */
export async function showLine(
  stderr: TerminalOutput,
  line: (columns: number) => string,
  { clock, environment }: ShowLineOptions,
): Promise<ShownLine> {
  const { default: ora } = await import('ora')
  const terminal = stderr.unscreened ?? stderr
  const ending = new AbortController()
  let quietUntilMs: number | undefined
  const spinner = ora({
    stream: terminal as unknown as NodeJS.WriteStream,
    discardStdin: false,
    isEnabled: true,
    color: hasColour(environment) ? 'cyan' : false,
    suffixText: () => {
      const room = Math.max(0, (stderr.columns ?? 80) - roomForSpinner)
      return printableLine(line(room)) + wrapAndReturn
    },
  })
  const frames = spinner.spinner.frames.map(frame => clearWithoutWrap + frame)
  spinner.spinner = { ...spinner.spinner, frames }
  stderr.on('resize', onResize)
  spinner.start()
  return { pause, stop }

  function onResize(): void {
    if (!((stderr.columns ?? 0) > 0)) stop()
    else if (!spinner.isSilent) terminal.write(clearBelow)
  }

  function pause(quietMs: number): void {
    if (!spinner.isSpinning) return
    spinner.clear()
    spinner.isSilent = true
    const isWaiting = quietUntilMs !== undefined
    quietUntilMs = clock.monotonicMs() + quietMs
    if (!isWaiting) void showAfterwards()
  }

  async function showAfterwards(): Promise<void> {
    try {
      for (;;) {
        const leftMs = (quietUntilMs ?? 0) - clock.monotonicMs()
        if (leftMs <= 0) break
        await clock.sleep(leftMs, ending.signal)
      }
    } catch {
      return // stopped meanwhile
    }
    quietUntilMs = undefined
    spinner.isSilent = false
  }

  function stop(): void {
    stderr.off('resize', onResize)
    ending.abort()
    // A silent spinner would leave the cursor hidden.
    spinner.isSilent = false
    if (spinner.isSpinning) spinner.stop()
  }
}

/** As Node decides it, by https://no-color.org and FORCE_COLOR, which counts more. */
function hasColour({ FORCE_COLOR, NO_COLOR }: ShowLineOptions['environment']): boolean {
  if (FORCE_COLOR !== undefined) return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false'
  return !NO_COLOR
}

const clearBelow = '\u001b[0J'
const clearWithoutWrap = `${clearBelow}\u001b[?7l`
const wrapAndReturn = '\u001b[?7h\u001b[G'

/** Columns of the spinner, ora's blanks after it, and a free column so that no terminal wraps. */
const roomForSpinner = 4
