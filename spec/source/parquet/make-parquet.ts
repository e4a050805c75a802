import { type FileMetaData, parquetMetadata } from 'hyparquet'
import { ByteWriter, type ColumnSource, ParquetWriter, parquetWriteBuffer } from 'hyparquet-writer'
import { writeMetadata } from 'hyparquet-writer/src/metadata.js'

/** A Parquet file of columns, as hyparquet-writer writes it. */
export function parquetOf(columnData: ColumnSource[], rowGroupSize = 1000): Buffer {
  return Buffer.from(parquetWriteBuffer({ columnData, rowGroupSize }))
}

type Options = ConstructorParameters<typeof ParquetWriter>[0]

/** The same with a schema, and other options of the writer. */
export async function parquetWith(
  options: Omit<Options, 'writer'>,
  columnData: ColumnSource[],
  rowGroupSize = 1000,
): Promise<Buffer> {
  const writer = new ByteWriter()
  const parquet = new ParquetWriter({ ...options, writer })
  await parquet.write({ columnData, rowGroupSize })
  await parquet.finish()
  return Buffer.from(writer.getBytes())
}

/** The same rows under a directory that says something else of them. */
export function parquetThatSays(file: Buffer, change: (metadata: FileMetaData) => void): Buffer {
  const metadata = parquetMetadata(Uint8Array.from(file).buffer)
  change(metadata)
  const end = new ByteWriter()
  writeMetadata(end, metadata as Parameters<typeof writeMetadata>[1])
  const footer = Buffer.from(end.getBytes())
  const before = file.length - 8 - file.readUInt32LE(file.length - 8)
  return Buffer.concat([file.subarray(0, before), footer, file.subarray(-4)])
}
