import fc from 'fast-check'
import { parquetMetadata } from 'hyparquet'
import { packParquet } from '../../../lib/sink/packed/pack-parquet.js'
import { readParquet } from '../../../lib/source/parquet/read-parquet.js'
import { readRecords } from '../../source/read-records.js'

const columns = [
  { name: 'a', type: 'text' },
  { name: 'input_tokens', type: 'integer' },
  { name: 'cost_usd', type: 'number' },
] as const

async function packed(lines: readonly (readonly unknown[])[]): Promise<Buffer> {
  const packing = await packParquet(columns)
  const pieces: Buffer[] = []
  for (const line of lines) pieces.push(await packing.pack(`${JSON.stringify(line)}\n`))
  pieces.push(await packing.end())
  return Buffer.concat(pieces)
}

async function rowsIn(bytes: Buffer) {
  const { records, error } = await readRecords(readParquet(), [bytes])
  expect(error).toBeUndefined()
  return records.map(({ columns }) => [columns.a, columns.input_tokens, columns.cost_usd])
}

describe('packParquet', () => {
  it('writes rows that read back as they were', async () => {
    const line = fc.tuple(
      fc.option(fc.string({ unit: 'grapheme' }), { nil: null }),
      fc.option(fc.maxSafeInteger(), { nil: null }),
      fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }), { nil: null }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 30 }), async lines => {
        const all = lines.map(([a, b, c]) => [a, b, c === null ? null : c + 0])

        expect(await rowsIn(await packed(all))).toEqual(JSON.parse(JSON.stringify(all)))
      }),
      { numRuns: 50 },
    )
  })

  it('writes values that are no texts as JSON', async () => {
    const rows = await rowsIn(
      await packed([
        [{ b: [1, null] }, 1, 0],
        [1.5, null, null],
        [true, 2, 1],
      ]),
    )

    expect(rows.map(([a]) => a)).toEqual(['{"b":[1,null]}', '1.5', 'true'])
  })

  it('writes a row group when it has many rows, so that few are held', async () => {
    const packing = await packParquet(columns)
    const lines = `${JSON.stringify(['x', 1, 2])}\n`.repeat(12_000)
    const sizes = [
      (await packing.pack(lines)).length,
      (await packing.pack(lines)).length,
      (await packing.pack(lines)).length,
    ]

    expect(sizes[0]).toBe(4)
    expect(sizes[1]).toBeGreaterThan(100)
    expect(sizes[2]).toBe(0)
    expect((await packing.end()).length).toBeGreaterThan(100)
  })

  it('has the columns, of their types, also without a row', async () => {
    const bytes = await packed([])
    const { schema, num_rows } = parquetMetadata(
      bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer,
    )

    expect(Number(num_rows)).toBe(0)
    expect(schema.slice(1)).toMatchObject([
      { name: 'a', type: 'BYTE_ARRAY', converted_type: 'UTF8' },
      { name: 'input_tokens', type: 'INT64' },
      { name: 'cost_usd', type: 'DOUBLE' },
    ])
  })
})
