import { parseSeconds, parseWholeNumber } from '../../config/parse-number.js'
import { nearest } from '../../error/nearest.js'
import { usageInvalid } from './usage-errors.js'

/** Other common names of formats. */
export const formatAliases = { ndjson: 'jsonl', txt: 'text' } as const

/** Forms of the summary of a run. */
export const summaryForms = ['text', 'json'] as const

/** Formats of `llm batch errors`. */
export const failureFormats = ['csv', 'jsonl', 'json'] as const

/** Shells that `llm completion` writes a script for. */
export const shells = ['bash', 'zsh', 'fish'] as const

/** Reads a whole number that is not less than a minimum. */
export function atLeast(minimum: number): (text: string, name: string) => number {
  return (text, name) => parseWholeNumber(text, { name, minimum })
}

/** Reads seconds as milliseconds. */
export function seconds(text: string, name: string): number {
  return parseSeconds(text, { name })
}

/** What a flag needs whose value is one of some known words. */
export function oneOf<Choice extends string>(
  choices: readonly Choice[],
  aliases?: Readonly<Record<string, Choice>>,
) {
  const read = (text: string, name: string) => readChoice(text, name, choices, aliases)
  return { choices, read }
}

/**
 * Reads one of some known words, in capital or small letters.
 *
 * @param name the option, such as `--format`; the message starts with this name.
 * @param aliases other common names of the known words.
 * @throws {BatchError} USAGE_INVALID with the known words, and the nearest.
 */
export function readChoice<Choice extends string>(
  text: string,
  name: string,
  known: readonly Choice[],
  aliases: Readonly<Record<string, Choice>> = {},
): Choice {
  const word = text.toLowerCase()
  const choices = new Map([
    ...known.map(choice => [choice, choice] as const),
    ...Object.entries(aliases),
  ])
  const choice = (choices as ReadonlyMap<string, Choice>).get(word)
  if (choice !== undefined) return choice
  const near = nearest(word, choices.keys(), 1)[0]
  throw usageInvalid(
    `${name} expects one of ${known.join(', ')}, got ${JSON.stringify(text)}.`,
    near === undefined ? undefined : `Did you mean ${near}?`,
  )
}
