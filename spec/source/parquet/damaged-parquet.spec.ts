import type { ColumnMetaData, FileMetaData, RowGroup } from 'hyparquet'
import { readParquet } from '../../../lib/source/parquet/read-parquet.js'
import { cutBytes, readRecords } from '../read-records.js'
import { parquetOf, parquetThatSays } from './make-parquet.js'

const read = (bytes: Buffer) => readRecords(readParquet(), cutBytes(bytes, [4096]))

function chunkOf(group: RowGroup | undefined, column = 0): ColumnMetaData {
  const chunk = group?.columns[column]?.meta_data
  if (chunk === undefined) throw new Error('The file has no such column')
  return chunk
}

describe('readParquet, at damage', () => {
  const twoGroups = parquetOf([{ name: 'v', data: [1, 2.5, 3, 4], type: 'DOUBLE' }], 3)

  it.each<[string, (metadata: FileMetaData) => void, string, unknown[]]>([
    [
      'stored bytes that memory cannot hold',
      ({ row_groups }) => {
        chunkOf(row_groups[1]).total_compressed_size = 2n ** 30n + 1n
      },
      'The input has a row group of 1025 MB: the limit is 1024 MB',
      [1, 2.5, 3],
    ],
    [
      'a place beyond the end',
      ({ row_groups }) => {
        chunkOf(row_groups[1]).data_page_offset = 10_000n
      },
      'The input is not Parquet, or is damaged after 3 rows',
      [1, 2.5, 3],
    ],
    [
      'a meaning that its values cannot have',
      ({ schema }) => {
        Object.assign(schema[1] ?? {}, { converted_type: 'DECIMAL', precision: 9, scale: 0 })
      },
      'The input is not Parquet, or is damaged after 1 rows',
      ['1'],
    ],
    [
      'a row group of more rows than values',
      ({ row_groups }) => {
        Object.assign(row_groups[1] ?? {}, { num_rows: 12n })
      },
      'The input is not Parquet, or is damaged after 3 rows',
      [1, 2.5, 3],
    ],
  ])('gives the rows before %s', async (_what, change, message, values) => {
    const { records, error } = await read(parquetThatSays(twoGroups, change))

    expect(error).toMatchObject({ message, reach: 'run' })
    expect(records.map(({ columns }) => columns.v)).toEqual(values)
  })

  it('gives 32-bit numbers as the shortest text that is the same number', async () => {
    const data = [0.1, 0.114050746, 3.4028235e38, 16_777_216]
    const { records } = await read(parquetOf([{ name: 'v', data, type: 'FLOAT' }]))
    expect(records.map(({ columns }) => columns.v)).toEqual(data)
  })

  it('gives the rows before a place that is damaged', async () => {
    const data = Array.from({ length: 4000 }, (_, at) => `value ${at}`)
    const bytes = parquetOf([{ name: 'v', data, type: 'STRING' }])
    const at = bytes.indexOf('value 3500') === -1 ? Math.floor(bytes.length * 0.8) : 0
    bytes.fill(0xff, at, at + 400)

    const { records, error } = await read(bytes)

    expect(records.length).toBeGreaterThanOrEqual(1000)
    expect(error).toMatchObject({ code: 'INPUT_SYNTAX_INVALID', reach: 'run' })
    expect(error.message).toMatch(/^The input is not Parquet, or is damaged after \d+ rows$/)
  })

  it('refuses two columns of one name', async () => {
    const data = ['x']
    const bytes = parquetThatSays(
      parquetOf([
        { name: 'one', data, type: 'STRING' },
        { name: 'two', data, type: 'STRING' },
      ]),
      ({ schema, row_groups: [group] }) => {
        Object.assign(schema[2] ?? {}, { name: 'one' })
        chunkOf(group, 1).path_in_schema = ['one']
      },
    )

    const { records, error } = await read(bytes)

    expect(records).toEqual([])
    expect(error).toMatchObject({
      code: 'COLUMN_DUPLICATE',
      message: 'The input has two columns "one"',
      remedy: expect.stringContaining('Rename one'),
    })
  })
})
