import type { ResolvedBatchOptions } from '../../config/batch-options.js'
import { type BatchError, runError } from '../../error/batch-error.js'
import { isTable, type OutputFormat, outputFormats } from '../../port/row-sink.js'

const delimited: readonly OutputFormat[] = ['csv', 'tsv']

/** The options that only some formats have, and those formats. */
const owners = [
  ['bom', '--bom', delimited],
  ['crlf', '--crlf', delimited],
  ['excel', '--excel', delimited],
  ['errorColumn', '--error-column', outputFormats.filter(isTable)],
] as const

/**
 * Proves that the options of a table fit the format of the output: an option that does nothing is
 * a mistake.
 *
 * @throws {BatchError} OPTIONS_INVALID, reach `run`.
 */
export function checkTableOptions(options: ResolvedBatchOptions, format: OutputFormat): void {
  for (const [option, flag, formats] of owners) {
    if (options[option] === undefined || options[option] === false) continue
    if (!formats.includes(format)) throw optionUnfit(flag, formats, format)
  }
}

function optionUnfit(
  flag: string,
  formats: readonly OutputFormat[],
  format: OutputFormat,
): BatchError {
  return runError(
    'OPTIONS_INVALID',
    `${flag} needs an output that is ${formats.join(' or ')}, but the output is ${format}`,
    `Leave out ${flag}, or name a .${formats[0]} file with --output, or add --format ${formats[0]}.`,
  )
}
