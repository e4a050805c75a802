import type { TerminalOutput } from '../../host/screen-output.js'
import type { BatchProgress } from '../../run/progress.js'
import { cutText } from '../text/cut-text.js'
import type { CommandSurroundings } from '../words/command.js'
import { pausingOutput } from './pausing-output.js'
import { printProgress } from './print-progress.js'
import { canShowLine, type ShownLine, showLine } from './show-line.js'
import { progressShower } from './show-progress.js'

/** What a run shows on standard error while it opens and runs. */
export interface RunScreen {
  /** Standard output for results: a line on the terminal is cleared before each write. */
  readonly stdout: TerminalOutput
  /** Shows a text until there is progress. */
  readonly open: (text: string) => Promise<void>
  readonly follow: (progress: () => BatchProgress) => Promise<void>
  readonly close: () => void
}

/**
 * A pipe may end at the same terminal, as in `| jq`: what was written comes there a little later.
 * After this time without a write, the line is shown again.
 */
const pipeQuietMs = 400

/**
 * The progress of a run: a line on a terminal, which is cleared before results are written; else a
 * plain line a minute.
 *
 * @param isShown whether anything is shown.
 */
export function runScreen(
  surroundings: Pick<CommandSurroundings, 'stdout' | 'stderr' | 'environment' | 'clock'>,
  isShown: boolean,
): RunScreen {
  const { stdout, stderr, environment, clock } = surroundings
  const isOnTerminal = isShown && canShowLine(surroundings)
  let lineOf: (columns: number) => string = () => ''
  let shown: ShownLine | undefined
  let stopPrinting = () => {}
  // ora clears the line itself before a write to a terminal.
  const isWrapped = isOnTerminal && stdout.isTTY !== true
  return {
    stdout: isWrapped ? pausingOutput(stdout, () => shown?.pause(pipeQuietMs)) : stdout,

    async open(text) {
      lineOf = columns => cutText(text, columns)
      if (isOnTerminal)
        shown ??= await showLine(stderr, columns => lineOf(columns), { clock, environment })
    },

    async follow(progress) {
      lineOf = progressShower(progress)
      if (isOnTerminal)
        shown ??= await showLine(stderr, columns => lineOf(columns), { clock, environment })
      else if (isShown) stopPrinting = printProgress(progress, { stderr, clock })
    },

    close() {
      shown?.stop()
      shown = undefined
      stopPrinting()
    },
  }
}

/** A copy that does not read the property `stdin`, which would open standard input. */
export function withParts<Parts extends object>(
  surroundings: CommandSurroundings,
  parts: Parts,
): CommandSurroundings & Parts {
  const copy = Object.defineProperties({}, Object.getOwnPropertyDescriptors(surroundings))
  return Object.assign(copy as CommandSurroundings, parts)
}
