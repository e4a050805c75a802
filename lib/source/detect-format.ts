import { extname } from 'node:path'
import { type BatchError, runError } from '../error/batch-error.js'
import type { InputFormat } from '../port/row-source.js'
import { decodeText } from './text/decode-text.js'

const formatsByExtension: Readonly<Record<string, InputFormat>> = {
  '.txt': 'text',
  '.csv': 'csv',
  '.tsv': 'tsv',
  '.json': 'json',
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
  '.xlsx': 'xlsx',
}

/** Bytes in which the first line is looked for. A longer line is judged by its start. */
const longestBeginning = 64 * 1024
const zipSignature = Buffer.from([0x50, 0x4b, 0x03, 0x04])
const headerCell = /^[\p{L}_][\p{L}\p{N}_ .\-/()#%&]{0,63}$/u

/**
 * The format that a file's name says.
 *
 * @returns undefined if the name has no extension. Then the first bytes decide.
 * @throws {BatchError} INPUT_FORMAT_UNKNOWN, reach `run`, for an unknown extension: to ask about
 * each line of a .parquet file would cost money.
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
 * one line that is not blank. Each byte is read once, because a first line may come byte by byte.
 */
export function untilDetectable(): (piece: Buffer) => boolean {
  const { write } = decodeText()
  let length = 0
  let hasWord = false
  let hasLine = false
  let isBad = false

  return piece => {
    length += piece.length
    try {
      if (!isBad) write(piece, look)
    } catch {
      isBad = true // the reader reports bad bytes
    }
    return hasLine || length >= longestBeginning
  }

  function look(text: string): void {
    const start = hasWord ? 0 : text.search(/\S/)
    hasWord = start >= 0
    if (hasWord && text.includes('\n', start)) hasLine = true
  }
}

/**
 * Detects the format of an input by its first bytes.
 *
 * @param beginning at least the first line, if there is one.
 * @param jsonPath `--json-path`; only JSON has it.
 * @throws {BatchError} INPUT_FORMAT_UNKNOWN, reach `run`, if the bytes are neither text nor a
 * workbook.
 */
export function detectFormat(beginning: Buffer, jsonPath?: string): InputFormat {
  if (beginning.subarray(0, 4).equals(zipSignature)) return 'xlsx'
  const text = textOf(beginning)
  if (text.includes('\0')) throw formatUnknown('What the input begins with')
  if (jsonPath !== undefined) return 'json'
  const isTooLong = !text.includes('\n') && beginning.length >= longestBeginning
  const line = text.trimStart().split('\n', 1)[0]?.trimEnd() ?? ''
  // In a text, a bracket at the start of a line is followed by a word.
  if (/^\[\s*([[{"\]\d-]|true|false|null|$)/.test(line)) return 'json'
  if (line.startsWith('{')) return isOpenObject(line) && !isTooLong ? 'json' : 'jsonl'
  if (line.startsWith('"') && isJson(line)) return 'jsonl'
  return tableFormat(line) ?? 'text'
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

/**
 * A header has two or more cells that look like names. In a sentence, a space follows the comma.
 */
function tableFormat(line: string): InputFormat | undefined {
  if (isHeader(line.split('\t'))) return 'tsv'
  if (isHeader(line.split(','))) return 'csv'
  return undefined
}

function isHeader(cells: readonly string[]): boolean {
  const names = cells.map(cell => cell.replace(/^"(.*)"$/, '$1'))
  return names.length > 1 && names.every(name => name === '' || isName(name)) && names[0] !== ''
}

function isName(cell: string): boolean {
  return headerCell.test(cell) && !cell.endsWith(' ') && !cell.endsWith('.')
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
