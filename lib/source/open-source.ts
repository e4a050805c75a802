import { type Duplex, pipeline, Readable } from 'node:stream'
import { type BatchError, runError } from '../error/batch-error.js'
import type { InputFormat, RowSource } from '../port/row-source.js'
import { detectFormat, formatOfName, untilDetectable } from './detect-format.js'
import { readJson } from './json/read-json.js'
import { readJsonl } from './json/read-jsonl.js'
import { type Input, inputUnreadable, openInput } from './open-input.js'
import { peekBytes } from './peek-bytes.js'
import { readText } from './read-text.js'
import { readCsv } from './table/read-csv.js'
import { readXlsx } from './xlsx/read-xlsx.js'

export interface OpenSourceOptions {
  /** Path of a file, or `-` for standard input. */
  readonly path: string
  readonly stdin: Readable
  /** If absent, decided by the name's extension, else by the first bytes. */
  readonly format?: InputFormat | undefined
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
  try {
    const { format, bytes } = await settleFormat(input, known, jsonPath)
    if (jsonPath !== undefined && format !== 'json') throw jsonPathUnfit(input.path, format)
    const meter = { bytesRead: 0 }
    const rows = readFormat(format, countBytes(bytes, input.path, meter), options)
    rows.once('close', () => input.bytes.destroy())
    return {
      format,
      path: input.path,
      rows,
      columns: await columnsOf(rows),
      isColumnsFixed: format !== 'json' && format !== 'jsonl',
      bytesTotal: input.bytesTotal,
      bytesRead: () => meter.bytesRead,
    }
  } catch (error) {
    input.bytes.destroy()
    throw error
  }
}

async function settleFormat(
  input: Input,
  known: InputFormat | undefined,
  jsonPath: string | undefined,
): Promise<{ readonly format: InputFormat; readonly bytes: Readable }> {
  if (known !== undefined) return { format: known, bytes: input.bytes }
  const { beginning, bytes } = await peekBytes(input.bytes, untilDetectable())
  return { format: detectFormat(beginning, jsonPath), bytes }
}

function readFormat(
  format: InputFormat,
  bytes: Readable,
  { jsonPath, maxUnpackedMb }: OpenSourceOptions,
): Readable {
  switch (format) {
    case 'text':
      return through(bytes, readText())
    case 'csv':
      return through(bytes, readCsv())
    case 'tsv':
      return through(bytes, readCsv({ delimiter: '\t' }))
    case 'json':
      return through(bytes, readJson({ path: jsonPath }))
    case 'jsonl':
      return through(bytes, readJsonl())
    case 'xlsx':
      return readXlsx(bytes, { maxUnpackedMb })
  }
}

function through(bytes: Readable, stage: Duplex): Readable {
  pipeline(failureAsChunk(bytes), stage, () => {})
  return stage
}

/**
 * Written to the stage, not emitted: an error event would destroy the stage with the records in it.
 */
async function* failureAsChunk(bytes: Readable): AsyncGenerator<unknown> {
  try {
    yield* bytes
  } catch (error) {
    yield error
  }
}

function countBytes(bytes: Readable, path: string, meter: { bytesRead: number }): Readable {
  return Readable.from(counted(), { objectMode: false })

  async function* counted(): AsyncGenerator<Buffer> {
    try {
      for await (const chunk of bytes as AsyncIterable<Buffer>) {
        meter.bytesRead += chunk.length
        yield chunk
      }
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      throw inputUnreadable(
        path,
        `could not be read to its end: ${code ?? 'unknown reason'}`,
        error,
      )
    }
  }
}

/** Resolves at the stage's `columns` event. A stage that fails before has given no record. */
function columnsOf(rows: Readable): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    rows.once('columns', resolve)
    // This listener stays: an error without a listener would end the process. A later reader still
    // gets the error.
    rows.on('error', reject)
  })
}

function jsonPathUnfit(path: string, format: InputFormat): BatchError {
  return runError(
    'USAGE_INVALID',
    `--json-path needs a JSON input, but ${path} is read as ${format}`,
    'Leave out --json-path, or add --input-format json.',
  )
}
