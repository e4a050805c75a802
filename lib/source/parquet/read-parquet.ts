import type { FileHandle } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import type { AsyncBuffer, Compressors, FileMetaData, SchemaTree } from 'hyparquet'
import { BatchError, runError } from '../../error/batch-error.js'
import { loadExtra } from '../../extras/load-extra.js'
import { parseJson } from '../../row/exact-json.js'
import type { Columns, ColumnValue } from '../../row/row.js'
import { groupRecords } from '../record/parse-groups.js'
import type { ReadGroups } from '../record/stream-groups.js'
import { copyToTemporaryFile } from '../xlsx/copy-to-temporary-file.js'
import { columnValue, takeMeanings } from './parquet-value.js'

type Hyparquet = typeof import('hyparquet')

/** Uncompressed bytes of the rows that are read at once. */
const bytesAtOnce = 8 * 1024 * 1024
const mostRowsAtOnce = 20_000
/** Bytes of a row group as stored, which are in memory while its rows are read. */
const largestGroup = 1024 * 1024 * 1024

/**
 * Reads the rows of a Parquet file: each column has the values of `columnValue`.
 *
 * The bytes go to a temporary file first, because the schema is at the end. A row group is read in
 * parts, so that the values of a few megabytes are in memory, and the stored bytes of one group.
 *
 * Errors: INPUT_SYNTAX_INVALID if the bytes are not Parquet, or are damaged; INPUT_TOO_LARGE for a
 * row group of over 1 GB; DEPENDENCY_MISSING if hyparquet is not installed.
 */
export function readParquet(): ReadGroups {
  return async function* readGroups(bytes, tellColumns, signal) {
    const hyparquet = await loadExtra<Hyparquet>('parquet', 'hyparquet')
    const { compressors } = await loadExtra<{ readonly compressors: Compressors }>(
      'parquet',
      'hyparquet-compressors',
    )
    const copy = await copyToTemporaryFile(bytes, tmpdir(), signal)
    const grouping = groupRecords()
    let index = 0
    try {
      const file = await asyncBuffer(copy)
      const metadata = await hyparquet.parquetMetadataAsync(file, { geoparquet: false })
      const schema = hyparquet.parquetSchema(metadata)
      const meanings = takeMeanings(schema)
      const names = schema.children.map(({ element }) => element.name)
      checkNames(names)
      tellColumns(names)
      for (const { start, end } of partsOf(metadata)) {
        signal.throwIfAborted()
        const read = { file, metadata, compressors, rowStart: start, rowEnd: end }
        for (const cells of await rowsOf(hyparquet, read)) {
          const columns = rowColumns(cells, schema, meanings)
          const group = grouping.add({ kind: 'row', index, columns }, lengthOf(columns))
          index += 1
          if (group !== undefined) yield group
        }
        const group = grouping.rest()
        if (group.length > 0) yield group
        if (index !== end) throw new Error(`It ends after ${index} rows`)
      }
    } catch (error) {
      const group = grouping.rest()
      if (group.length > 0) yield group
      if (BatchError.isInstance(error) || signal.aborted) throw error
      throw parquetInvalid(index, error)
    } finally {
      await copy.close()
    }
  }
}

interface PartToRead {
  readonly file: AsyncBuffer
  readonly metadata: FileMetaData
  readonly compressors: Compressors
  readonly rowStart: number
  readonly rowEnd: number
}

/** Cells in the order of the schema. */
function rowsOf({ parquetRead }: Hyparquet, part: PartToRead): Promise<unknown[][]> {
  return new Promise((resolve, reject) => {
    parquetRead({
      ...part,
      utf8: false,
      useOffsetIndex: true,
      parsers: {
        timestampFromNanoseconds: nanos => nanos,
        jsonFromBytes: bytes => bytes && parseJson(Buffer.from(bytes).toString('utf8')),
      },
      onComplete: resolve,
    }).catch(reject)
  })
}

/** Ranges of rows, none of which crosses the end of a row group. */
function* partsOf({ row_groups: groups }: FileMetaData): Generator<{ start: number; end: number }> {
  let groupStart = 0
  for (const group of groups) {
    const rows = Number(group.num_rows)
    const chunks = group.columns.map(column => column.meta_data)
    const sum = (sizes: readonly (bigint | undefined)[]) =>
      sizes.reduce<number>((total, size) => total + Number(size ?? 0n), 0)
    const stored = sum(chunks.map(chunk => chunk?.total_compressed_size))
    if (stored > largestGroup) throw groupTooLarge(stored)
    const unpacked = sum(chunks.map(chunk => chunk?.total_uncompressed_size))
    const fitting = Math.floor((rows * bytesAtOnce) / Math.max(unpacked, 1))
    const atOnce = Math.min(mostRowsAtOnce, Math.max(fitting, 1000))
    for (let start = 0; start < rows; start += atOnce) {
      const end = Math.min(start + atOnce, rows)
      yield { start: groupStart + start, end: groupStart + end }
    }
    groupStart += rows
  }
}

function rowColumns(
  cells: readonly unknown[],
  { children }: SchemaTree,
  meanings: ReturnType<typeof takeMeanings>,
): Columns {
  const columns: Record<string, ColumnValue> = Object.create(null)
  children.forEach((child, at) => {
    columns[child.element.name] = columnValue(cells[at], child, meanings)
  })
  return columns
}

/** Characters, approximately: only texts are long. */
function lengthOf(columns: Columns): number {
  let length = 0
  for (const name in columns) {
    const value = columns[name]
    length += typeof value === 'string' ? value.length : 8
  }
  return length
}

async function asyncBuffer(file: FileHandle): Promise<AsyncBuffer> {
  const { size } = await file.stat()
  return {
    byteLength: size,
    async slice(start, end = size) {
      if (start < 0 || end > size || start > end) throw new Error('It points beyond its end')
      const bytes = Buffer.from(new ArrayBuffer(end - start))
      for (let at = 0; at < bytes.length; ) {
        const { bytesRead } = await file.read(bytes, at, bytes.length - at, start + at)
        if (bytesRead === 0) throw new Error('It ends too early')
        at += bytesRead
      }
      return bytes.buffer
    },
  }
}

function checkNames(names: readonly string[]): void {
  const twice = names.find((name, at) => names.indexOf(name) < at)
  if (twice === undefined) return
  throw runError(
    'COLUMN_DUPLICATE',
    `The input has two columns "${twice}"`,
    'Rename one of them where the file is written.',
  )
}

function groupTooLarge(bytes: number): BatchError {
  return runError(
    'INPUT_TOO_LARGE',
    `The input has a row group of ${Math.ceil(bytes / 1024 ** 2)} MB: the limit is ${largestGroup / 1024 ** 2} MB`,
    'Write the file with smaller row groups.',
  )
}

/** @param rows that were read before. */
function parquetInvalid(rows: number, cause: unknown): BatchError {
  const place = rows === 0 ? '' : ` after ${rows} rows`
  return runError(
    'INPUT_SYNTAX_INVALID',
    `The input is not Parquet, or is damaged${place}`,
    'Write the file again, or save it as CSV or JSONL.',
    cause,
  )
}
