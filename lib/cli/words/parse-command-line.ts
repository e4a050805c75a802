import { cac } from 'cac'
import type { BatchError } from '../../error/batch-error.js'
import { nearest } from '../../error/nearest.js'
import type { Command, GivenCommand } from './command.js'
import { parseWords } from './parse-words.js'
import { commandUnknown, globalOptionUnknown, isMisspelt } from './usage-errors.js'

/** The meaning of a command line. */
export type CommandLine =
  | { readonly kind: 'help'; readonly command: Command | undefined }
  | { readonly kind: 'version' }
  | { readonly kind: 'run'; readonly command: Command; readonly given: GivenCommand }
  | UnknownCommand

/** Words that are not a command of ours: a command of another llm, or a prompt for it. */
export interface UnknownCommand {
  readonly kind: 'unknown'
  /** What to say if there is no other llm. */
  readonly error: BatchError
  /** Whether the words look like a misspelt command of ours. */
  readonly isMisspelt: boolean
}

/** Most words of a command. */
const longestCommand = 3

/**
 * Parses the words after `llm`.
 *
 * @throws {BatchError} USAGE_INVALID with the unknown option and the nearest known one, and for
 * missing or unexpected words.
 */
export function parseCommandLine(
  words: readonly string[],
  commands: readonly Command[],
): CommandLine {
  const [first = '--help', ...rest] = joinCommandWords(words, commands)
  if (first === '--help' || first === '-h') return { kind: 'help', command: undefined }
  if (first === '--version' || first === '-V') return { kind: 'version' }
  if (first === 'help') {
    const command = commands.find(({ words }) => words === rest.join(' '))
    // Other words after `help` are a prompt for another llm.
    if (rest.length === 0 || command !== undefined) return { kind: 'help', command }
  }
  if (first.startsWith('-')) {
    return { kind: 'unknown', error: globalOptionUnknown(first), isMisspelt: false }
  }
  const command = matchCommand(first, commands)
  if (command === undefined) return unknown(first)
  const further = unknownFurtherWord(command, rest, commands)
  if (further !== undefined) {
    const asked = `${command.words} ${further}`
    if (command.words === 'batch') throw commandUnknown(asked, commands)
    return unknown(asked)
  }
  const given = parseWords(rest, command)
  return given === undefined ? { kind: 'help', command } : { kind: 'run', command, given }

  function unknown(asked: string): UnknownCommand {
    const error = commandUnknown(asked, commands)
    return { kind: 'unknown', error, isMisspelt: isMisspelt(asked, commands) }
  }
}

/** `['models', 'options', 'set', …]` becomes `['models options set', …]`. */
function joinCommandWords(
  words: readonly string[],
  commands: readonly Command[],
): readonly string[] {
  for (let count = longestCommand; count > 1; count -= 1) {
    const joined = words.slice(0, count).join(' ')
    if (commands.some(command => command.words === joined)) return [joined, ...words.slice(count)]
  }
  return words
}

/**
 * cac holds the commands and matches them. It does not get the words after the command: it makes
 * numbers of texts (`--key 007` becomes 7), and knows no option with two values.
 */
function matchCommand(name: string, commands: readonly Command[]): Command | undefined {
  const cli = cac('llm')
  for (const { words, about } of commands) cli.command(words, about)
  cli.parse(['node', 'llm', name], { run: false })
  return commands.find(({ words }) => words === cli.matchedCommandName)
}

/**
 * A further word that belongs to the command, but makes no command. In `keys sett`, the second word
 * belongs to the command, because `keys` takes no operand. So does `statsu` in `batch statsu ID`,
 * because `batch` takes one operand.
 */
function unknownFurtherWord(
  command: Command,
  [word, further]: readonly string[],
  commands: readonly Command[],
): string | undefined {
  const family = commands.filter(other => other.words.startsWith(`${command.words} `))
  if (family.length === 0 || word === undefined || word.startsWith('-')) return undefined
  const isOperand =
    command.operands.length > 0 && (further === undefined || further.startsWith('-'))
  const names = family.map(({ words }) => words)
  const isNear = nearest(`${command.words} ${word}`, names).length > 0
  return isOperand || (command.operands.length > 0 && !isNear) ? undefined : word
}
