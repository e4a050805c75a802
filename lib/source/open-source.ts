import type { Readable } from 'node:stream'
import { type BatchError, runError } from '../error/batch-error.js'
import type { InputFormat, RowSource } from '../port/row-source.js'
import type { Columns, Row } from '../row/row.js'
import { detectFormat, formatOfName, untilDetectable } from './detect-format.js'
import { batchLines, isBatchLine } from './json/batch-lines.js'
import { readJson } from './json/read-json.js'
import { readJsonl } from './json/read-jsonl.js'
import { type Input, inputUnreadable, openInput } from './open-input.js'
import { readText } from './read-text.js'
import { type ReadGroups, streamGroups } from './record/stream-groups.js'
import { readCsv } from './table/read-csv.js'
import { readXlsx } from './xlsx/read-xlsx.js'

export interface OpenSourceOptions {
  /** Path of a file, or `-` for standard input. */
  readonly path: string
  readonly stdin: Readable
  /** If absent, decided by the name's extension, else by the first bytes. */
  readonly format?: InputFormat | undefined
  /** Whether JSONL is read as an OpenAI batch if its first row is a line of one; no if absent. */
  readonly findsBatchLines?: boolean | undefined
  /** Path of the array in a JSON document, such as `data.items`. */
  readonly jsonPath?: string | undefined
  /** Megabytes that a workbook may unpack to; `openZip` has the default. */
  readonly maxUnpackedMb?: number | undefined
}

/**
 * Opens an input and reads no more than its header or first row.
 *
 * @throws {BatchError} of reach `run`: INPUT_NOT_FOUND, INPUT_UNREADABLE, INPUT_FORMAT_UNKNOWN,
 * INPUT_ENCODING_INVALID, INPUT_SYNTAX_INVALID, COLUMN_DUPLICATE, FIELD_TOO_LARGE, INPUT_TOO_LARGE
 * (a workbook that unpacks to too much), USAGE_INVALID (a JSON path without an array),
 * DEPENDENCY_MISSING (.xlsx without saxes or yauzl).
 */
export async function openSource(options: OpenSourceOptions): Promise<RowSource> {
  const { path, stdin, jsonPath } = options
  // Before the file is opened, because opening a named pipe waits for its other end.
  const known = options.format ?? (path === '-' ? undefined : formatOfName(path))
  const input = await openInput(path, stdin)
  // An error may come before anybody reads. The reader gets it later.
  input.bytes.once('error', () => {})
  try {
    let bytesRead = 0
    const counted = countBytes(input, count => {
      bytesRead += count
    })
    const { format, bytes } =
      known === undefined ? await peekFormat(counted, jsonPath) : { format: known, bytes: counted }
    if (jsonPath !== undefined && format !== 'json') throw jsonPathUnfit(input.path, format)
    const lines = { isBatch: format === 'openai-batch', first: undefined as Columns | undefined }
    const { rows, columns: told } = streamGroups(
      readerOf(format, { ...options, onFirst }),
      bytes,
      closeInput,
    )
    const columns = await told
    return {
      format: lines.isBatch ? 'openai-batch' : format,
      path: input.path,
      rows,
      columns,
      firstLine: lines.isBatch ? lines.first : undefined,
      isColumnsFixed: !['json', 'jsonl', 'openai-batch'].includes(format),
      bytesTotal: input.bytesTotal,
      bytesRead: () => bytesRead,
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

interface ReaderOptions extends Pick<OpenSourceOptions, 'jsonPath' | 'maxUnpackedMb'> {
  readonly onFirst: Parameters<typeof readJsonl>[0]
}

function readerOf(
  format: InputFormat,
  { jsonPath, maxUnpackedMb, onFirst }: ReaderOptions,
): ReadGroups {
  switch (format) {
    case 'text':
      return readText()
    case 'csv':
      return readCsv(',')
    case 'tsv':
      return readCsv('\t')
    case 'json':
      return readJson(jsonPath)
    case 'jsonl':
    case 'openai-batch':
      return readJsonl(onFirst)
    case 'xlsx':
      return readXlsx(maxUnpackedMb)
  }
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

/**
 * Reads the beginning of an input until it shows the format, and no more, because a producer may
 * send one line and then pause.
 *
 * @returns all bytes, the beginning included.
 */
async function peekFormat(
  input: AsyncGenerator<Buffer>,
  jsonPath: string | undefined,
): Promise<{ readonly format: InputFormat; readonly bytes: AsyncIterable<Buffer> }> {
  const isDetectable = untilDetectable()
  const pieces: Buffer[] = []
  for (let next = await input.next(); next.done !== true; next = await input.next()) {
    pieces.push(next.value)
    if (isDetectable(next.value)) break
  }
  return { format: detectFormat(Buffer.concat(pieces), jsonPath), bytes: resumed() }

  async function* resumed(): AsyncGenerator<Buffer> {
    yield* pieces.splice(0)
    yield* input
  }
}

function jsonPathUnfit(path: string, format: InputFormat): BatchError {
  return runError(
    'USAGE_INVALID',
    `--json-path needs a JSON input, but ${path} is read as ${format}`,
    'Leave out --json-path, or add --input-format json.',
  )
}
