import { cac } from 'cac'
import { nearest } from '../../error/nearest.js'
import type { Command, GivenCommand } from './command.js'
import { parseWords } from './parse-words.js'
import { commandUnknown, globalOptionUnknown } from './usage-errors.js'

/** The meaning of a command line. */
export type CommandLine =
  | { readonly kind: 'help'; readonly command: Command | undefined }
  | { readonly kind: 'version' }
  | { readonly kind: 'run'; readonly command: Command; readonly given: GivenCommand }

/**
 * Parses the words after `llm`.
 *
 * @throws {BatchError} USAGE_INVALID with the unknown word and the nearest known one.
 */
export function parseCommandLine(
  words: readonly string[],
  commands: readonly Command[],
): CommandLine {
  const pair = words.slice(0, 2).join(' ')
  const isPair = commands.some(command => command.words === pair)
  const [first = '--help', ...rest] = isPair ? [pair, ...words.slice(2)] : words
  if (first === '--help' || first === '-h') return { kind: 'help', command: undefined }
  if (first === '--version') return { kind: 'version' }
  if (first.startsWith('-')) throw globalOptionUnknown(first)
  const command = matchCommand(first, commands)
  if (command === undefined) throw commandUnknown(first, commands)
  checkSecondWord(command, rest, commands)
  const given = parseWords(rest, command)
  return given === undefined ? { kind: 'help', command } : { kind: 'run', command, given }
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
 * In `keys sett`, the second word belongs to the command, because `keys` takes no operand. So does
 * `statsu` in `batch statsu ID`, because `batch` takes one operand.
 */
function checkSecondWord(
  command: Command,
  [word, further]: readonly string[],
  commands: readonly Command[],
): void {
  const family = commands.filter(other => other.words.startsWith(`${command.words} `))
  if (family.length === 0 || word === undefined || word.startsWith('-')) return
  const isOperand =
    command.operands.length > 0 && (further === undefined || further.startsWith('-'))
  const names = family.map(({ words }) => words)
  const isNear = nearest(`${command.words} ${word}`, names).length > 0
  if (isOperand || (command.operands.length > 0 && !isNear)) return
  throw commandUnknown(`${command.words} ${word}`, commands)
}
