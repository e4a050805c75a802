import type { Command } from './command.js'
import { type Flag, switchName } from './flags.js'
import {
  operandMissing,
  operandUnexpected,
  optionUnknown,
  valueMissing,
  valueUnexpected,
} from './usage-errors.js'

/**
 * Makes argv safe for cac 7, which (tested with 7.1.0) matches a command by its first word only, so
 * `keys set` never matches; takes `-` for an option; lets a switch with a dash in its name take the
 * next word; and turns values that look like numbers into numbers: `--key 007` becomes 7, and
 * `--system ''` becomes 0.
 *
 * The result cannot be misread: the command is one word, every operand and value starts with an
 * invisible mark, every value is joined to its option by `=`, options come last and with long
 * names, and `-o KEY VALUE` pairs are kept apart.
 */
const shield = '\u2063' // INVISIBLE SEPARATOR: no number and no option starts with it

export function shieldText(text: string): string {
  return shield + text
}

/** Removes one mark. A text with its own mark keeps that. */
export function unshield(text: string): string {
  return text.startsWith(shield) ? text.slice(shield.length) : text
}

/** `['keys', 'set', …]` → `['keys set', …]` if that pair is a command. */
export function joinCommandWords(
  words: readonly string[],
  commands: ReadonlySet<string>,
): readonly string[] {
  const pair = words.slice(0, 2).join(' ')
  return commands.has(pair) ? [pair, ...words.slice(2)] : words
}

export interface TakenWords {
  readonly operands: readonly string[]
  /** Options for cac, in the order in which their names first occur. */
  readonly options: readonly string[]
  readonly pairs: readonly (readonly [string, string])[]
  readonly wantsHelp: boolean
}

interface Words {
  /** Takes the next word; undefined at the end. */
  readonly next: () => string | undefined
  /** The next word, without taking it. */
  readonly peek: () => string | undefined
}

interface Taking {
  readonly command: Command
  readonly flags: readonly Flag[]
  readonly operands: string[]
  readonly pairs: (readonly [string, string])[]
  readonly options: Map<string, string[]>
  wantsHelp: boolean
}

/**
 * Sorts the words after a command into operands, options and pairs.
 *
 * @throws {BatchError} USAGE_INVALID for an unknown option (with the nearest name), a missing or
 * unexpected value, and (without `--help`) a missing or unexpected operand.
 */
export function takeWords(given: readonly string[], command: Command): TakenWords {
  const words = readWords(given)
  const taking: Taking = {
    command,
    flags: command.flagGroups.flatMap(group => group.flags),
    operands: [],
    pairs: [],
    options: new Map(),
    wantsHelp: false,
  }
  for (let word = words.next(); word !== undefined; word = words.next()) {
    if (word === '--') takeRest(taking, words)
    else if (word === '--help' || word === '-h') taking.wantsHelp = true
    else if (word.startsWith('--')) takeLong(taking, word, words)
    else if (word.startsWith('-') && word !== '-') takeShort(taking, word, words)
    else taking.operands.push(word)
  }
  const { operands, pairs, wantsHelp } = taking
  if (!wantsHelp) checkOperands(operands, command)
  return { operands, pairs, wantsHelp, options: [...taking.options.values()].flat() }
}

function readWords(given: readonly string[]): Words {
  let index = 0
  return {
    next: () => given[index++],
    peek: () => given[index],
  }
}

function takeRest({ operands }: Taking, words: Words): void {
  for (let word = words.next(); word !== undefined; word = words.next()) operands.push(word)
}

function takeLong(taking: Taking, word: string, words: Words): void {
  const equals = word.indexOf('=')
  const shown = equals === -1 ? word : word.slice(0, equals)
  const name = shown.slice(2)
  const flag = taking.flags.find(flag => isNamed(flag, name))
  if (flag === undefined) throw optionUnknown(shown, taking.command)
  const value = equals === -1 ? undefined : word.slice(equals + 1)
  if (flag.value !== undefined) takeValue(taking, { flag, shown, value }, words)
  else if (value !== undefined) throw valueUnexpected(shown)
  else taking.options.set(switchName(flag), [shown])
}

/** `-n`, `-m NAME`, `-mNAME`, `-m=NAME`, and switches together, as `-nq`. */
function takeShort(taking: Taking, word: string, words: Words): void {
  for (let at = 1; at < word.length; at += 1) {
    const letter = word[at] ?? ''
    const shown = `-${letter}`
    const flag = taking.flags.find(flag => flag.short === letter)
    if (flag === undefined) throw optionUnknown(word.length === 2 ? shown : word, taking.command)
    if (flag.value !== undefined) {
      const rest = word.slice(at + 1)
      const value = rest === '' ? undefined : rest.replace(/^=/, '')
      takeValue(taking, { flag, shown, value }, words)
      return
    }
    taking.options.set(switchName(flag), [`--${flag.name}`])
  }
}

function takeValue(
  taking: Taking,
  given: { readonly flag: Flag; readonly shown: string; readonly value: string | undefined },
  words: Words,
): void {
  if (given.flag.isPair) {
    takePair(taking, given, words)
    return
  }
  const { flag, shown } = given
  const value = given.value ?? nextValue(taking, words)
  if (value === undefined || (value === '' && !flag.mayBeEmpty)) {
    throw valueMissing(shown, { expected: flag.value ?? 'VALUE', found: value ?? words.peek() })
  }
  const earlier = flag.isRepeatable ? (taking.options.get(flag.name) ?? []) : []
  taking.options.set(flag.name, [...earlier, `--${flag.name}=${shieldText(value)}`])
}

function takePair(
  taking: Taking,
  given: { readonly shown: string; readonly value: string | undefined },
  words: Words,
): void {
  const key = given.value ?? nextValue(taking, words)
  const value = key === undefined ? undefined : nextValue(taking, words)
  if (!key || value === undefined) {
    throw valueMissing(given.shown, { expected: 'a KEY and a VALUE', found: words.peek() ?? key })
  }
  taking.pairs.push([key, value])
}

/** The next word as a value, unless it is exactly an option of this command. */
function nextValue({ flags }: Taking, words: Words): string | undefined {
  const word = words.peek() ?? ''
  const isLong = word.startsWith('--') && flags.some(flag => isNamed(flag, word.slice(2)))
  const isShort = word.length === 2 && flags.some(flag => `-${flag.short}` === word)
  return isLong || isShort || word === '--help' ? undefined : words.next()
}

/** A switch has two forms, of which help shows one. */
function isNamed(flag: Flag, name: string): boolean {
  if (flag.value !== undefined) return flag.name === name
  return [switchName(flag), `no-${switchName(flag)}`].includes(name)
}

function checkOperands(operands: readonly string[], command: Command): void {
  const missing = command.operands[operands.length]
  if (missing?.isRequired) throw operandMissing(missing, command)
  const extra = operands[command.operands.length]
  const isOpen = command.operands.at(-1)?.isRepeatable === true
  if (extra !== undefined && !isOpen) throw operandUnexpected(extra, command)
}
