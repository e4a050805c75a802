import type { FileHandle } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import type { AsyncBuffer, Compressors, SchemaTree } from 'hyparquet'
import { BatchError, runError } from '../../error/batch-error.js'
import { loadExtra } from '../../extras/load-extra.js'
import type { Columns, ColumnValue } from '../../row/row.js'
import { groupRecords } from '../record/parse-groups.js'
import type { ReadGroups } from '../record/stream-groups.js'
import { copyToTemporaryFile } from '../xlsx/copy-to-temporary-file.js'
import { type Hyparquet, mostNestedValues, partReader, partsOf } from './parquet-parts.js'
import { columnValue, type Meanings, takeMeanings } from './parquet-value.js'

export interface ReadParquetOptions {
  /** Values of nested columns that a row group may have. */
  readonly mostNested?: number
}

/**
 * Reads the rows of a Parquet file: each column has the values of `columnValue`.
 *
 * The bytes go to a temporary file first, because the schema is at the end. A row group is read in
 * parts, so that the values of a few megabytes are in memory, with the stored bytes of one column,
 * and with the nested columns of one row group.
 *
 * Errors: INPUT_SYNTAX_INVALID if the bytes are not Parquet, or are damaged; INPUT_TOO_LARGE for a
 * row group of over 1 GB, or of over 8 million values in nested columns; DEPENDENCY_MISSING if
 * hyparquet is not installed.
 */
export function readParquet({
  mostNested = mostNestedValues,
}: ReadParquetOptions = {}): ReadGroups {
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
      const readPart = partReader(hyparquet, { file, metadata, compressors }, schema)
      for (const part of partsOf(metadata, mostNested)) {
        signal.throwIfAborted()
        const values = await readPart(part)
        for (let at = 0; at < part.end - part.start; at += 1) {
          const columns = rowColumns(values, at, { schema, meanings })
          const group = grouping.add({ kind: 'row', index, columns }, lengthOf(columns))
          index += 1
          if (group !== undefined) yield group
        }
        const group = grouping.rest()
        if (group.length > 0) yield group
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

interface RowColumnsOptions {
  readonly schema: SchemaTree
  readonly meanings: Meanings
}

/** @param at of the row among the values of each column. */
function rowColumns(
  values: readonly (readonly unknown[])[],
  at: number,
  { schema, meanings }: RowColumnsOptions,
): Columns {
  const columns: Record<string, ColumnValue> = Object.create(null)
  schema.children.forEach((child, column) => {
    columns[child.element.name] = columnValue(values[column]?.[at], child, meanings)
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
