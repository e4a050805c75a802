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
  /** From the name's extension, else from the first bytes, when absent. */
  readonly format?: InputFormat | undefined
  /** Where in a JSON document the rows are, such as `data.items`. */
  readonly jsonPath?: string | undefined
  /** Megabytes that a workbook may unpack to; see `openZip` for when it is absent. */
  readonly maxUnpackedMb?: number | undefined
}

/**
 * Opens an input and reads its beginning: a header, or a first row, and no more than that.
 *
 * @throws {BatchError} of reach `run`, for all that is known to be wrong by then: INPUT_NOT_FOUND,
 * INPUT_UNREADABLE, INPUT_FORMAT_UNKNOWN, INPUT_ENCODING_INVALID, INPUT_SYNTAX_INVALID,
 * COLUMN_DUPLICATE, FIELD_TOO_LARGE, INPUT_TOO_LARGE (a workbook that unpacks to too much),
 * USAGE_INVALID (a JSON path that leads to no array), DEPENDENCY_MISSING (.xlsx without saxes or
 * yauzl).
 */
export async function openSource(options: OpenSourceOptions): Promise<RowSource> {
  const { path, stdin, jsonPath } = options
  // Before the file is opened: a named pipe would wait for its other end.
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

/** As an error it would destroy the stage, and with it the records that nobody has taken yet. */
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
      throw inputUnreadable(path, `could not be read on: ${code ?? 'unknown reason'}`, error)
    }
  }
}

/** Resolves at the stage's `columns`; a stage that fails before has given no record. */
function columnsOf(rows: Readable): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    rows.once('columns', resolve)
    // Stays for good: until a reader has its own, an error must not end the process. It is not lost
    // to that reader.
    rows.on('error', reject)
  })
}

function jsonPathUnfit(path: string, format: InputFormat): BatchError {
  return runError(
    'USAGE_INVALID',
    `--json-path needs a JSON input, but ${path} is read as ${format}`,
    'Leave it out, or say --input-format json.',
  )
}
