import { type BatchError, runError } from '../error/batch-error.js'
import type { InputFormat } from '../port/row-source.js'

/** How an input is read, where its name and its bytes do not tell. */
export interface SourceForm {
  /** If absent, decided by the name's extension, else by the first bytes. */
  readonly format?: InputFormat | undefined
  /** Path of the array in a JSON document, such as `data.items`. */
  readonly jsonPath?: string | undefined
  /** Name of a workbook's sheet, or number of its tab; the first that is not hidden if absent. */
  readonly sheet?: string | number | undefined
  /** Megabytes that a workbook may unpack to; `openZip` has the default. */
  readonly maxUnpackedMb?: number | undefined
  /** The character between the fields of a table; told from the header if absent. */
  readonly delimiter?: string | undefined
  /** Line of a table that names its columns, from 1. */
  readonly headerRow?: number | undefined
  /** Whether columns with the same name are numbered: `price`, `price_2`. */
  readonly renameDuplicates?: boolean | undefined
  /** Encoding of a text format, by a name of the Encoding Standard; UTF-8 or UTF-16 if absent. */
  readonly encoding?: string | undefined
  /** Whether a byte that is not in the encoding is an error, or becomes U+FFFD. */
  readonly badBytes?: 'fail' | 'replace' | undefined
}

/** The options of a batch that say how its input is read, without those that say more. */
export function formOf(options: SourceForm): SourceForm {
  const { jsonPath, sheet, maxUnpackedMb, delimiter, headerRow } = options
  const { renameDuplicates, encoding, badBytes } = options
  const ofText = { encoding, badBytes }
  return { jsonPath, sheet, maxUnpackedMb, delimiter, headerRow, renameDuplicates, ...ofText }
}

const textFormats = ['text', 'csv', 'tsv', 'json', 'jsonl', 'openai-batch'] as const

/** What an option is if nobody asks for anything. */
const asUsual: readonly unknown[] = [undefined, false, 'fail']

/** The options that only some formats have, and those formats. */
const owners = [
  ['jsonPath', '--json-path', ['json']],
  ['sheet', '--sheet', ['xlsx']],
  ['delimiter', '--delimiter', ['csv', 'tsv']],
  ['headerRow', '--header-row', ['csv', 'tsv', 'xlsx']],
  ['renameDuplicates', '--rename-duplicates', ['csv', 'tsv', 'xlsx']],
  ['encoding', '--encoding', textFormats],
  ['badBytes', '--bad-bytes replace', textFormats],
] as const

/**
 * Proves that each option fits the format of the input: an option that does nothing is a mistake.
 *
 * @throws {BatchError} USAGE_INVALID, reach `run`.
 */
export function checkForm(form: SourceForm & { readonly path: string }, format: InputFormat): void {
  for (const [option, flag, formats] of owners) {
    if (asUsual.includes(form[option])) continue
    if (!(formats as readonly InputFormat[]).includes(format)) {
      throw formUnfit(form.path, format, { flag, formats })
    }
  }
}

function formUnfit(
  path: string,
  format: InputFormat,
  { flag, formats }: { readonly flag: string; readonly formats: readonly InputFormat[] },
): BatchError {
  const name = path === '-' ? 'standard input' : path
  return runError(
    'USAGE_INVALID',
    `${flag} needs an input that is ${formats.join(', ')}, but ${name} is read as ${format}`,
    `Leave out ${flag}, or name the format: --input-format ${formats[0]}.`,
  )
}
