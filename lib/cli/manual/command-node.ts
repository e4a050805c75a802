import type { Command, Flag, Operand } from '../words/command.js'
import { switchName } from '../words/flag.js'

/** A place in the tree of commands, as `batch` or `models options`, for completion. */
export interface CommandNode {
  /** The words up to here; empty for `llm` itself. */
  readonly words: string
  readonly next: readonly { readonly word: string; readonly about: string }[]
  readonly options: readonly CompletedOption[]
  /** Whether the name of a file may follow. */
  readonly takesFile: boolean
}

export interface CompletedOption {
  /** With dashes: `--template`. */
  readonly long: string
  /** One letter. */
  readonly short: string | undefined
  readonly about: string
  /** What the next word is; no value for a switch. */
  readonly value: 'none' | 'file' | 'text' | 'choice'
  /** The values of a `choice`. */
  readonly choices: readonly string[]
}

const help: CompletedOption = {
  long: '--help',
  short: 'h',
  about: 'show help',
  value: 'none',
  choices: [],
}
const version: CompletedOption = {
  ...help,
  long: '--version',
  short: 'V',
  about: 'show the version',
}

/** All places, `llm` first. */
export function commandNodes(commands: readonly Command[]): readonly CommandNode[] {
  const places = new Set([''])
  for (const { words } of commands) {
    const parts = words.split(' ')
    for (const index of parts.keys()) places.add(parts.slice(0, index + 1).join(' '))
  }
  return [...places].map(words => {
    const command = commands.find(one => one.words === words)
    const options = command?.flagGroups.flatMap(({ flags }) => flags).map(optionOf) ?? []
    return {
      words,
      next: [
        ...wordsAfter(words, [...places], commands),
        ...(command?.operands.flatMap(choiceWords) ?? []),
      ],
      options: words === '' ? [help, version] : [...options, help],
      takesFile: command?.operands.some(({ name }) => /INPUT|PATH/.test(name)) ?? false,
    }
  })
}

function wordsAfter(
  words: string,
  places: readonly string[],
  commands: readonly Command[],
): CommandNode['next'] {
  const start = words === '' ? '' : `${words} `
  return places
    .filter(place => place !== '' && place.startsWith(start) && place.length > start.length)
    .map(place => ({ place, word: place.slice(start.length) }))
    .filter(({ word }) => !word.includes(' '))
    .map(({ place, word }) => ({
      word,
      about: commands.find(one => one.words === place)?.about ?? '',
    }))
}

function choiceWords({ choices = [], about }: Operand): CommandNode['next'] {
  return choices.map(word => ({ word, about }))
}

function optionOf(flag: Flag): CompletedOption {
  const { name, short, about, choices = [] } = flag
  const isNegative = name.startsWith('no-') && name !== switchName(flag)
  return {
    long: `--${isNegative ? name : switchName(flag)}`,
    short,
    about,
    value: valueKind(flag),
    choices,
  }
}

function valueKind({ value, isValueOptional, choices }: Flag): CompletedOption['value'] {
  // A value that may be left out follows an equals sign, and is not the next word.
  if (value === undefined || isValueOptional) return 'none'
  if (choices !== undefined) return 'choice'
  return /PATH/.test(value) ? 'file' : 'text'
}

/** The words of all places but `llm` itself. */
export function placesOf(nodes: readonly CommandNode[]): readonly string[] {
  return nodes.map(({ words }) => words).filter(words => words !== '')
}

/** The places of one word. */
export function firstWords(nodes: readonly CommandNode[]): readonly string[] {
  return placesOf(nodes).filter(words => !words.includes(' '))
}

/** The options that such a value follows, with their letters, and blanks between. */
export function optionNames(
  options: readonly CompletedOption[],
  value: CompletedOption['value'],
): string {
  return options
    .filter(option => option.value === value)
    .flatMap(typedNames)
    .join(' ')
}

/**
 * A `case` of bash and zsh over the word before, with the values of each option that has a list of
 * them; empty if none has.
 *
 * @param caseOf makes one case of the option's names, with bars between, and the values, with
 * blanks between.
 */
export function choiceCases(
  options: readonly CompletedOption[],
  caseOf: (names: string, choices: string) => string,
): string {
  const cases = options
    .filter(({ value }) => value === 'choice')
    .map(option => `        ${caseOf(typedNames(option).join('|'), option.choices.join(' '))}`)
  return cases.length === 0
    ? ''
    : ['', '      case "$previous" in', ...cases, '      esac'].join('\n')
}

function typedNames({ long, short }: CompletedOption): readonly string[] {
  return short === undefined ? [long] : [long, `-${short}`]
}
