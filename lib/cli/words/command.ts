import type { Readable } from 'node:stream'
import type { Home } from '../../home/open-home.js'
import type { TerminalOutput } from '../../host/screen-output.js'
import type { Surroundings } from '../../host/surroundings.js'
import type { Clock } from '../../port/clock.js'

/** A name that the program may be called by. */
export type ProgramName = 'llm' | 'llm-batch'

/** What a command uses of the process. */
export interface CommandProcess extends Omit<Surroundings, 'isTerminalOutput' | 'identifyProcess'> {
  /** The path that this program was started by, to tell it from another `llm`. */
  readonly programPath?: string | undefined
  readonly workingDirectory: string
  readonly stdin: Readable & { readonly isTTY?: boolean }
  readonly stdout: TerminalOutput
  readonly stderr: TerminalOutput
  /**
   * Opens the terminal for reading, if standard input is something else; undefined if there is
   * none.
   */
  readonly openTerminal?: (() => CommandProcess['stdin'] | undefined) | undefined
  /** The source of signals: the process. */
  readonly signals: NodeJS.EventEmitter
}

/** The process as a command sees it, and the user's folder. */
export interface CommandSurroundings
  extends CommandProcess,
    Pick<Surroundings, 'isTerminalOutput' | 'identifyProcess'> {
  readonly clock: Clock
  readonly home: Home
  readonly program: ProgramName
  /** Writes our commands in a text of ours as they are to be typed; see `namerFor`. */
  readonly asCalled: (text: string) => string
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
  /** The pairs of `-o KEY VALUE` and its like, in order. */
  readonly pairs: Readonly<Record<string, readonly (readonly [string, string])[]>>
}

/** Runs a command and gives the exit code. */
export type RunCommand = (given: GivenCommand, surroundings: CommandSurroundings) => Promise<number>

/** One option of a command. Parsing, help and "did you mean" use these definitions. */
export interface Flag {
  /** The long name in help: `rate-limit`; for a switch that is on by default, `no-log`. */
  readonly name: string
  /** One letter. */
  readonly short?: string | undefined
  /** Further names as typed, such as `--search` or `-p`, which help does not list. */
  readonly alsoNamed?: readonly string[]
  /** The value's name in help; absent for a switch. */
  readonly value?: string | undefined
  /**
   * An example of the two words that it takes, as `-o temperature 0.2`. It may be repeated. Absent
   * for an option with one value.
   */
  readonly pairExample?: string
  /** Whether repeated values are collected; else the last counts. */
  readonly isRepeatable?: true
  /** Whether the value may be left out. Only a text after `=` is the value: not the next word. */
  readonly isValueOptional?: true
  /** Whether an empty value is allowed. */
  readonly mayBeEmpty?: true
  /** All values that it takes; absent if they cannot be listed. */
  readonly choices?: readonly string[]
  /** One line. */
  readonly about: string
}

export interface FlagGroup<Kind extends Flag = Flag> {
  readonly title: string
  readonly flags: readonly Kind[]
}

export interface Operand {
  readonly name: string
  readonly isRequired: boolean
  /** Whether the operand may be repeated. */
  readonly isRepeatable?: true
  /** All words that it takes; absent if they cannot be listed. */
  readonly choices?: readonly string[]
  readonly about: string
}

export interface Command {
  /** One to three words, such as `models options set`. */
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
