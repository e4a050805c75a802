import { type CAC, cac } from 'cac'
import { nearest } from '../../error/nearest.js'
import { joinCommandWords, shieldText, takeWords, unshield } from './argv.js'
import type { Command, GivenCommand } from './command.js'
import { type Flag, switchName } from './flags.js'
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
  const [first = '--help', ...rest] = joinCommandWords(
    words,
    new Set(commands.map(command => command.words)),
  )
  if (first === '--help' || first === '-h') return { kind: 'help', command: undefined }
  if (first === '--version') return { kind: 'version' }
  if (first.startsWith('-')) throw globalOptionUnknown(first)
  const command = commands.find(command => command.words === first)
  if (command === undefined) throw commandUnknown(first, commands)
  checkSecondWord(command, rest, commands)
  const { operands, options, pairs, wantsHelp } = takeWords(rest, command)
  if (wantsHelp) return { kind: 'help', command }
  const argv = ['node', 'llm', command.words, ...operands.map(shieldText), ...options]
  return { kind: 'run', command, given: { ...matchByCac(argv, commands), pairs } }
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
  const isNear =
    nearest(
      `${command.words} ${word}`,
      family.map(({ words }) => words),
      1,
    ).length > 0
  if (isOperand || (command.operands.length > 0 && !isNear)) return
  throw commandUnknown(`${command.words} ${word}`, commands)
}

function matchByCac(argv: string[], commands: readonly Command[]): Omit<GivenCommand, 'pairs'> {
  const cli = cac('llm')
  let matched: Omit<GivenCommand, 'pairs'> | undefined
  for (const command of commands) {
    register(cli, command).action((...given: unknown[]) => {
      const values = given.pop() as Readonly<Record<string, unknown>>
      matched = {
        operands: given.flat().filter(isText).map(unshield),
        ...sortValues(values, command),
      }
    })
  }
  cli.parse(argv, { run: false })
  cli.runMatchedCommand()
  if (matched === undefined) throw new Error(`cac matched none of our commands: ${argv[2]}`)
  return matched
}

function register(cli: CAC, command: Command) {
  const operands = command.operands.map(({ name, isRequired, isRepeatable }) => {
    const shown = isRepeatable ? `...${name}` : name
    return isRequired ? `<${shown}>` : `[${shown}]`
  })
  // No defaults here: they are in the schema, and would hide the config file.
  const registered = cli
    .command([command.words, ...operands].join(' '), command.about)
    .ignoreOptionDefaultValue()
  for (const flag of command.flagGroups.flatMap(group => group.flags)) {
    const value = flag.value === undefined ? '' : ` <${flag.value}>`
    if (!flag.isPair) registered.option(`--${flag.name}${value}`, flag.about)
  }
  return registered
}

function sortValues(
  values: Readonly<Record<string, unknown>>,
  command: Command,
): Pick<GivenCommand, 'texts' | 'lists' | 'switches'> {
  const texts: Record<string, string> = {}
  const lists: Record<string, readonly string[]> = {}
  const switches: Record<string, boolean> = {}
  for (const flag of command.flagGroups.flatMap(group => group.flags)) {
    const name = valueName(flag)
    const value = values[name]
    if (typeof value === 'boolean') switches[name] = value
    else if (flag.isRepeatable) lists[name] = [value].flat().filter(isText).map(unshield)
    else if (isText(value)) texts[name] = unshield(value)
  }
  return { texts, lists, switches }
}

/** cac's name of a value: `rate-limit` → `rateLimit`, `no-log` → `log`. */
function valueName(flag: Flag): string {
  const name = flag.value === undefined ? switchName(flag) : flag.name
  return name.replace(/-([a-z])/g, (_dash, letter: string) => letter.toUpperCase())
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}
