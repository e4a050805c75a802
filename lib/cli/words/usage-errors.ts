import { BatchError, runError } from '../../error/batch-error.js'
import type { ErrorCode } from '../../error/error-code.js'
import { nearest } from '../../error/nearest.js'
import type { Command, Operand } from './command.js'
import { wordInstead } from './foreign-words.js'

/** @param shown the option as typed, with its dashes, without a value. */
export function optionUnknown(shown: string, command: Command): BatchError {
  const instead = command.words === 'batch' ? wordInstead(shown) : undefined
  if (instead !== undefined) {
    return usageInvalid(`Unknown option for llm batch: ${shown}`, `Write: ${instead}`)
  }
  const name = shown.replace(/^-+/, '')
  const flags = command.flagGroups.flatMap(group => group.flags)
  const near = nearest(name, flags.map(flag => flag.name).concat('help'), 1)[0]
  const hint = near === undefined ? seeHelp(command) : `Did you mean --${near}?`
  return usageInvalid(`Unknown option for llm ${command.words}: ${shown}`, hint)
}

const otherLlmMissing =
  "See llm --help. Prompts and all other commands go to Python's llm, if it is on the PATH. Install it with: uv tool install llm (or: pipx install llm)."

/** @param asked one word, or the first words of known commands with an unknown further word. */
export function commandUnknown(asked: string, commands: readonly Command[]): BatchError {
  const hint = meantBy(asked, commands) ?? otherLlmMissing
  return usageInvalid(`Unknown command: ${quoteWord(asked)}`, hint)
}

/**
 * The option or the command that an unknown command may mean.
 *
 * Options first: `batch resume` is near `batch remove`, which must not be suggested.
 */
export function meantBy(asked: string, commands: readonly Command[]): string | undefined {
  const words = asked.split(' ')
  const second = words.at(-1)
  const above = words.slice(0, -1).join(' ')
  const command = commands.find(({ words }) => words === above)
  const flags = command?.flagGroups.flatMap(group => group.flags) ?? []
  if (command !== undefined && flags.some(({ name }) => name === second)) {
    const operands = command.operands.map(({ name }) => name)
    return `Did you mean ${['llm', command.words, ...operands, `--${second}`].join(' ')}?`
  }
  const near = nearestCommand(asked, commands)
  return near === undefined ? undefined : `Did you mean llm ${near}?`
}

function nearestCommand(asked: string, commands: readonly Command[]): string | undefined {
  const family = asked.includes(' ') ? asked.replace(/ [^ ]*$/, ' ') : ''
  const names = commands.map(({ words }) => words).filter(words => words.startsWith(family))
  return nearest(asked, names, 1)[0]
}

/** A command of Python's llm that is near `templates list`, and is not a mistake. */
const ofPython = 'templates edit'

/**
 * Whether an unknown command is a misspelt command of ours. A prompt may contain the name of a
 * command, so only a short edit counts: not a text with the name in it.
 */
export function isMisspelt(asked: string, commands: readonly Command[]): boolean {
  const near = asked === ofPython ? undefined : nearestCommand(asked, commands)
  return near !== undefined && Math.abs(near.length - asked.length) <= 2
}

export function globalOptionUnknown(shown: string): BatchError {
  const near = nearest(shown.replace(/^-+/, ''), ['help', 'version'], 1)[0]
  const hint =
    near === undefined
      ? `Options come after the command. ${otherLlmMissing}`
      : `Did you mean --${near}?`
  return usageInvalid(`Unknown option: ${shown.replace(/=.*$/s, '')}`, hint)
}

/** @param found the word in the value's place; undefined at the end of the line. */
export function valueMissing(
  shown: string,
  expected: string,
  found: string | undefined,
): BatchError {
  if (found === '') return usageInvalid(`${shown} expects a ${expected}, got an empty text.`)
  const reached = found === undefined ? 'the end of the line' : `the option ${found}`
  return usageInvalid(
    `${shown} expects a ${expected}, got ${reached}.`,
    shown.startsWith('--') ? `If the value looks like an option, write: ${shown}=…` : undefined,
  )
}

/**
 * @param expected the names of the two words: `KEY VALUE`.
 * @param example the two words of an example: `temperature 0.2`.
 */
export function pairMissing(shown: string, expected: string, example: string): BatchError {
  return usageInvalid(
    `${shown} expects a ${expected.replace(' ', ' and a ')}, as two words.`,
    `For example: ${shown} ${example}`,
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
  const isCount = command.words === 'batch' && /^\d+$/.test(word)
  return usageInvalid(
    `llm ${command.words} takes no further word: ${quoteWord(word)}.`,
    isCount
      ? `-n is --no-log here. For the first ${word} rows, write: --limit ${word}`
      : `Put a value of several words into quotes. See llm ${command.words} --help.`,
  )
}

export function usageInvalid(message: string, remedy?: string): BatchError {
  return runError('USAGE_INVALID', message, remedy)
}

/** The same error in a command for llm's settings, where the exit code is 1, as in llm. */
export function asSettingInvalid(error: unknown, code: ErrorCode): unknown {
  if (!BatchError.isInstance(error) || error.code !== code) return error
  return runError('SETTING_INVALID', error.message, error.remedy, error)
}

function seeHelp(command: Command): string {
  return `See llm ${command.words} --help.`
}

/** Shows only the start of a word, because it may be a whole prompt. */
function quoteWord(word: string): string {
  return word.length > 40 ? `"${word.slice(0, 40)}…"` : word
}
