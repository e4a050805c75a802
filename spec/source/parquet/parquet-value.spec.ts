import type { FileMetaData } from 'hyparquet'
import { readParquet } from '../../../lib/source/parquet/read-parquet.js'
import { readRecords } from '../read-records.js'
import { parquetOf, parquetThatSays, parquetWith } from './make-parquet.js'

async function rowsIn(bytes: Buffer) {
  const { records, error } = await readRecords(readParquet(), [bytes])
  expect(error).toBeUndefined()
  return records.map(({ columns }) => ({ ...columns }))
}

/** One column of one leaf type. */
function leafOf(element: object, data: unknown[]): Promise<Buffer> {
  const schema = [
    { name: 'root', num_children: 1 },
    { name: 'v', repetition_type: 'OPTIONAL', ...element },
  ] as Parameters<typeof parquetWith>[0]['schema']
  return parquetWith({ schema }, [{ name: 'v', data: data as any[] }])
}

describe('columnValue', () => {
  const timestamp = (unit: string, isAdjustedToUTC: boolean) => ({
    ...{ type: 'INT64', logical_type: { type: 'TIMESTAMP', unit, isAdjustedToUTC } },
  })

  it.each([
    ['a big integer', { type: 'INT64' }, [2n ** 53n + 1n, 5n], [2n ** 53n + 1n, 5]],
    ['a 32-bit number', { type: 'FLOAT' }, [Math.fround(0.1), 3.5], [0.1, 3.5]],
    ['what JSON cannot say', { type: 'DOUBLE' }, [Number.NaN, -Infinity], ['NaN', '-Infinity']],
    ['a date', { type: 'INT32', converted_type: 'DATE' }, [new Date('2024-02-29')], ['2024-02-29']],
    [
      'microseconds in UTC',
      { type: 'INT64', logical_type: { type: 'TIMESTAMP', unit: 'MICROS', isAdjustedToUTC: true } },
      [new Date('2024-02-29T12:34:56.789Z')],
      ['2024-02-29T12:34:56.789000Z'],
    ],
    [
      'a local time before 1970',
      timestamp('MILLIS', false),
      [new Date('1969-12-31T23:59:59.999Z')],
      ['1969-12-31T23:59:59.999'],
    ],
    [
      'a nested value',
      { type: 'BYTE_ARRAY', converted_type: 'JSON' },
      [{ a: [1, null] }],
      [{ a: [1, null] }],
    ],
    ['a text without a mark', { type: 'BYTE_ARRAY' }, [Buffer.from('é')], ['é']],
    ['bytes', { type: 'BYTE_ARRAY' }, [Buffer.from([0xff, 0xfe])], ['//4=']],
    [
      'milliseconds of an old writer',
      { type: 'INT64', converted_type: 'TIMESTAMP_MILLIS' },
      [new Date('2024-02-29T12:34:56.789Z')],
      ['2024-02-29T12:34:56.789Z'],
    ],
    [
      'microseconds of an old writer',
      { type: 'INT64', converted_type: 'TIMESTAMP_MICROS' },
      [1_709_210_096_000_001n],
      ['2024-02-29T12:34:56.000001Z'],
    ],
    [
      'a time of day in milliseconds',
      { type: 'INT32', converted_type: 'TIME_MILLIS' },
      [45_296_789],
      ['12:34:56.789'],
    ],
    [
      'a time of day in microseconds',
      { type: 'INT64', converted_type: 'TIME_MICROS' },
      [45_296_789_001n],
      ['12:34:56.789001'],
    ],
    ['a time that no calendar has', timestamp('MILLIS', true), [2n ** 62n], [String(2n ** 62n)]],
    ['BSON', { type: 'BYTE_ARRAY', converted_type: 'BSON' }, [Buffer.from('{}')], ['e30=']],
    [
      'an interval',
      { type: 'FIXED_LEN_BYTE_ARRAY', type_length: 12, converted_type: 'INTERVAL' },
      [Buffer.alloc(12, 1)],
      ['AQEBAQEBAQEBAQEB'],
    ],
    [
      'a decimal without decimal places',
      { type: 'INT64', converted_type: 'DECIMAL', precision: 18, scale: 0 },
      [-12n],
      ['-12'],
    ],
    [
      'a decimal of thousands',
      { type: 'INT64', converted_type: 'DECIMAL', precision: 18, scale: -3 },
      [12n],
      ['12000'],
    ],
    ['a 32-bit number that is none', { type: 'FLOAT' }, [Number.NaN], ['NaN']],
    [
      'no digits',
      { type: 'BYTE_ARRAY', converted_type: 'DECIMAL', precision: 5, scale: 2 },
      [0n, -5n],
      ['0.00', '-0.05'],
    ],
  ] as const)('keeps the value of %s', async (_what, element, data, values) => {
    expect(await rowsIn(await leafOf(element, [...data]))).toEqual(values.map(v => ({ v })))
  })

  it('reads values that say themselves what they are', async () => {
    const born = new Date('1815-12-10T00:00:00.000Z')
    const data = [{ a: [1, 'b'] }, 'text', [born, null], null]
    const bytes = parquetOf([{ name: 'v', data, type: 'VARIANT' }])

    expect(await rowsIn(bytes)).toEqual([
      { v: { a: [1, 'b'] } },
      { v: 'text' },
      { v: ['1815-12-10T00:00:00.000Z', null] },
      { v: null },
    ])
  })

  describe('of the lists of old writers', () => {
    const days = [[new Date('1815-12-10'), new Date('1816-01-01')], [], null]

    async function listThatSays(change: (schema: FileMetaData['schema']) => void, path: string[]) {
      const schema = [
        { name: 'root', num_children: 1 },
        { name: 'v', repetition_type: 'OPTIONAL', converted_type: 'LIST', num_children: 1 },
        { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
        { name: 'day', repetition_type: 'REQUIRED', type: 'INT32', converted_type: 'DATE' },
      ] as Parameters<typeof parquetWith>[0]['schema']
      const bytes = await parquetWith({ schema }, [{ name: 'v', data: days }])
      return parquetThatSays(bytes, metadata => {
        change(metadata.schema)
        Object.assign(metadata.row_groups[0]?.columns[0]?.meta_data ?? {}, { path_in_schema: path })
      })
    }

    it('reads a list that names no elements', async () => {
      const bytes = await listThatSays(
        schema => {
          const [day] = schema.splice(3, 1)
          schema.splice(2, 1, { ...day, name: 'array', repetition_type: 'REPEATED' })
        },
        ['v', 'array'],
      )

      expect(await rowsIn(bytes)).toEqual([
        { v: ['1815-12-10', '1816-01-01'] },
        { v: [] },
        { v: null },
      ])
    })

    it('reads a group that repeats without being a list', async () => {
      const bytes = await listThatSays(
        ([, v]) => {
          if (v !== undefined) delete v.converted_type
        },
        ['v', 'list', 'day'],
      )

      expect(await rowsIn(bytes)).toEqual([
        { v: { list: [{ day: '1815-12-10' }, { day: '1816-01-01' }] } },
        { v: { list: [] } },
        { v: null },
      ])
    })
  })
})
