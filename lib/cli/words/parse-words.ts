import type { Command, Flag, GivenCommand } from './command.js'
import { keyOf, switchName } from './flag.js'
import {
  operandMissing,
  operandUnexpected,
  optionUnknown,
  pairMissing,
  valueMissing,
  valueUnexpected,
} from './usage-errors.js'

/**
 * Parses the words after a command. Every value stays the text that was typed.
 *
 * Node's `parseArgs` has no option with two values, and cac makes numbers of texts.
 *
 * @returns undefined if the words ask for help.
 * @throws {BatchError} USAGE_INVALID for an unknown option (with the nearest name), a missing or
 * unexpected value, and (without `--help`) a missing or unexpected operand.
 */
export function parseWords(words: readonly string[], command: Command): GivenCommand | undefined {
  const flags = command.flagGroups.flatMap(group => group.flags)
  const operands: string[] = []
  const pairs: Record<string, readonly (readonly [string, string])[]> = {}
  const texts: Record<string, string> = {}
  const lists: Record<string, readonly string[]> = {}
  const switches: Record<string, boolean> = {}
  let wantsHelp = false
  let index = 0

  while (index < words.length) {
    const word = words[index++] ?? ''
    if (word === '--') operands.push(...words.slice(index))
    else if (word === '--help' || word === '-h') wantsHelp = true
    else if (word.startsWith('--')) takeLong(word)
    else if (word.startsWith('-') && word !== '-') takeShort(word)
    else operands.push(word)
    if (word === '--') break
  }
  if (wantsHelp) return undefined
  checkOperands(operands, command)
  return { operands, texts, lists, switches, pairs }

  function takeLong(word: string): void {
    const [shown = '', ...parts] = word.split('=')
    const value = parts.length === 0 ? undefined : parts.join('=')
    const flag = flags.find(flag => isNamed(flag, shown))
    if (flag === undefined) throw optionUnknown(shown, command)
    if (flag.value !== undefined) takeValue(flag, shown, value)
    else if (value !== undefined) throw valueUnexpected(shown)
    else switches[keyOf(flag)] = !shown.startsWith('--no-')
  }

  /** `-n`, `-m NAME`, `-mNAME`, `-m=NAME`, and switches together, as `-nq`. */
  function takeShort(word: string): void {
    for (let at = 1; at < word.length; at += 1) {
      const shown = `-${word[at]}`
      const flag = flags.find(flag => hasLetter(flag, shown))
      if (flag === undefined) throw optionUnknown(word.length === 2 ? shown : word, command)
      if (flag.value !== undefined) {
        const rest = word.slice(at + 1)
        takeValue(flag, shown, rest === '' ? undefined : rest.replace(/^=/, ''))
        return
      }
      switches[keyOf(flag)] = !flag.name.startsWith('no-')
    }
  }

  /** @param joined the value in the same word; undefined if the value is the next word. */
  function takeValue(flag: Flag, shown: string, joined: string | undefined): void {
    const value = joined ?? (flag.isValueOptional ? '' : nextValue())
    const key = keyOf(flag)
    if (flag.pairExample !== undefined) {
      const second = value === undefined ? undefined : nextValue()
      if (!value || second === undefined)
        throw pairMissing(shown, flag.value ?? '', flag.pairExample)
      pairs[key] = [...(pairs[key] ?? []), [value, second]]
      return
    }
    if (value === undefined || (value === '' && !mayBeEmpty(flag))) {
      throw valueMissing(shown, flag.value ?? 'VALUE', value ?? words[index])
    }
    if (flag.isRepeatable) lists[key] = [...(lists[key] ?? []), value]
    else texts[key] = value
  }

  /** The next word as a value, unless it is exactly an option of this command. */
  function nextValue(): string | undefined {
    const word = words[index]
    const isOption = flags.some(flag => hasLetter(flag, word) || isNamed(flag, word))
    return isOption || word === '--help' ? undefined : words[index++]
  }
}

function mayBeEmpty(flag: Flag): boolean {
  return flag.mayBeEmpty === true || flag.isValueOptional === true
}

function hasLetter({ short, alsoNamed = [] }: Flag, shown: string | undefined): boolean {
  return shown === `-${short}` || (shown !== undefined && alsoNamed.includes(shown))
}

/** A switch has two forms, of which help shows one. */
function isNamed(flag: Flag, shown: string | undefined): boolean {
  if (shown !== undefined && flag.alsoNamed?.includes(shown)) return true
  if (flag.value !== undefined) return shown === `--${flag.name}`
  return shown === `--${switchName(flag)}` || shown === `--no-${switchName(flag)}`
}

function checkOperands(operands: readonly string[], command: Command): void {
  const missing = command.operands[operands.length]
  if (missing?.isRequired) throw operandMissing(missing, command)
  const extra = operands[command.operands.length]
  const isOpen = command.operands.at(-1)?.isRepeatable === true
  // As in `-n 3`. A file with such a name is written `./3`.
  const count = operands.slice(1).find(word => /^\d+$/.test(word))
  if (isOpen ? count === undefined || command.words !== 'batch' : extra === undefined) return
  throw operandUnexpected(count ?? String(extra), command)
}
