import { loadExtra } from '../../extras/load-extra.js'
import { parseJson, stringifyJson } from '../../row/exact-json.js'
import type { ColumnValue } from '../../row/row.js'
import type { Packing } from './packing.js'

type ParquetModule = typeof import('hyparquet-writer')

/** The writer has its own release of hyparquet, with types of its own. */
type SchemaElement = ConstructorParameters<ParquetModule['ParquetWriter']>[0]['schema'][number]

export interface ParquetColumn {
  readonly name: string
  /** Texts hold every value; integers have 64 bits. */
  readonly type: 'text' | 'integer' | 'number'
}

/** A row group is written when its rows are so many, or their texts so long. */
const mostRows = 20_000
const mostCharacters = 8 * 1024 * 1024

/**
 * A Parquet file with one schema: a column that may be null for each of `columns`, compressed with
 * Snappy. Lists and objects are JSON.
 *
 * @throws {BatchError} DEPENDENCY_MISSING, reach `run`.
 */
export async function packParquet(columns: readonly ParquetColumn[]): Promise<Packing> {
  const { ByteWriter, ParquetWriter } = await loadExtra<ParquetModule>(
    'parquet',
    'hyparquet-writer',
  )
  const writer = new ByteWriter()
  const parquet = new ParquetWriter({ writer, schema: schemaOf(columns), createdBy: 'llm-batch' })
  let rows: (readonly ColumnValue[])[] = []
  let characters = 0

  return { pack, end, notes: () => [] }

  async function pack(lines: string): Promise<Buffer> {
    for (const line of lines.split('\n')) {
      if (line === '') continue
      rows.push(parseJson(line) as readonly ColumnValue[])
      characters += line.length
      if (rows.length >= mostRows || characters >= mostCharacters) await writeGroup()
    }
    return taken()
  }

  async function end(): Promise<Buffer> {
    if (rows.length > 0) await writeGroup()
    await parquet.finish()
    return taken()
  }

  async function writeGroup(): Promise<void> {
    const cells = columns.map(({ name, type }, at) => ({
      name,
      data: rows.map(row => cellOf(row[at], type)),
    }))
    const rowGroupSize = rows.length
    rows = []
    characters = 0
    await parquet.write({ columnData: cells, rowGroupSize })
  }

  function taken(): Buffer {
    const bytes = Buffer.from(writer.getBytes())
    // Its offset in the file goes on.
    writer.index = 0
    return bytes
  }
}

function schemaOf(columns: readonly ParquetColumn[]): SchemaElement[] {
  const root = { name: 'root', num_children: columns.length }
  return [root, ...columns.map(elementOf)]
}

function elementOf({ name, type }: ParquetColumn): SchemaElement {
  const repetition_type = 'OPTIONAL'
  switch (type) {
    case 'integer':
      return { name, type: 'INT64', repetition_type }
    case 'number':
      return { name, type: 'DOUBLE', repetition_type }
    case 'text':
      return { name, type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type }
  }
}

function cellOf(value: ColumnValue | undefined, type: ParquetColumn['type']) {
  if (value === null || value === undefined) return undefined
  if (type === 'integer') return BigInt(value as number)
  if (type === 'number') return Number(value)
  return typeof value === 'object' ? stringifyJson(value) : String(value)
}
