import type { Command, Flag } from './command.js'

/** Columns of the left one of two columns. */
const widestLeft = 26

/** The text of `llm --help`. */
export function overviewText(commands: readonly Command[]): string {
  const rows = commands.map(command => [usageOf(command), command.about] as const)
  return `${[
    'Usage: llm COMMAND [options]',
    '',
    'Runs one prompt per row of a file through a language model, and loses nothing that was paid for.',
    '',
    'Commands:',
    ...twoColumns(rows),
    '',
    'Options:',
    ...twoColumns([
      ['-h, --help', 'show this, or the help of a command: llm batch --help'],
      ['--version', 'show the version'],
    ]),
  ].join('\n')}\n`
}

/** The text of `llm COMMAND --help`. */
export function commandHelpText(command: Command): string {
  const { operands, flagGroups, examples = [], notes = [] } = command
  const usage = ['Usage: llm', usageOf(command), ...(flagGroups.length > 0 ? ['[options]'] : [])]
  const groups = flagGroups.map(({ title, flags }) => ({
    title,
    rows: flags.map(flag => [flagUsage(flag), flag.about] as const),
  }))
  const lengths = groups.flatMap(({ rows }) => rows.map(([left]) => left.length))
  const width = Math.min(widestLeft, Math.max(0, ...lengths))
  const sections = [
    [usage.join(' ')],
    [command.about],
    ...(operands.length === 0
      ? []
      : [twoColumns(operands.map(({ name, about }) => [name, about] as const))]),
    ...groups.map(({ title, rows }) => [`${title}:`, ...twoColumns(rows, width)]),
    ...(examples.length === 0 ? [] : [['Examples:', ...examples.map(line => `  ${line}`)]]),
    ...(notes.length === 0 ? [] : [notes]),
  ]
  return `${sections.map(lines => lines.join('\n')).join('\n\n')}\n`
}

function usageOf({ words, operands }: Command): string {
  const shown = operands.map(({ name, isRequired, isRepeatable }) => {
    const operand = isRepeatable ? `${name}...` : name
    return isRequired ? operand : `[${operand}]`
  })
  return [words, ...shown].join(' ')
}

function flagUsage({ name, short, value, isValueOptional }: Flag): string {
  const letter = short === undefined ? '    ' : `-${short}, `
  const shown = isValueOptional ? `[=${value}]` : ` ${value}`
  return `${letter}--${name}${value === undefined ? '' : shown}`
}

/** @param width of the left column; a longer text pushes its right neighbour away. */
function twoColumns(
  rows: readonly (readonly [string, string])[],
  width = Math.min(widestLeft, Math.max(0, ...rows.map(([left]) => left.length))),
): readonly string[] {
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`)
}
