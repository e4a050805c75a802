import fc from 'fast-check'
import { stringifyJson } from '../../../lib/row/exact-json.js'
import { readJsonl } from '../../../lib/source/json/read-jsonl.js'
import { anyCharacter } from '../../support/any-character.js'
import { scale } from '../../support/scale.js'
import { cutBytes, gist, readRecords } from '../read-records.js'

describe('readJsonl', () => {
  it.each([
    ['{"a": 1,}', "Line 2, column 9: unexpected token '}'"],
    ['{"a": 1', "Line 2, column 8: expected ','"],
    ['{"a": tru}', 'Line 2, column 7: expected a value'],
    ['{"a": 1} {"b": 2}', 'Line 2, column 10: unexpected characters'],
    ['"open', 'Line 2, column 6: a string that does not end'],
    ['"a\\x"', 'Line 2, column 3: a bad escape or control character in a string'],
    ['{"a": 01}', "Line 2, column 8: expected ','"],
    ['{"a": -}', 'Line 2, column 8: a bad number'],
    ['nothing like it', 'Line 2, column 1: expected a value'],
    ['7', 'Line 2: expected an object or a string, found a number'],
    ['12345678901234567890', 'Line 2: expected an object or a string, found a number'],
    ['[1]', 'Line 2: expected an object or a string, found an array'],
    ['null', 'Line 2: expected an object or a string, found null'],
    ['true', 'Line 2: expected an object or a string, found a boolean'],
    ['{"a": 1e999}', 'Line 2: a number is out of range: 1e999'],
    [`{"a": ${'9'.repeat(2000)}}`, 'Line 2: a number is out of range: one of 2000 digits'],
    [`${'['.repeat(200_000)}`, 'Line 2: nested deeper than 1000 levels'],
    [`{"a":${'['.repeat(1000)}${']'.repeat(1000)}}`, 'Line 2: nested deeper than 1000 levels'],
  ])('fails bad line %# of the list and reads on', async (line, message) => {
    const { records, error } = await readRecords(readJsonl(), [`{"a": 0}\n${line}\n{"a": 9}\n`])
    expect(error).toBeUndefined()
    expect(gist(records)).toEqual([{ a: 0 }, message, { a: 9 }])
    expect(records[1]).toMatchObject({ row: { index: 1, line: 2, columns: {} } })
    expect(records[1].error).toMatchObject({ code: 'RECORD_INVALID', reach: 'row' })
    expect(records[2]).toMatchObject({ index: 2, line: 3 })
  })

  it('reads a thousand levels, and does not count brackets in strings', async () => {
    const deep = `{"a":${'['.repeat(999)}${']'.repeat(999)}}`
    const text = `{"a": "\\"${'['.repeat(5000)}"}`
    const { records } = await readRecords(readJsonl(), [`${deep}\n${text}\n`])
    expect(records.map(record => record.kind)).toEqual(['row', 'row'])
  })

  it('stops a line that grows over 16 MB, after the lines before it', async () => {
    const megabyte = 'x'.repeat(1024 * 1024)
    const { records, error } = await readRecords(readJsonl(), [
      '{"a": 1}\n{"b": "',
      ...Array(100).fill(megabyte),
    ])
    expect(gist(records)).toEqual([{ a: 1 }])
    expect(error.message).toBe('Line 2: a field is larger than 16 MB')
  })

  it('takes the columns from the first line that is a row', async () => {
    const { columns } = await readRecords(readJsonl(), ['3\n{bad\n{"b": 1, "a": 2}\n{"c": 3}\n'])
    expect(columns).toEqual(['b', 'a'])
  })

  it('takes a string as a prompt', async () => {
    const { records, columns } = await readRecords(readJsonl(), ['"What is 1 + 1?"\n'])
    expect(columns).toEqual(['prompt'])
    expect(gist(records)).toEqual([{ prompt: 'What is 1 + 1?' }])
  })

  it('skips blank lines, knows CRLF, and reads a last line without a break', async () => {
    const { records } = await readRecords(readJsonl(), ['\r\n{"a":1}\r\n \n{"a":2}'])
    expect(records.map(record => [record.columns.a, record.line])).toEqual([
      [1, 2],
      [2, 4],
    ])
  })

  it('reads back any rows as they were written, cut anywhere, also inside characters', async () => {
    const value = fc.oneof(
      fc.string({ unit: anyCharacter }),
      fc.bigInt({ min: 2n ** 53n, max: 2n ** 90n }),
      fc.integer(),
      fc.constant(null),
      fc.array(fc.boolean()),
    )
    const rows = fc.array(fc.dictionary(fc.string({ unit: anyCharacter }), value), { maxLength: 6 })
    const cuts = fc.array(fc.integer({ min: 1, max: 11 }), { minLength: 1 })
    await fc.assert(
      fc.asyncProperty(rows, cuts, async (written, lengths) => {
        const text = written.map(row => `${stringifyJson(row as never)}\n`).join('')
        const { records, error } = await readRecords(
          readJsonl(),
          cutBytes(Buffer.from(text), lengths),
        )
        expect(error).toBeUndefined()
        expect(records.map(record => stringifyJson(record.columns))).toEqual(
          written.map(row => stringifyJson(row as never)),
        )
      }),
      { numRuns: 25 * scale },
    )
  })
})
