import type { FileMetaData, SchemaTree } from 'hyparquet'
import { type BatchError, runError } from '../../error/batch-error.js'
import { parseJson } from '../../row/exact-json.js'

export type Hyparquet = typeof import('hyparquet')

/** Uncompressed bytes of the rows that are read at once. */
const bytesAtOnce = 8 * 1024 * 1024
/** Bytes of a row group as stored, which are in memory while its rows are read. */
const largestGroup = 1024 * 1024 * 1024
/** Values of the nested columns of a row group, which take some 400 bytes each when it is read. */
export const mostNestedValues = 8_000_000

/** Rows of one row group, by their indices in the file. */
export interface PartOfGroup {
  readonly start: number
  readonly end: number
  readonly groupStart: number
  readonly groupEnd: number
}

type Opened = Pick<Parameters<Hyparquet['parquetRead']>[0], 'file' | 'metadata' | 'compressors'>

/**
 * Makes a function that reads the values of each column, one column after another: then the stored
 * bytes of one column are in memory, and not of all.
 *
 * hyparquet skips to a row of a flat column, but of a nested column it has to decode all values of
 * the row group. So these are read once for a group, and kept until its end.
 */
export function partReader(hyparquet: Hyparquet, opened: Opened, { children }: SchemaTree) {
  let kept = new Map<string, readonly unknown[]>()
  let keptGroup = -1

  return async (part: PartOfGroup): Promise<readonly (readonly unknown[])[]> => {
    const { start, end, groupStart, groupEnd } = part
    if (groupStart !== keptGroup) kept = new Map()
    keptGroup = groupStart
    const values: (readonly unknown[])[] = []
    for (const { element, children: inner } of children) {
      const column = element.name
      const isFlat = inner.length === 0 && element.repetition_type !== 'REPEATED'
      if (isFlat) {
        values.push(await valuesOf(hyparquet, opened, { column, start, end }))
        continue
      }
      const range = { column, start: groupStart, end: groupEnd }
      const all = kept.get(column) ?? (await valuesOf(hyparquet, opened, range))
      if (end < groupEnd) kept.set(column, all)
      values.push(all.slice(start - groupStart, end - groupStart))
    }
    return values
  }
}

interface ColumnRange {
  readonly column: string
  readonly start: number
  readonly end: number
}

async function valuesOf(
  { parquetRead }: Hyparquet,
  opened: Opened,
  { column, start, end }: ColumnRange,
): Promise<readonly unknown[]> {
  let values: unknown[] = []
  await parquetRead({
    ...opened,
    columns: [column],
    rowStart: start,
    rowEnd: end,
    utf8: false,
    useOffsetIndex: true,
    parsers: {
      timestampFromNanoseconds: nanos => nanos,
      jsonFromBytes: bytes => bytes && parseJson(Buffer.from(bytes).toString('utf8')),
    },
    onComplete: rows => {
      values = rows.map(([value]) => value)
    },
  })
  if (values.length !== end - start) throw new Error(`It has too few values of ${column}`)
  return values
}

/** @throws {BatchError} INPUT_TOO_LARGE, reach `run`, at a row group that memory cannot hold. */
export function* partsOf(
  { row_groups: groups, schema }: FileMetaData,
  mostNested: number,
): Generator<PartOfGroup> {
  const repeated = new Set(
    schema.filter(({ repetition_type }) => repetition_type === 'REPEATED').map(({ name }) => name),
  )
  let groupStart = 0
  for (const group of groups) {
    const rows = Number(group.num_rows)
    const chunks = group.columns.map(column => column.meta_data)
    for (const chunk of chunks) {
      const [name = '', ...inner] = chunk?.path_in_schema ?? []
      const isFlat = chunk !== undefined && inner.length === 0 && !repeated.has(name)
      // Missing values would be read as nulls that nobody wrote.
      if (isFlat && Number(chunk.num_values) !== rows) {
        throw new Error(`It has ${chunk.num_values} values of ${name} for ${rows} rows`)
      }
    }
    const sum = (sizes: readonly (bigint | undefined)[]) =>
      sizes.reduce<number>((total, size) => total + Number(size ?? 0n), 0)
    const stored = sum(chunks.map(chunk => chunk?.total_compressed_size))
    const nested = chunks.filter(chunk => (chunk?.path_in_schema.length ?? 0) > 1)
    const nestedValues = sum(nested.map(chunk => chunk?.num_values))
    const megabytes = `${Math.ceil(stored / 1024 ** 2)} MB`
    if (stored > largestGroup) throw groupTooLarge(megabytes, '1024 MB')
    if (nestedValues > mostNested) {
      throw groupTooLarge(`${nestedValues} nested values`, String(mostNested))
    }
    const unpacked = sum(chunks.map(chunk => chunk?.total_uncompressed_size))
    // The stored bytes are read again for each part.
    const partBytes = Math.max(bytesAtOnce, stored / 8)
    const fitting = Math.floor((rows * partBytes) / Math.max(unpacked, 1))
    const groupEnd = groupStart + rows
    const atOnce = Math.max(1000, fitting)
    for (let start = groupStart; start < groupEnd; start += atOnce) {
      yield { start, end: Math.min(start + atOnce, groupEnd), groupStart, groupEnd }
    }
    groupStart = groupEnd
  }
}

function groupTooLarge(size: string, limit: string): BatchError {
  return runError(
    'INPUT_TOO_LARGE',
    `The input has a row group of ${size}: the limit is ${limit}`,
    'Write the file with smaller row groups.',
  )
}
