import { ByteWriter, type ColumnSource, ParquetWriter, parquetWriteBuffer } from 'hyparquet-writer'

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
