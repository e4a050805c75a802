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
  /** The working directory. */
  readonly workingDirectory: string
  /** Number of this process, so that other processes can tell whether it is alive. */
  readonly processId: number
  /** The system clock if absent. */
  readonly clock?: Clock
  readonly stdin: Readable & { readonly isTTY?: boolean }
  readonly stdout: TerminalOutput
  readonly stderr: TerminalOutput
  /** The source of signals: the process. */
  readonly signals: NodeJS.EventEmitter
}

/** The process as a command sees it, and the user's folder. */
export interface CommandSurroundings extends CommandProcess {
  readonly home: Home
}

/**
 * The parsed words of a command. Names are in camel case, as `rateLimit`. A switch is false after
 * `--no-…`.
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
  /** Whether the operand may be repeated. */
  readonly isRepeatable?: true
  readonly about: string
}

export interface Command {
  /** One word, or two words such as `keys set`. */
  readonly words: string
  readonly about: string
  readonly operands: readonly Operand[]
  readonly flagGroups: readonly FlagGroup[]
  readonly examples?: readonly string[]
  /** Lines at the end of the help. */
  readonly notes?: readonly string[]
  /** Imports the command. Lazy, so that help is fast. */
  readonly load: () => Promise<RunCommand>
}
