import { type BatchError, runError } from '../../error/batch-error.js'
import { nearest } from '../../error/nearest.js'
import type { Command, Operand } from './command.js'

/** @param shown the option as typed, with its dashes, without a value. */
export function optionUnknown(shown: string, command: Command): BatchError {
  const name = shown.replace(/^-+/, '')
  const flags = command.flagGroups.flatMap(group => group.flags)
  const near = nearest(name, flags.map(flag => flag.name).concat('help'), 1)[0]
  const hint = near === undefined ? seeHelp(command) : `Did you mean --${near}?`
  return usageInvalid(`Unknown option for llm ${command.words}: ${shown}`, hint)
}

/** @param asked one word, or the first word of known commands with an unknown second word. */
export function commandUnknown(asked: string, commands: readonly Command[]): BatchError {
  const hint = meantBy(asked, commands) ?? 'See llm --help.'
  return usageInvalid(`Unknown command: ${quoteWord(asked)}`, hint)
}

/**
 * The option or the command that an unknown command may mean.
 *
 * Options first: `batch resume` is near `batch remove`, which must not be suggested.
 */
export function meantBy(asked: string, commands: readonly Command[]): string | undefined {
  const [word, second] = asked.split(' ')
  const command = commands.find(({ words }) => words === word)
  const flags = command?.flagGroups.flatMap(group => group.flags) ?? []
  if (command !== undefined && flags.some(({ name }) => name === second)) {
    const operands = command.operands.map(({ name }) => name)
    return `Did you mean ${['llm', command.words, ...operands, `--${second}`].join(' ')}?`
  }
  const family = second === undefined ? '' : `${word} `
  const names = commands.map(({ words }) => words).filter(words => words.startsWith(family))
  const near = nearest(asked, names, 1)[0]
  return near === undefined ? undefined : `Did you mean llm ${near}?`
}

export function globalOptionUnknown(shown: string): BatchError {
  const near = nearest(shown.replace(/^-+/, ''), ['help', 'version'], 1)[0]
  const hint =
    near === undefined
      ? 'Options come after the command; see llm --help.'
      : `Did you mean --${near}?`
  return usageInvalid(`Unknown option: ${shown.replace(/=.*$/s, '')}`, hint)
}

/** @param found the word in the value's place; undefined at the end of the line. */
export function valueMissing(
  shown: string,
  expected: string,
  found: string | undefined,
): BatchError {
  if (expected.includes(' ')) {
    return usageInvalid(
      `${shown} expects ${expected}, as two words.`,
      `For example: ${shown} temperature 0.2`,
    )
  }
  if (found === '') return usageInvalid(`${shown} expects a ${expected}, got an empty text.`)
  const reached = found === undefined ? 'the end of the line' : `the option ${found}`
  return usageInvalid(
    `${shown} expects a ${expected}, got ${reached}.`,
    shown.startsWith('--') ? `If the value looks like an option, write: ${shown}=…` : undefined,
  )
}

export function valueUnexpected(shown: string): BatchError {
  return usageInvalid(`${shown} takes no value.`, `Write ${shown} alone, or leave it out.`)
}

export function operandMissing(operand: Operand, command: Command): BatchError {
  return usageInvalid(
    `llm ${command.words} needs ${operand.name}: ${operand.about}.`,
    seeHelp(command),
  )
}

export function operandUnexpected(word: string, command: Command): BatchError {
  return usageInvalid(
    `llm ${command.words} takes no further word: ${quoteWord(word)}.`,
    `Put a value of several words into quotes. See llm ${command.words} --help.`,
  )
}

export function usageInvalid(message: string, remedy?: string): BatchError {
  return runError('USAGE_INVALID', message, remedy)
}

function seeHelp(command: Command): string {
  return `See llm ${command.words} --help.`
}

/** Shows only the start of a word, because it may be a whole prompt. */
function quoteWord(word: string): string {
  return word.length > 40 ? `"${word.slice(0, 40)}…"` : word
}
