import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { readParquet } from '../../../lib/source/parquet/read-parquet.js'
import { scale } from '../../support/scale.js'
import { cutBytes, readGroups, readRecords } from '../read-records.js'
import { parquetOf, parquetWith } from './make-parquet.js'

const sample = (name: string) => readFile(resolve(import.meta.dirname, `samples/${name}.parquet`))
const read = (bytes: Buffer) => readRecords(readParquet(), cutBytes(bytes, [4096]))

async function rowsIn(bytes: Buffer) {
  const { records, error } = await read(bytes)
  expect(error).toBeUndefined()
  return records.map(({ columns }) => ({ ...columns }))
}

describe('readParquet', () => {
  it('reads what was written, whatever it is, over row groups', async () => {
    const cells = fc.record({
      text: fc.option(fc.string({ unit: 'grapheme' }), { nil: null }),
      integer: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      double: fc.double({ noNaN: true, noDefaultInfinity: true }),
      yes: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(cells, { minLength: 1, maxLength: 40 }), async rows => {
        const bytes = parquetOf(
          [
            { name: 'text', data: rows.map(({ text }) => text), type: 'STRING' },
            { name: 'integer', data: rows.map(({ integer }) => integer), type: 'INT64' },
            { name: 'double', data: rows.map(({ double }) => double), type: 'DOUBLE' },
            { name: 'yes', data: rows.map(({ yes }) => yes), type: 'BOOLEAN' },
          ],
          7,
        )

        const found = await rowsIn(bytes)

        expect(found.map(row => ({ ...row, integer: BigInt(row.integer) }))).toEqual(rows)
      }),
      { numRuns: 20 * scale },
    )
  })

  const sampleRows = [
    {
      ...{ id: 1, u: 0, price: '12.30', big: '123456789012345678901234567.8901' },
      ...{ utc: '2024-02-29T12:34:56.789123Z', local: '2024-02-29T12:34:56.789123456' },
      ...{ day: '2024-02-29', time: '12:34:56.500000', f: 0.1, kind: 'a', list: ['1.10'] },
      ...{ map: { k: 1 }, who: { name: 'Ada', at: '2024-01-01T00:00:00' }, bytes: '//4=' },
    },
    {
      ...{ id: 2n ** 53n + 1n, u: 2n ** 64n - 1n, price: '-0.05', big: '-1.0000' },
      ...{ utc: '2024-02-29T12:34:56.789123Z', local: '1969-12-31T23:59:59.999999999' },
      ...{ day: '1815-12-10', time: '00:00:00', f: 1e30, kind: 'b', list: [] },
      ...{ map: {}, who: { name: null, at: null }, bytes: 'text' },
    },
    {
      ...{ id: null, u: null, price: null, big: null, utc: null, local: null, day: null },
      ...{ time: null, f: null, kind: null, list: null, map: null, who: null, bytes: null },
    },
  ]

  it.each(['brotli', 'gzip', 'lz4', 'snappy', 'zstd'])(
    'reads what pyarrow wrote in %s, with all digits',
    async name => {
      expect(await rowsIn(await sample(name))).toEqual(sampleRows)
    },
  )

  it('reads the timestamps of old writers', async () => {
    const rows = await rowsIn(await sample('int96'))

    expect(rows).toEqual(sampleRows.map(({ id, local }) => ({ id, local })))
  })

  it('gives groups of at most 128 rows, and none without a row', async () => {
    const data = Array.from({ length: 385 }, (_, at) => at)
    const bytes = parquetOf([{ name: 'v', data, type: 'INT32' }], 256)

    const { groups } = await readGroups(readParquet(), [bytes])

    expect(groups.map(group => group.length)).toEqual([128, 128, 128, 1])
    expect(groups.flat().map(({ index }) => index)).toEqual(data)
  })

  it('reads lists and structs as nested values', async () => {
    const schema = [
      { name: 'root', num_children: 2 },
      { name: 'tags', repetition_type: 'OPTIONAL', converted_type: 'LIST', num_children: 1 },
      { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
      { name: 'element', repetition_type: 'OPTIONAL', type: 'BYTE_ARRAY', converted_type: 'UTF8' },
      { name: 'who', repetition_type: 'OPTIONAL', num_children: 2 },
      { name: 'name', repetition_type: 'OPTIONAL', type: 'BYTE_ARRAY', converted_type: 'UTF8' },
      { name: 'born', repetition_type: 'OPTIONAL', type: 'INT32', converted_type: 'DATE' },
    ] as Parameters<typeof parquetWith>[0]['schema']
    const bytes = await parquetWith({ schema }, [
      { name: 'tags', data: [['a', 'b'], [], null] },
      { name: 'who', data: [{ name: 'Ada', born: new Date('1815-12-10') }, null, { name: null }] },
    ])

    expect(await rowsIn(bytes)).toEqual([
      { tags: ['a', 'b'], who: { name: 'Ada', born: '1815-12-10' } },
      { tags: [], who: null },
      { tags: null, who: { name: null, born: null } },
    ])
  })

  it('reads a row group in parts, nested columns too, and refuses too many nested values', async () => {
    const schema = [
      { name: 'root', num_children: 2 },
      { name: 'who', repetition_type: 'OPTIONAL', num_children: 1 },
      { name: 'id', repetition_type: 'OPTIONAL', type: 'INT32' },
      { name: 'text', repetition_type: 'OPTIONAL', type: 'BYTE_ARRAY', converted_type: 'UTF8' },
    ] as Parameters<typeof parquetWith>[0]['schema']
    const rows = Array.from({ length: 3000 }, (_, at) => ({
      who: at % 7 === 0 ? null : { id: at },
      text: `${at} ${'x'.repeat(9000)}`,
    }))
    const columnData = [
      { name: 'who', data: rows.map(({ who }) => who) },
      { name: 'text', data: rows.map(({ text }) => text) },
    ]
    const bytes = await parquetWith({ schema }, columnData, 3000)

    const { error } = await readRecords(readParquet({ mostNested: 2999 }), [bytes])

    expect(await rowsIn(bytes)).toEqual(rows)
    expect(error).toMatchObject({
      code: 'INPUT_TOO_LARGE',
      message: 'The input has a row group of 3000 nested values: the limit is 2999',
      remedy: expect.stringContaining('smaller row groups'),
    })
  })

  it.each([
    ['GZIP', (bytes: Uint8Array) => gzipSync(bytes)],
    ['BROTLI', (bytes: Uint8Array) => brotliCompressSync(bytes)],
    ['UNCOMPRESSED', undefined],
  ] as const)('reads pages in %s', async (codec, compress) => {
    const schema = [
      { name: 'root', num_children: 1 },
      { name: 'v', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
    ] as Parameters<typeof parquetWith>[0]['schema']
    const compressors = compress === undefined ? {} : { [codec]: compress }
    const data = Array.from({ length: 3000 }, (_, at) => `value ${at}`)
    const bytes = await parquetWith({ schema, codec, compressors }, [{ name: 'v', data }])

    expect(await rowsIn(bytes)).toEqual(data.map(v => ({ v })))
  })

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['a text', Buffer.from('PAR1 is a text')],
    ['a file that is cut off', parquetOf([{ name: 'v', data: ['a'] }]).subarray(0, 60)],
  ])('refuses %s', async (_what, bytes) => {
    const { records, error } = await read(bytes)

    expect(records).toEqual([])
    expect(error).toMatchObject({
      code: 'INPUT_SYNTAX_INVALID',
      remedy: expect.stringContaining('CSV'),
    })
  })
})
