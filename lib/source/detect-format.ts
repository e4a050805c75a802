import { extname } from 'node:path'
import { type BatchError, runError } from '../error/batch-error.js'
import type { InputFormat } from '../port/row-source.js'
import type { SourceForm } from './check-form.js'
import { looksLikeHeader, tableFormat } from './table/table-format.js'
import { decodeText } from './text/decode-text.js'

const formatsByExtension: Readonly<Record<string, InputFormat>> = {
  '.txt': 'text',
  '.csv': 'csv',
  '.tsv': 'tsv',
  '.json': 'json',
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
  '.xlsx': 'xlsx',
  '.xlsm': 'xlsx',
  '.parquet': 'parquet',
}

/** Bytes in which the first line is looked for. A longer line is judged by its start. */
const longestBeginning = 64 * 1024
const longestShown = 80
const zipSignature = Buffer.from([0x50, 0x4b, 0x03, 0x04])
const parquetSignature = Buffer.from('PAR1')

/**
 * The format that a file's name says.
 *
 * @returns undefined if the name has no extension. Then the first bytes decide.
 * @throws {BatchError} INPUT_FORMAT_UNKNOWN, reach `run`, for an unknown extension: to ask about
 * each line of a .docx file would cost money.
 */
export function formatOfName(path: string): InputFormat | undefined {
  const extension = extname(path).toLowerCase()
  if (extension === '') return undefined
  const format = formatsByExtension[extension]
  if (format === undefined) throw formatUnknown(`${path}: the extension ${extension}`)
  return format
}

/**
 * Makes a function that takes the bytes piece by piece, and says whether `detectFormat` has enough:
 * one line that is not blank, or two if the first leaves a doubt. Each byte is read once, because a
 * line may come byte by byte.
 */
export function untilDetectable(): (piece: Buffer) => boolean {
  const { write } = decodeText()
  let length = 0
  let line = ''
  let first: string | undefined
  let isEnough = false
  let isBad = false

  return piece => {
    length += piece.length
    try {
      if (!isBad) write(piece, look)
    } catch {
      isBad = true // the reader reports bad bytes
    }
    return isEnough || length >= longestBeginning
  }

  function look(text: string): void {
    for (const char of text) {
      if (char === '\n' || char === '\r') endLine()
      else line += char
    }
  }

  function endLine(): void {
    const ended = line.trim()
    line = ''
    if (ended === '') return
    if (first !== undefined || tableFormat(ended) !== 'unsure') isEnough = true
    first ??= ended
  }
}

/**
 * Detects the format of an input by its first bytes.
 *
 * @param beginning at least the first line, if there is one.
 * @param form options that only some formats have.
 * @throws {BatchError} INPUT_FORMAT_UNKNOWN, reach `run`, if the bytes are neither text nor a
 * workbook.
 */
export function detectFormat(beginning: Buffer, form: SourceForm = {}): InputFormat {
  if (beginning.subarray(0, 4).equals(zipSignature)) return 'xlsx'
  const isParquet = beginning.subarray(0, 4).equals(parquetSignature)
  if (isParquet && beginning.length > 12) return 'parquet'
  const text = textOf(beginning)
  if (text.includes('\0')) throw formatUnknown('What the input begins with')
  if (form.jsonPath !== undefined) return 'json'
  if (isTableForm(form)) return 'csv'
  const [line, second] = firstLines(text)
  const isTooLong = second === undefined && beginning.length >= longestBeginning
  // In a text, a bracket at the start of a line is followed by a word.
  if (/^\[\s*([[{"\]\d-]|true|false|null|$)/.test(line)) return 'json'
  if (line.startsWith('{')) return isOpenObject(line) && !isTooLong ? 'json' : 'jsonl'
  if (line.startsWith('"') && isJson(line)) return 'jsonl'
  const table = tableFormat(line, second ?? '')
  return table === 'unsure' ? 'text' : table
}

/** Why an input that `detectFormat` takes for a text may be a table; absent if nothing says so. */
export function doubtOfText(beginning: Buffer): string | undefined {
  const [line] = firstLines(textOf(beginning))
  if (!looksLikeHeader(line)) return undefined
  const shown = JSON.stringify(line.slice(0, longestShown))
  return `The input is read as text, one prompt a line, though its first line looks like a header: ${shown}. If it is a table, add --input-format csv.`
}

function isTableForm({ delimiter, headerRow, renameDuplicates }: SourceForm): boolean {
  return delimiter !== undefined || headerRow !== undefined || renameDuplicates === true
}

/** The first two lines that are not blank. */
function firstLines(text: string): readonly [string, string | undefined] {
  const lines = text.split(/[\r\n]+/).map(line => line.trim())
  const [first = '', second] = lines.filter(line => line !== '')
  return [first, second]
}

/** Whether a line starts an object of several lines, and is not a line of JSONL, even a bad one. */
function isOpenObject(line: string): boolean {
  return /[{[,:]$/.test(line)
}

function isJson(line: string): boolean {
  try {
    JSON.parse(line)
    return true
  } catch {
    return false
  }
}

/** The text before the first bad byte. The reader reports bad bytes. */
function textOf(beginning: Buffer): string {
  let text = ''
  try {
    decodeText().write(beginning, part => {
      text += part
    })
  } catch {
    return text
  }
  return text
}

function formatUnknown(what: string): BatchError {
  const known = [...new Set(Object.values(formatsByExtension))].join(', ')
  return runError(
    'INPUT_FORMAT_UNKNOWN',
    `Unknown input format: ${what} is none of ${known}`,
    `Name the format with --input-format: ${known}.`,
  )
}
