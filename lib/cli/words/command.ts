import type { Readable } from 'node:stream'
import type { Home } from '../../home/open-home.js'
import type { TerminalOutput } from '../../host/screen-output.js'
import type { Clock } from '../../port/clock.js'
import type { FlagGroup } from './flags.js'

/** Everything of the process that a command may touch. */
export interface CommandProcess {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly platform: string
  readonly homeDirectory: string
  /** The folder the command was typed in. */
  readonly workingDirectory: string
  /** Of this process, for others to see whether it is alive. */
  readonly processId: number
  /** The real one when absent. */
  readonly clock?: Clock
  readonly stdin: Readable & { readonly isTTY?: boolean }
  readonly stdout: TerminalOutput
  readonly stderr: TerminalOutput
  /** Where SIGINT and its like come from: the process. */
  readonly signals: NodeJS.EventEmitter
}

/** The process as a command sees it, and the user's folder. */
export interface CommandSurroundings extends CommandProcess {
  readonly home: Home
}

/**
 * What was asked of a command. Names are in camel case, as `rateLimit`; a switch says what `--no-…`
 * turned off as false.
 */
export interface GivenCommand {
  readonly operands: readonly string[]
  readonly texts: Readonly<Record<string, string>>
  readonly lists: Readonly<Record<string, readonly string[]>>
  readonly switches: Readonly<Record<string, boolean>>
  /** `-o KEY VALUE`, in order. */
  readonly pairs: readonly (readonly [string, string])[]
}

/** Runs a command and gives the exit code. */
export type RunCommand = (given: GivenCommand, surroundings: CommandSurroundings) => Promise<number>

export interface Operand {
  readonly name: string
  readonly isRequired: boolean
  /** Whether there may be more of it. */
  readonly isRepeatable?: true
  readonly about: string
}

export interface Command {
  /** One word, or two that belong together: `keys set`. */
  readonly words: string
  readonly about: string
  readonly operands: readonly Operand[]
  readonly flagGroups: readonly FlagGroup[]
  readonly examples?: readonly string[]
  /** Lines below all else. */
  readonly notes?: readonly string[]
  /** Imports what it needs only now, so that help is quick. */
  readonly load: () => Promise<RunCommand>
}
