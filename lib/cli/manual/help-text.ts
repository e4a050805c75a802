import stringWidth from 'string-width'
import type { Command, Flag } from '../words/command.js'
import { endingGroups, link } from './help-ending.js'
import { wrapText } from './wrap-text.js'

/** Columns of the left one of two columns. */
const widestLeft = 26
/** Without a terminal. Texts on a wider terminal are hard to read. */
const widest = 100
/** Columns of a terminal from which on two columns stand side by side. */
const leastForTwo = 60

type Rows = readonly (readonly [left: string, right: string])[]

/**
 * The text of `llm --help`.
 *
 * @param width columns of the terminal; undefined for a pipe.
 */
export function overviewText(commands: readonly Command[], width: number = widest): string {
  const rows = commands.map(command => [usageOf(command), command.about] as const)
  const options: Rows = [
    ['-h, --help', 'show this, or the help of a command: llm batch --help'],
    ['-V, --version', 'show the version'],
  ]
  return joined([
    ['Usage: llm COMMAND [options]'],
    wrapText(
      'Runs one prompt per row of a file through a language model, and loses nothing that was paid for.',
      fitting(width),
    ),
    ['Commands:', ...twoColumns(rows, width)],
    ['Options:', ...twoColumns(options, width)],
    ...ending(width),
  ])
}

/**
 * The text of `llm COMMAND --help`.
 *
 * @param width columns of the terminal; undefined for a pipe.
 */
export function commandHelpText(command: Command, width: number = widest): string {
  const { operands, flagGroups, examples = [], notes = [], words } = command
  const usage = ['Usage: llm', usageOf(command), ...(flagGroups.length > 0 ? ['[options]'] : [])]
  const groups = flagGroups.map(({ title, flags }) => ({
    title,
    rows: flags.map(flag => [flagUsage(flag), flag.about] as const),
  }))
  const lengths = groups.flatMap(({ rows }) => rows.map(([left]) => left.length))
  const left = Math.min(widestLeft, Math.max(0, ...lengths))
  const wrapped = (text: string) => wrapText(text, fitting(width))
  return joined([
    wrapped(usage.join(' ')),
    wrapped(command.about),
    operands.length === 0
      ? []
      : twoColumns(
          operands.map(({ name, about }) => [name, about] as const),
          width,
        ),
    ...groups.map(({ title, rows }) => [`${title}:`, ...twoColumns(rows, width, left)]),
    examples.length === 0 ? [] : ['Examples:', ...examples.map(line => `  ${line}`)],
    notes.flatMap(wrapped),
    ...(words === 'batch' ? ending(width) : []),
  ])
}

/** Exit codes, environment variables, files, and a link. */
function ending(width: number): readonly (readonly string[])[] {
  const groups = endingGroups.map(({ title, entries }) => [
    `${title}:`,
    ...twoColumns(entries, width),
  ])
  return [...groups, wrapText(link, fitting(width))]
}

function joined(sections: readonly (readonly string[])[]): string {
  const texts = sections.filter(lines => lines.length > 0).map(lines => lines.join('\n'))
  return `${texts.join('\n\n')}\n`
}

function usageOf({ words, operands }: Command): string {
  const shown = operands.map(({ name, isRequired, isRepeatable }) => {
    const operand = isRepeatable ? `${name}...` : name
    return isRequired ? operand : `[${operand}]`
  })
  return [words, ...shown].join(' ')
}

/** A flag as help shows it: `-t, --template TEXT`. */
export function flagUsage({ name, short, value, isValueOptional }: Flag): string {
  const letter = short === undefined ? '    ' : `-${short}, `
  const shown = isValueOptional ? `[=${value}]` : ` ${value}`
  return `${letter}--${name}${value === undefined ? '' : shown}`
}

function fitting(width: number): number {
  return Math.max(1, Math.min(width, widest))
}

/**
 * On a narrow terminal, the right text stands below the left.
 *
 * @param left columns of the left one; a longer text pushes its right neighbour away.
 */
function twoColumns(
  rows: Rows,
  width: number,
  left = Math.min(widestLeft, Math.max(0, ...rows.map(([text]) => stringWidth(text)))),
): readonly string[] {
  const room = fitting(width)
  if (room < leastForTwo) {
    return rows.flatMap(([name, about]) => [
      ...wrapText(`  ${name.trim()}`, room),
      ...wrapText(`      ${about}`, room),
    ])
  }
  const margin = ' '.repeat(left + 4)
  return rows.flatMap(([name, about]) => {
    const start = `  ${name}${' '.repeat(Math.max(0, left - stringWidth(name)))}  `
    const [first = '', ...rest] = wrapText(about, room - margin.length)
    const pushed = stringWidth(start + first) > room
    if (!pushed) return [start + first, ...rest.map(line => margin + line)]
    return [start.trimEnd(), ...[first, ...rest].map(line => margin + line)]
  })
}
