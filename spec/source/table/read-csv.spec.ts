import { stringify } from 'csv-stringify/sync'
import fc from 'fast-check'
import { readCsv } from '../../../lib/source/table/read-csv.js'
import { cutBytes, gist, readGroups, readRecords } from '../read-records.js'

describe('readCsv', () => {
  it('gives a failed outcome in place of a record with too few or too many fields', async () => {
    const { records, error } = await readRecords(readCsv(), ['a,b\n1,2\n3\n4,5,6\n7,8\n'])
    expect(error).toBeUndefined()
    expect(gist(records)).toEqual([
      { a: '1', b: '2' },
      'Line 3: 1 field where the header has 2',
      'Line 4: 3 fields where the header has 2',
      { a: '7', b: '8' },
    ])
    const indices = records.map(record => (record.row ?? record).index)
    expect(indices).toEqual([0, 1, 2, 3])
    expect(records[1]).toMatchObject({
      kind: 'failed',
      attempts: 0,
      row: { index: 1, line: 3, columns: { a: '3' } },
      error: { code: 'RECORD_INVALID', reach: 'row' },
    })
    expect(records[2].row.columns).toEqual({ a: '4', b: '5' })
  })

  it('gives a bad record in one group with the good records around it', async () => {
    const { groups } = await readGroups(readCsv(), ['a,b\n1,2\n3\n', '"4"x\n5,6\n'])
    expect(groups.map(gist)).toEqual([
      [{ a: '1', b: '2' }, 'Line 3: 1 field where the header has 2'],
      ['Line 4: text after a closing quote', { a: '5', b: '6' }],
    ])
  })

  it('names the line on which a bad record starts', async () => {
    const { records } = await readRecords(readCsv(), ['a,b\n"x\ny\nz"\n1,2\n'])
    expect(gist(records)[0]).toBe('Line 2: 1 field where the header has 2')
    expect(records[1].line).toBe(5)
  })

  it('fails the record that has text after a closing quote', async () => {
    const { records } = await readRecords(readCsv(), ['a,b\n1,"x"y\n2,z\n'])
    expect(gist(records)).toEqual(['Line 2: text after a closing quote', { a: '2', b: 'z' }])
  })

  it('refuses a header that names a column twice', async () => {
    const { error, columns } = await readRecords(readCsv(), ['a,b,a,c,b\n1,2,3,4,5\n'])
    expect(error).toMatchObject({ code: 'COLUMN_DUPLICATE', reach: 'run' })
    expect(error.message).toBe('The header has more than one column with the name: a, b')
    expect(columns).toBeUndefined()
  })

  it('reads a header of 200,000 columns', async () => {
    const names = Array.from({ length: 200_000 }, (_, at) => `c${at}`)
    const { columns, records } = await readRecords(readCsv(), [`${names.join(',')}\n1\n`])
    expect(columns).toEqual(names)
    expect(gist(records)).toEqual(['Line 2: 1 field where the header has 200000'])
  })

  it('makes a unique name for each column without a name', async () => {
    const { columns, records } = await readRecords(readCsv(), ['a,,column_2,\n1,2,3,4\n'])
    expect(columns).toEqual(['a', 'column_2_', 'column_2', 'column_4'])
    expect(gist(records)).toEqual([{ a: '1', column_2_: '2', column_2: '3', column_4: '4' }])
  })

  it('keeps names such as __proto__, and the order of names that look like numbers', async () => {
    const { columns, records } = await readRecords(readCsv(), [
      '__proto__,constructor,2,1\nx,y,z,w\n',
    ])
    expect(columns).toEqual(['__proto__', 'constructor', '2', '1'])
    expect(Object.getOwnPropertyDescriptor(records[0].columns, '__proto__')?.value).toBe('x')
    expect(records[0].columns.constructor).toBe('y')
    expect(({} as any).x).toBeUndefined()
  })

  it('trims nothing but the byte order mark', async () => {
    const { columns, records } = await readRecords(readCsv(), ['\uFEFF a ,b\n x , y\n'])
    expect(columns).toEqual([' a ', 'b'])
    expect(gist(records)).toEqual([{ ' a ': ' x ', b: ' y' }])
  })

  it('gives the good rows before bytes that are not UTF-8', async () => {
    const pieces = [Buffer.from('a\n1\n2\n'), Buffer.from([0x33, 0xff, 0x0a])]
    const { records, error } = await readRecords(readCsv(), [Buffer.concat(pieces)])
    expect(gist(records)).toEqual([{ a: '1' }, { a: '2' }])
    expect(error.message).toBe('Line 4: not UTF-8: byte 0xFF at offset 7')
  })

  it('has no rows if there is only a header, and no columns if the input is empty', async () => {
    expect(await readRecords(readCsv(), ['a,b\n'])).toEqual({
      records: [],
      columns: ['a', 'b'],
      error: undefined,
    })
    expect(await readRecords(readCsv(), ['\n\n'])).toEqual({
      records: [],
      columns: [],
      error: undefined,
    })
  })

  it('reads back any table as it was written, cut anywhere', async () => {
    const header = fc.uniqueArray(fc.string({ minLength: 1, unit: 'binary' }), {
      minLength: 1,
      maxLength: 4,
    })
    const tables = header.chain(names =>
      fc.tuple(
        fc.constant(names),
        fc.array(
          fc.array(fc.string({ unit: 'binary' }), {
            minLength: names.length,
            maxLength: names.length,
          }),
          { maxLength: 5 },
        ),
      ),
    )
    const cuts = fc.array(fc.integer({ min: 1, max: 11 }), { minLength: 1 })
    await fc.assert(
      fc.asyncProperty(tables, cuts, async ([names, rows], lengths) => {
        const text = `\uFEFF${stringify([names, ...rows], { quoted: true, quoted_empty: true })}`
        const { records, columns, error } = await readRecords(
          readCsv(),
          cutBytes(Buffer.from(text), lengths),
        )
        expect(error).toBeUndefined()
        expect(columns).toEqual(names)
        expect(records.map(record => names.map(name => record.columns[name]))).toEqual(rows)
      }),
      { numRuns: 50 },
    )
  })
})
