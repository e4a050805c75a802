import type { Readable } from 'node:stream'
import type { InputFormat, RowSource } from '../port/row-source.js'
import type { Columns, Row } from '../row/row.js'
import { checkForm, type SourceForm } from './check-form.js'
import { decompressInput, nameWithin } from './decompress-input.js'
import { detectFormat, doubtOfText, formatOfName, untilDetectable } from './detect-format.js'
import { batchLines, isBatchLine } from './json/batch-lines.js'
import { readJson } from './json/read-json.js'
import { readJsonl } from './json/read-jsonl.js'
import { nameInput } from './name-input.js'
import { type Input, inputUnreadable, openInput } from './open-input.js'
import { readParquet } from './parquet/read-parquet.js'
import { readText } from './read-text.js'
import { type ReadGroups, streamGroups } from './record/stream-groups.js'
import { readCsv } from './table/read-csv.js'
import { type MendedCounts, mendedTexts, noneMended } from './text/mended-counts.js'
import { transcodeText } from './text/transcode-text.js'
import { type ReadSheet, readXlsx } from './xlsx/read-xlsx.js'

export interface OpenSourceOptions extends SourceForm {
  /** Path of a file, or `-` for standard input. */
  readonly path: string
  readonly stdin: Readable
  /** Whether JSONL is read as an OpenAI batch if its first row is a line of one; no if absent. */
  readonly findsBatchLines?: boolean | undefined
}

/**
 * Opens an input and reads no more than its header or first row.
 *
 * @throws {BatchError} of reach `run`: INPUT_NOT_FOUND, INPUT_UNREADABLE, INPUT_FORMAT_UNKNOWN,
 * INPUT_ENCODING_INVALID, INPUT_SYNTAX_INVALID, COLUMN_DUPLICATE, FIELD_TOO_LARGE, INPUT_TOO_LARGE
 * (a workbook that unpacks to too much), USAGE_INVALID (a JSON path without an array, an option
 * that does not fit the format), DEPENDENCY_MISSING (.xlsx without saxes or yauzl). Each names the
 * input.
 */
export async function openSource(options: OpenSourceOptions): Promise<RowSource> {
  const { path, stdin } = options
  // Before the file is opened, because opening a named pipe waits for its other end.
  const known = options.format ?? (path === '-' ? undefined : formatOfName(nameWithin(path)))
  const input = await openInput(path, stdin)
  // An error may come before anybody reads. The reader gets it later.
  input.bytes.once('error', () => {})
  try {
    let bytesRead = 0
    const mended = noneMended()
    const counted = countBytes(input, count => {
      bytesRead += count
    })
    const isTold = known !== undefined
    const unpacked = decompressInput(counted, path)
    const text =
      known === 'xlsx' || known === 'parquet' ? unpacked : transcodeText(unpacked, options, mended)
    const { format, bytes, doubt } = isTold
      ? { format: known, bytes: text }
      : await peek(text, options)
    checkForm(options, format)
    const lines = { isBatch: format === 'openai-batch', first: undefined as Columns | undefined }
    let sheet: ReadSheet | undefined
    const onSheet = (read: ReadSheet): void => {
      sheet = read
    }
    const read = nameInput(readerOf(format, { ...options, mended, onFirst, onSheet }), path)
    const { rows, columns: told } = streamGroups(read, bytes, closeInput)
    const columns = await told
    return {
      format: lines.isBatch ? 'openai-batch' : format,
      path: input.path,
      sheet: sheet?.name,
      files: [input.path],
      rows,
      columns,
      firstLine: lines.isBatch ? lines.first : undefined,
      isColumnsFixed: !['json', 'jsonl', 'openai-batch'].includes(format),
      bytesTotal: input.bytesTotal,
      bytesRead: () => bytesRead,
      warnings: doubt === undefined ? [] : [doubt],
      notes: () => [...sheetText(sheet), ...mendedTexts(mended)],
    }

    function onFirst(row: Row): ReturnType<typeof batchLines> | undefined {
      lines.first = row.columns
      lines.isBatch ||= options.findsBatchLines === true && isBatchLine(row.columns)
      return lines.isBatch ? batchLines() : undefined
    }
  } catch (error) {
    closeInput()
    throw error
  }

  function closeInput(): void {
    input.bytes.destroy()
  }
}

interface ReaderOptions extends SourceForm {
  readonly mended: MendedCounts
  readonly onFirst: Parameters<typeof readJsonl>[0]
  readonly onSheet: (read: ReadSheet) => void
}

function readerOf(format: InputFormat, options: ReaderOptions): ReadGroups {
  switch (format) {
    case 'text':
      return readText()
    case 'csv':
      return readCsv(options)
    case 'tsv':
      return readCsv({ ...options, delimiter: options.delimiter ?? '\t' })
    case 'json':
      return readJson(options.jsonPath)
    case 'jsonl':
    case 'openai-batch':
      return readJsonl(options.onFirst)
    case 'xlsx':
      return readXlsx(options)
    case 'parquet':
      return readParquet()
  }
}

function sheetText(sheet: ReadSheet | undefined): readonly string[] {
  if (sheet === undefined) return []
  const { name, others } = sheet
  const left = others === 0 ? '' : ` (${others} other sheet${others === 1 ? '' : 's'}: see --sheet)`
  return [`The sheet ${JSON.stringify(name)} was read${left}`]
}

async function* countBytes(
  { path, bytes }: Input,
  onBytes: (count: number) => void,
): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of bytes as AsyncIterable<Buffer | string>) {
      onBytes(chunk.length)
      yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk
    }
  } catch (error) {
    const { code = 'unknown reason' } = error as NodeJS.ErrnoException
    throw inputUnreadable(path, `could not be read to its end: ${code}`, error)
  }
}

interface PeekedInput {
  readonly format: InputFormat
  readonly bytes: AsyncIterable<Buffer>
  /** Why the format may be wrong. */
  readonly doubt?: string | undefined
}

/**
 * Reads the beginning of an input until it shows the format, and no more, because a producer may
 * send one line and then pause.
 *
 * @returns all bytes, the beginning included.
 */
async function peek(input: AsyncGenerator<Buffer>, form: SourceForm): Promise<PeekedInput> {
  const isDetectable = untilDetectable()
  const pieces: Buffer[] = []
  for (let next = await input.next(); next.done !== true; next = await input.next()) {
    pieces.push(next.value)
    if (isDetectable(next.value)) break
  }
  const beginning = Buffer.concat(pieces)
  const format = detectFormat(beginning, form)
  const doubt = format === 'text' ? doubtOfText(beginning) : undefined
  return { format, bytes: resumed(), doubt }

  async function* resumed(): AsyncGenerator<Buffer> {
    yield* pieces.splice(0)
    yield* input
  }
}
