import { stringify } from 'csv-stringify/sync'
import fc from 'fast-check'
import { readCsv } from '../../../lib/source/table/read-csv.js'
import { noneMended } from '../../../lib/source/text/mended-counts.js'
import { anyCharacter } from '../../support/any-character.js'
import { cutBytes, gist, readRecords } from '../read-records.js'

describe('readCsv', () => {
  it('gives a failed outcome in place of a record with a text too many', async () => {
    const { records, error } = await readRecords(readCsv(), ['a,b\n1,2\n4,5,6\n7,8\n'])
    expect(error).toBeUndefined()
    expect(gist(records)).toEqual([
      { a: '1', b: '2' },
      'Line 3: 3 fields where the header has 2',
      { a: '7', b: '8' },
    ])
    expect(records.map(record => (record.row ?? record).index)).toEqual([0, 1, 2])
    expect(records[1]).toMatchObject({
      kind: 'failed',
      attempts: 0,
      row: { index: 1, line: 3, columns: { a: '4', b: '5' } },
      error: { code: 'RECORD_INVALID', reach: 'row' },
    })
  })

  it('fills short rows, drops empty fields at the end, and counts both', async () => {
    const mended = noneMended()
    const text = 'a,b,c\n1\n"x\ny",2\n3,4,5,,\n6,7,8, \n9,10,11\n'
    const { records } = await readRecords(readCsv({ mended }), [text])
    expect(gist(records)).toEqual([
      { a: '1', b: '', c: '' },
      { a: 'x\ny', b: '2', c: '' },
      { a: '3', b: '4', c: '5' },
      { a: '6', b: '7', c: '8' },
      { a: '9', b: '10', c: '11' },
    ])
    expect(mended).toMatchObject({ filledRows: 2, cutRows: 2 })
    expect(records[2].line).toBe(5)
  })

  it('numbers columns with the same name if that is asked', async () => {
    const { records, columns } = await readRecords(readCsv({ renameDuplicates: true }), [
      'a,b,a,a,a_2\n1,2,3,4,5\n',
    ])
    expect(columns).toEqual(['a', 'b', 'a_2_', 'a_3', 'a_2'])
    expect(Object.values(records[0].columns)).toEqual(['1', '2', '3', '4', '5'])
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
    expect(Object.keys(records[0].columns)).toHaveLength(200_000)
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
    const header = fc.uniqueArray(fc.string({ minLength: 1, unit: anyCharacter }), {
      minLength: 1,
      maxLength: 4,
    })
    const tables = header.chain(names =>
      fc.tuple(
        fc.constant(names),
        fc.array(
          fc.array(fc.string({ unit: anyCharacter }), {
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
