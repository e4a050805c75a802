import type { Command } from '../words/command.js'
import { endingGroups, link } from './help-ending.js'

/** A manual page in roff, by the name of its file: `llm-batch-status.1`. */
export function manPage(command: Command, version: string): readonly [file: string, text: string] {
  const { words, about, operands, flagGroups, examples = [], notes = [] } = command
  const name = `llm-${words.replaceAll(' ', '-')}`
  const shown = operands.map(({ name: operand, isRequired, isRepeatable }) => {
    const text = `${operand}${isRepeatable ? '...' : ''}`
    return isRequired ? text : `[${text}]`
  })
  const lines = [
    ...head(name, version, about),
    '.SH SYNOPSIS',
    `\\fBllm ${plain(words)}\\fR ${plain([...shown, ...(flagGroups.length > 0 ? ['[options]'] : [])].join(' '))}`,
    ...(operands.length === 0 ? [] : ['.SH ARGUMENTS']),
    ...operands.flatMap(operand => entry(operand.name, operand.about)),
    ...flagGroups.flatMap(({ title, flags }) => [
      `.SH ${plain(title.toUpperCase())}`,
      ...flags.flatMap(({ name: long, short, value, about: meaning }) => {
        const letter = short === undefined ? '' : `-${short}, `
        return entry(`${letter}--${long}${value === undefined ? '' : ` ${value}`}`, meaning)
      }),
    ]),
    ...(examples.length === 0 ? [] : ['.SH EXAMPLES', '.nf', ...examples.map(plain), '.fi']),
    ...(notes.length === 0 ? [] : ['.SH NOTES', '.nf', ...notes.map(plain), '.fi']),
    ...ending(),
  ]
  return [`${name}.1`, `${lines.join('\n')}\n`]
}

/** The page of `llm` itself. */
export function overviewPage(
  commands: readonly Command[],
  version: string,
): readonly [file: string, text: string] {
  const lines = [
    ...head('llm', version, 'Run one prompt per row of a file through a language model.'),
    '.SH SYNOPSIS',
    '\\fBllm\\fR COMMAND [options]',
    '.SH COMMANDS',
    ...commands.flatMap(({ words, about }) => entry(`llm ${words}`, about)),
    ...ending(),
  ]
  return ['llm.1', `${lines.join('\n')}\n`]
}

function head(name: string, version: string, about: string): readonly string[] {
  return [
    `.TH ${plain(name.toUpperCase())} 1 "" "llm-batch ${version}"`,
    '.SH NAME',
    `${plain(name)} \\- ${plain(about.replace(/\.$/, ''))}`,
  ]
}

function ending(): readonly string[] {
  const groups = endingGroups.flatMap(({ title, entries }) => [
    `.SH ${title.toUpperCase()}`,
    ...entries.flatMap(([name, about]) => entry(name, about)),
  ])
  return [...groups, '.SH SEE ALSO', plain(link)]
}

function entry(name: string, about: string): readonly string[] {
  return ['.TP', `\\fB${plain(name)}\\fR`, plain(about)]
}

/** Escapes what roff would change: dashes, backslashes, and a dot or quote at the start. */
function plain(text: string): string {
  return text.replaceAll('\\', '\\e').replaceAll('-', '\\-').replace(/^[.']/, '\\&$&')
}
