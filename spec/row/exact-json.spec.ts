import { inspect } from 'node:util'
import fc from 'fast-check'
import { parseJson, stringifyJson } from '../../lib/row/exact-json.js'
import { exactNumber } from '../../lib/row/exact-number.js'
import { anyCharacter } from '../support/any-character.js'
import { objectText } from '../support/json-text.js'

describe('parseJson', () => {
  it('refuses what is not JSON, as JSON.parse does', () => {
    expect(() => parseJson('{"id": 12345678901234567890')).toThrow(SyntaxError)
    expect(() => parseJson('nope')).toThrow(SyntaxError)
  })

  it('refuses a number that nothing can hold', () => {
    expect(() => parseJson('{"n": 1e999}')).toThrow(RangeError)
    expect(() => parseJson('-1E+400')).toThrow('out of range: -1E+400')
    expect(() => parseJson('9'.repeat(1001))).toThrow('one of 1001 digits')
  })

  it('keeps integers that a double would change', () => {
    expect(parseJson('{"id": 12345678901234567890, "n": [-9007199254740993, 1]}')).toEqual({
      id: 12345678901234567890n,
      n: [-9007199254740993n, 1],
    })
    expect(parseJson('12345678901234567890')).toBe(12345678901234567890n)
  })

  it('leaves long digits in strings alone, also behind escaped quotes', () => {
    const text = String.raw`{"a\\": "\"12345678901234567890", "b": "\\", "c": 12345678901234567890, "#": "#1"}`
    expect(parseJson(text)).toEqual({
      'a\\': '"12345678901234567890',
      b: '\\',
      c: 12345678901234567890n,
      '#': '#1',
    })
  })

  it('gives doubles for fractions, exponents and small integers', () => {
    expect(
      parseJson('[0.12345678901234567890, 1e300, 9007199254740991, 1234567890123456]'),
    ).toEqual([0.12345678901234568, 1e300, 9007199254740991, 1234567890123456])
  })

  it('takes the last of equal keys, and __proto__ for a key like any other', () => {
    expect(parseJson('{"a": 1, "a": 12345678901234567890}')).toEqual({ a: 12345678901234567890n })
    const value = parseJson('{"__proto__": 12345678901234567890}') as object
    expect(Object.entries(value)).toEqual([['__proto__', 12345678901234567890n]])
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
  })

  it('does not run out of stack on deep nesting around a big integer', () => {
    const depth = 100_000
    expect(() =>
      parseJson(`${'['.repeat(depth)}12345678901234567890${']'.repeat(depth)}`),
    ).not.toThrow()
  })
})

describe('exactNumber', () => {
  it.each([
    ['9007199254740991', 9007199254740991],
    ['9007199254740992', 9007199254740992n],
    ['-9007199254740993', -9007199254740993n],
    ['1.5', 1.5],
    ['12345678901234567.5', 12345678901234568],
    ['1e21', 1e21],
  ])('reads %s', (text, value) => {
    expect(exactNumber(text)).toBe(value)
  })

  it('refuses what is out of range', () => {
    expect(() => exactNumber('1e309')).toThrow(RangeError)
  })
})

describe('stringifyJson', () => {
  it('writes bigints as bare digits, at any depth and indent', () => {
    const value = { id: 12345678901234567890n, list: [1n, 'x', null, {}], none: [] }
    expect(stringifyJson(value)).toBe(
      '{"id":12345678901234567890,"list":[1,"x",null,{}],"none":[]}',
    )
    const plain = { id: 7, list: [1, 'x', null, {}], none: [] }
    expect(stringifyJson({ ...plain, id: 7n }, 2)).toBe(JSON.stringify(plain, undefined, 2))
  })

  it('leaves out what is undefined, as JSON.stringify does', () => {
    const value = { a: undefined, b: 1n } as never
    expect(stringifyJson(value)).toBe('{"b":1}')
  })

  it.each([
    ['{"a":1.10}'],
    ['{"a":1.0,"b":[2.50,{"c":-0}]}'],
    ['[1e5,1E5,1e-7,0.0000001,100000000000000000000000]'],
    ['{"a":0.12345678901234567890,"b":3.14159265358979323846}'],
    ['{"b":1,"10":2,"2":3}'],
    ['{"x":{"b":1,"10":{"2":3,"1":4},"02":5}}'],
    ['{"10":1}'],
    ['[{"a":"1.10","2":"#1.10"},{"#2":"##","b":[],"1":1.0}]'],
    ['{"__proto__":1.10,"a":{"__proto__":2,"1":3}}'],
    ['{"id":12345678901234567890,"price":1.10}'],
  ])('writes %s as it was read', text => {
    expect(stringifyJson(parseJson(text))).toBe(text)
  })

  it('writes a key of digits that has an escape at its place', () => {
    expect(stringifyJson(parseJson(String.raw`{"a":1,"\u0031":2}`))).toBe('{"a":1,"1":2}')
  })

  it('writes numbers and keys that were changed since', () => {
    const read = parseJson('{"b":1.10,"10":2.0,"2":3}') as Record<string, unknown>
    read.b = 1.2
    delete read[10]
    read.new = true
    expect(stringifyJson(read as never)).toBe('{"b":1.2,"2":3,"new":true}')
  })

  it('shows nobody else how a value was written', () => {
    const read = parseJson('{"b":1.10,"10":[2.0],"2":3}')
    expect(read).toStrictEqual({ 2: 3, 10: [2], b: 1.1 })
    expect(JSON.stringify(read)).toBe('{"2":3,"10":[2],"b":1.1}')
    expect(inspect(read)).not.toContain('Symbol')
  })

  it('writes any object without white space as it was read', () => {
    fc.assert(
      fc.property(objectText(), text => {
        expect(stringifyJson(parseJson(text))).toBe(text)
      }),
    )
  })

  it('lets an error of JSON.stringify pass that bigints did not cause', () => {
    const circle: any = {}
    circle.self = circle
    expect(() => stringifyJson(circle)).toThrow()
  })

  it('writes what parseJson reads back equal, whatever the value', () => {
    const value = fc.letrec<{ any: unknown }>(tie => ({
      any: fc.oneof(
        { maxDepth: 4 },
        fc.string({ unit: anyCharacter }),
        fc
          .double({ noNaN: true, noDefaultInfinity: true })
          .filter(number => !Number.isInteger(number) || Number.isSafeInteger(number))
          .map(number => (number === 0 ? 0 : number)),
        fc.bigInt({ min: 2n ** 53n, max: 2n ** 200n }),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('any')),
        fc.dictionary(fc.string(), tie('any'), { noNullPrototype: true }),
      ),
    })).any
    fc.assert(
      fc.property(value, fc.constantFrom(undefined, 2), (written, indent) => {
        expect(parseJson(stringifyJson(written as never, indent))).toEqual(written)
      }),
    )
  })
})
