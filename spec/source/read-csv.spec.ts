import { parse as parseByCsvParse } from 'csv-parse/sync'
import { stringify } from 'csv-stringify/sync'
import fc from 'fast-check'
import { parseCsv, readCsv } from '../../lib/source/read-csv.js'
import type { FieldsRecord } from '../../lib/source/table-rows.js'
import { cutBytes, gist, readRecords } from './read-records.js'

describe('readCsv', () => {
  it('puts a record with too few or too many fields among the good ones as a failed outcome', async () => {
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

  it('says on which line a bad record starts, not where it ends', async () => {
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
    expect(error.message).toBe('The header has more than one column of the name: a, b')
    expect(columns).toBeUndefined()
  })

  it('makes names for columns without one, none of them twice', async () => {
    const { columns, records } = await readRecords(readCsv(), ['a,,column_2,\n1,2,3,4\n'])
    expect(columns).toEqual(['a', 'column_2_', 'column_2', 'column_4'])
    expect(gist(records)).toEqual([{ a: '1', column_2_: '2', column_2: '3', column_4: '4' }])
  })

  it('keeps names that objects have of themselves, and the order of names that look like numbers', async () => {
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

  it('gives the good rows before bytes that are no UTF-8', async () => {
    const pieces = [Buffer.from('a\n1\n2\n'), Buffer.from([0x33, 0xff, 0x0a])]
    const { records, error } = await readRecords(readCsv(), [Buffer.concat(pieces)])
    expect(gist(records)).toEqual([{ a: '1' }, { a: '2' }])
    expect(error.message).toBe('Line 4: not UTF-8: byte 0xFF at offset 7')
  })

  it('has no rows when there is only a header, and no columns when there is nothing', async () => {
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

function split(pieces: readonly string[], delimiter: ',' | '\t' = ',') {
  const records: FieldsRecord[] = []
  const splitting = parseCsv(delimiter, record => records.push(record))
  try {
    for (const piece of pieces) splitting.write(piece)
    splitting.end()
  } catch (error: any) {
    return { records, error }
  }
  return { records, error: undefined }
}

const fieldsOf = (records: readonly FieldsRecord[]) => records.map(record => record.fields)
const linesOf = (records: readonly FieldsRecord[]) => records.map(record => record.line)

function cut(text: string, lengths: readonly number[]): string[] {
  const pieces: string[] = []
  for (let at = 0, turn = 0; at < text.length; turn += 1) {
    const length = lengths[turn % lengths.length] as number
    pieces.push(text.slice(at, at + length))
    at += length
  }
  return pieces
}

const cuts = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 9 })
const cell = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 9 }),
  fc.stringMatching(/^[a",\r\n\t ]{0,9}$/),
)

describe('parseCsv', () => {
  it('says on which line a quote opens that is never closed, after the records before it', () => {
    const { records, error } = split(['a,b\n1,2\n3,"x\ny\nz\n'])
    expect(fieldsOf(records)).toEqual([
      ['a', 'b'],
      ['1', '2'],
    ])
    expect(error).toMatchObject({ code: 'INPUT_SYNTAX_INVALID', reach: 'run' })
    expect(error.message).toBe('Line 3: a quote is opened and never closed')
  })

  it('says so too where the next quote comes lines later', () => {
    const { records, error } = split(['a,b\n1,"open\n2,"two"\n'])
    expect(fieldsOf(records)).toEqual([['a', 'b']])
    expect(error.message).toBe('Line 2: a quote is opened and never closed')
  })

  it('gives up one record only for text after a closing quote on the same line', () => {
    const { records, error } = split(['1,"two" or so,"3\n"4",5\n'])
    expect(error).toBeUndefined()
    expect(records).toEqual([
      { fields: ['1'], line: 1, fault: 'text after a closing quote' },
      { fields: ['4', '5'], line: 2, fault: undefined },
    ])
  })

  it('ends lines at LF, CRLF and CR, mixed, and wherever a piece is cut', () => {
    const text = 'a,b\r\n1,2\n3,4\r5,"6\r\n7"\r\n8,9'
    fc.assert(
      fc.property(cuts, lengths => {
        const { records } = split(cut(text, lengths))
        expect(fieldsOf(records)).toEqual([
          ['a', 'b'],
          ['1', '2'],
          ['3', '4'],
          ['5', '6\r\n7'],
          ['8', '9'],
        ])
        expect(linesOf(records)).toEqual([1, 2, 3, 4, 6])
      }),
    )
  })

  it('skips blank lines, but not a quoted nothing', () => {
    const { records } = split(['\n\r\na\n\n""\n\nb\n\n'])
    expect(fieldsOf(records)).toEqual([['a'], [''], ['b']])
    expect(linesOf(records)).toEqual([3, 5, 7])
  })

  it('gives a record as soon as its line break has come', () => {
    const records: FieldsRecord[] = []
    const splitting = parseCsv(',', record => records.push(record))
    splitting.write('a,b')
    expect(records).toEqual([])
    splitting.write('\n')
    expect(fieldsOf(records)).toEqual([['a', 'b']])
  })

  it('gives the same for any text, however it is cut', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[ab",\r\n]{0,30}$/), cuts, (text, lengths) => {
        expect(split(cut(text, lengths))).toEqual(split([text]))
      }),
      { numRuns: 500 },
    )
  })

  it('takes a quote within a field for text, as spreadsheets do', () => {
    expect(fieldsOf(split(['5" pipe,a "b" c\n']).records)).toEqual([['5" pipe', 'a "b" c']])
  })

  it('takes NUL and a byte order mark further on for text', () => {
    const { records } = split(['\uFEFFa\0b,"\0",\uFEFFc\n', '\uFEFF1\n"2"\0\n'])
    expect(fieldsOf(records)).toEqual([['\uFEFFa\0b', '\0', '\uFEFFc'], ['\uFEFF1'], []])
    expect(records[2]?.fault).toBe('text after a closing quote')
  })

  it('counts a delimiter at the end as a field more, with or without a line break', () => {
    expect(fieldsOf(split(['a,\nb,']).records)).toEqual([
      ['a', ''],
      ['b', ''],
    ])
  })

  it('splits at tabs when asked', () => {
    expect(fieldsOf(split(['a,b\t"c\td"\n'], '\t').records)).toEqual([['a,b', 'c\td']])
  })

  it('reads back what csv-stringify writes, and just as csv-parse does, cut anywhere', () => {
    const tables = fc
      .integer({ min: 1, max: 4 })
      .chain(width =>
        fc.array(fc.array(cell, { minLength: width, maxLength: width }), { maxLength: 6 }),
      )
    fc.assert(
      fc.property(tables, cuts, fc.constantFrom('\n', '\r\n'), (table, lengths, lineBreak) => {
        // A carriage return alone is a line break to us; csv-stringify does not quote for it.
        const text = stringify(table, {
          quoted: true,
          quoted_empty: true,
          record_delimiter: lineBreak,
        })
        const { records, error } = split(cut(text, lengths))
        expect(error).toBeUndefined()
        expect(fieldsOf(records)).toEqual(table)
        expect(fieldsOf(records)).toEqual(parseByCsvParse(text, { record_delimiter: lineBreak }))
      }),
    )
  })
})
