import { parse as parseByCsvParse } from 'csv-parse/sync'
import { stringify } from 'csv-stringify/sync'
import fc from 'fast-check'
import type { TableFields } from '../../../lib/source/table/make-table-rows.js'
import { parseCsv } from '../../../lib/source/table/parse-csv.js'
import { anyCharacter } from '../../support/any-character.js'

const megabyte = 1024 * 1024

function parse(pieces: readonly string[], delimiter = ',') {
  const records: TableFields[] = []
  const parsing = parseCsv({ delimiter, give: record => records.push(record) })
  try {
    for (const piece of pieces) parsing.write(piece)
    parsing.end()
  } catch (error: any) {
    return { records, error }
  }
  return { records, error: undefined }
}

const fieldsOf = (records: readonly TableFields[]) => records.map(record => record.fields)
const linesOf = (records: readonly TableFields[]) => records.map(record => record.line)

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
  fc.string({ unit: anyCharacter, maxLength: 9 }),
  fc.stringMatching(/^[a",\r\n\t ]{0,9}$/),
)

describe('parseCsv', () => {
  it('says on which line a quote opens that is never closed, after the records before it', () => {
    const { records, error } = parse(['a,b\n1,2\n3,"x\ny\nz\n'])
    expect(fieldsOf(records)).toEqual([
      ['a', 'b'],
      ['1', '2'],
    ])
    expect(error).toMatchObject({ code: 'INPUT_SYNTAX_INVALID', reach: 'run' })
    expect(error.message).toBe('Line 3: a quote is not closed')
  })

  it('says so also if the next quote comes lines later', () => {
    const { records, error } = parse(['a,b\n1,"open\n2,"two"\n'])
    expect(fieldsOf(records)).toEqual([['a', 'b']])
    expect(error.message).toBe('Line 2: a quote is not closed')
  })

  it.each<[string, readonly string[]]>([
    ['1,"two" or so,3', ['1', 'two or so', '3']],
    ['1,"a ""b""" c "d",3', ['1', 'a "b" c "d"', '3']],
    ['1, "two, or more", 3', ['1', 'two, or more', ' 3']],
    ['  "a ""b""" ,"x ""y"""', ['a "b"', 'x "y"']],
    ['"a" "b",c', ['a "b"', 'c']],
    ['"a"  , b ,"c" ', ['a', ' b ', 'c']],
    ['\uFEFF"a, b",\uFEFFc', ['a, b', '\uFEFFc']],
    ['a,""x', ['a', 'x']],
  ])('takes blanks before a quote, and text after one: %s', (line, fields) => {
    const whole = parse([`${line}\n4,5\n`])
    expect(whole).toEqual({
      records: [
        { fields, line: 1 },
        { fields: ['4', '5'], line: 2 },
      ],
      error: undefined,
    })
    expect(parse(Array.from(`${line}\n4,5\n`))).toEqual(whole)
  })

  it('ends lines at LF, CRLF and CR, mixed, and wherever a piece is cut', () => {
    const text = 'a,b\r\n1,2\n3,4\r5,"6\r\n7"\r\n8,9'
    fc.assert(
      fc.property(cuts, lengths => {
        const { records } = parse(cut(text, lengths))
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

  it('skips blank lines, but not an empty text in quotes', () => {
    const { records } = parse(['\n\r\na\n\n""\n\nb\n\n'])
    expect(fieldsOf(records)).toEqual([['a'], [''], ['b']])
    expect(linesOf(records)).toEqual([3, 5, 7])
  })

  it('gives a record as soon as its line break has come', () => {
    const records: TableFields[] = []
    const parsing = parseCsv({ delimiter: ',', give: record => records.push(record) })
    parsing.write('a,b')
    expect(records).toEqual([])
    parsing.write('\n')
    expect(fieldsOf(records)).toEqual([['a', 'b']])
  })

  it('gives the same for any text, however it is cut', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[ab",\r\n]{0,30}$/), cuts, (text, lengths) => {
        expect(parse(cut(text, lengths))).toEqual(parse([text]))
      }),
      { numRuns: 500 },
    )
  })

  it('takes a quote inside a field as text, as spreadsheets do', () => {
    expect(fieldsOf(parse(['5" pipe,a "b" c\n']).records)).toEqual([['5" pipe', 'a "b" c']])
  })

  it('takes NUL as text, and skips a byte order mark at the start of a record only', () => {
    const { records } = parse(['\uFEFFa\0b,"\0",\uFEFFc\n', '\uFEFF1\n"2"\0\n'])
    expect(fieldsOf(records)).toEqual([['a\0b', '\0', '\uFEFFc'], ['1'], ['2\0']])
  })

  it('counts an empty field after a delimiter at the end of a line', () => {
    expect(fieldsOf(parse(['a,\nb,']).records)).toEqual([
      ['a', ''],
      ['b', ''],
    ])
  })

  it('splits at tabs if the delimiter is a tab', () => {
    expect(fieldsOf(parse(['a,b\t"c\td"\n'], '\t').records)).toEqual([['a,b', 'c\td']])
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
        const { records, error } = parse(cut(text, lengths))
        expect(error).toBeUndefined()
        expect(fieldsOf(records)).toEqual(table)
        expect(fieldsOf(records)).toEqual(parseByCsvParse(text, { record_delimiter: lineBreak }))
      }),
    )
  })

  it('reads quotes inside quotes in their place among other records, in fields of every kind', () => {
    const { records } = parse([
      'a,b,c\n1,2,3\n"x ""y""",5" pipe,"z\r\n"\n4,"5",6\n"""",,""\n7,8,9\n',
    ])
    expect(fieldsOf(records)).toEqual([
      ['a', 'b', 'c'],
      ['1', '2', '3'],
      ['x "y"', '5" pipe', 'z\r\n'],
      ['4', '5', '6'],
      ['"', '', ''],
      ['7', '8', '9'],
    ])
    expect(linesOf(records)).toEqual([1, 2, 3, 5, 6, 7])
  })

  it('gives the whole records of a piece before one that is too large', () => {
    const { records, error } = parse([`a\n1\n${'x'.repeat(16 * megabyte + 1)}\n2\n`])
    expect(fieldsOf(records)).toEqual([['a'], ['1']])
    expect(error.message).toBe('Line 3: a field is larger than 16 MB')
  })

  it('stops a field that grows over 16 MB, long before its end', () => {
    const parsing = parseCsv({ delimiter: ',', give() {} })
    const piece = 'x'.repeat(megabyte)
    let written = 0
    const write = () => {
      parsing.write('a,b\n1,"')
      for (; written < 100; written += 1) parsing.write(piece)
    }
    expect(write).toThrow('Line 2: a field is larger than 16 MB')
    expect(written).toBe(16)
  })

  it('stops a field over 16 MB that comes in one piece, and names an open quote as a cause', () => {
    const long = 'x'.repeat(16 * megabyte + 1)
    expect(parse([`1,${long},3\n`]).error).toMatchObject({ code: 'FIELD_TOO_LARGE', reach: 'run' })
    expect(parse([`1,"${long}",3\n`]).error.remedy).toContain('never closed')
  })

  it('counts the characters of a field, not the quotes that enclose and double them', () => {
    const quotes = '""'.repeat(8 * megabyte)
    const letters = 'x'.repeat(8 * megabyte)
    expect(parse([`1,"${quotes}${letters}",3\n`]).error).toBeUndefined()
    expect(parse([`1,"${quotes}${letters}x",3\n`]).error.code).toBe('FIELD_TOO_LARGE')
  })

  it.each([
    ['of short fields', '', `${'x'.repeat(megabyte - 1)},`],
    ['of quoted fields', '', `"${'x'.repeat(megabyte - 1)}",`],
  ])('stops a record over 32 MB %s', (_what, beginning, piece) => {
    const parsing = parseCsv({ delimiter: ',', give() {} })
    const write = () => {
      parsing.write(beginning)
      for (let count = 0; count < 100; count += 1) parsing.write(piece)
    }
    expect(write).toThrow('Line 1: a record is larger than 32 MB')
  })

  it('gives a record that comes in very many pieces once, and whole', () => {
    const pieces = Array.from({ length: 100_000 }, () => 'x,\n')
    const { records } = parse(['"', ...pieces, '""",2\n'])
    expect(fieldsOf(records)).toEqual([[`${pieces.join('')}"`, '2']])
  })

  it('takes a CRLF that is cut in two as one line break', () => {
    const { records } = parse(['\n\r', '\n\r\n', '\na\r', '\nb\r\n', '\n'])
    expect(fieldsOf(records)).toEqual([['a'], ['b']])
    expect(linesOf(records)).toEqual([5, 6])
  })
})
