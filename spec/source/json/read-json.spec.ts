import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import fc from 'fast-check'
import { stringifyJson } from '../../../lib/row/exact-json.js'
import { readJson } from '../../../lib/source/json/read-json.js'
import { streamGroups } from '../../../lib/source/record/stream-groups.js'
import { anyCharacter } from '../../support/any-character.js'
import { scale } from '../../support/scale.js'
import { cutBytes, gist, readRecords } from '../read-records.js'

const read = (text: string, path?: string) => readRecords(readJson(path), [text])
const everyCharacter = [1]

describe('readJson', () => {
  it.each([
    ['[{"a":1},{"a":2},{"a":}]', 2, 'Line 1, column 23: expected a value'],
    ['[{"a":1},\n {"a":2}\n {"a":3}]', 2, "Line 3, column 2: expected ','"],
    ['[{"a":1},{"a":2},]', 2, "Line 1, column 18: unexpected token ']'"],
    ['[{"a":1}]\n{"a":2}', 1, 'Line 2, column 1: unexpected characters'],
    ['[{"a":1}] x', 1, 'Line 1, column 11: unexpected characters'],
    ['[{"a":1},{"a":2', 1, "Line 1, column 16: expected ','"],
    ['[{"a":1}', 1, "Line 1, column 9: expected ','"],
    ['["one","two",thre]', 2, 'Line 1, column 14: expected a value'],
    ['["{","}","]",nul]', 3, 'Line 1, column 14: expected a value'],
    ['["a, {x",\n"b",-]', 2, 'Line 2, column 6: a bad number'],
    [
      '[{"a":"} ]"},{"b":"\t"}]',
      1,
      'Line 1, column 20: a bad escape or control character in a string',
    ],
    ['[{"a":"\\x"}]', 0, 'Line 1, column 8: a bad escape or control character in a string'],
    ['[{"a":[{},{"b":[1,2}]}]', 0, "Line 1, column 20: expected ']'"],
    ['{"a":[],', 0, 'Line 1, column 9: expected a name in quotes'],
    ["[{'a':1}]", 0, 'Line 1, column 3: expected a name in quotes'],
    ['oops', 0, 'Line 1, column 1: expected a value'],
  ])(
    'gives the rows before a fault, and the place of the fault: %s',
    async (text, rows, message) => {
      const whole = await read(text, text.startsWith('{') ? 'b' : undefined)
      expect(whole.records).toHaveLength(rows)
      expect(whole.error.message).toBe(message)
      expect(whole.error).toMatchObject({ code: 'INPUT_SYNTAX_INVALID', reach: 'run' })
      const cut = await readRecords(
        readJson(text.startsWith('{') ? 'b' : undefined),
        cutBytes(Buffer.from(text), everyCharacter),
      )
      expect(cut.records).toEqual(whole.records)
      expect(cut.error.message).toBe(message)
    },
  )

  it('finds the place of a fault after many pieces', async () => {
    const row = '{"text":"} , ] and\\n so on","list":[1,{"x":[]}]}'
    const good = `[\n${Array(5000).fill(row).join(',\n')}`
    const { records, error } = await readRecords(
      readJson(),
      cutBytes(Buffer.from(`${good},\n${row}}\n]`), [4001]),
    )
    expect(records).toHaveLength(5001)
    expect(error.message).toBe(`Line 5002, column ${row.length + 1}: expected ']'`)
  })

  it('counts elements that are not rows among the others', async () => {
    const { records, error } = await read('[{"a":1},7,null,[{"b":2}],true,"Why?",{"a":2}]')
    expect(error).toBeUndefined()
    expect(gist(records)).toEqual([
      { a: 1 },
      'Element 2: expected an object or a string, found a number',
      'Element 3: expected an object or a string, found null',
      'Element 4: expected an object or a string, found an array',
      'Element 5: expected an object or a string, found a boolean',
      { prompt: 'Why?' },
      { a: 2 },
    ])
    expect(records[1]).toMatchObject({ row: { index: 1 }, error: { code: 'RECORD_INVALID' } })
    expect(records[6].index).toBe(6)
  })

  it('fails an element that is nested too deep or has too large a number, and reads on', async () => {
    const deep = `{"a":${'['.repeat(1000)}${']'.repeat(1000)}}`
    const most = `{"a":${'['.repeat(999)}${']'.repeat(999)}}`
    const { records, error } = await read(`[${most},${deep},{"b":1e999},{"c":"d"}]`)
    expect(error).toBeUndefined()
    expect(records[0].kind).toBe('row')
    expect(gist(records.slice(1))).toEqual([
      'Element 2: nested deeper than 1000 levels',
      'Element 3: a number is out of range: 1e999',
      { c: 'd' },
    ])
  })

  it('refuses a document that is nested without end', async () => {
    const { records, error } = await readRecords(readJson(), [
      '[{"a":1},',
      ...Array(20).fill('['.repeat(1000)),
    ])
    expect(records).toHaveLength(1)
    expect(error.message).toContain('nested deeper than 10000 levels')
  })

  it('refuses a field after 16 MB, and an element of small fields after 32 MB', async () => {
    const megabyte = 'x'.repeat(1024 * 1024)
    let pieces = 0
    function* endless(): Generator<string> {
      yield '[{"a":1},{"b":"'
      for (; pieces < 100; pieces += 1) yield megabyte
    }
    const { records, error } = await readRecords(readJson(), endless())
    expect(gist(records)).toEqual([{ a: 1 }])
    expect(error).toMatchObject({
      code: 'FIELD_TOO_LARGE',
      message: 'Element 2: a field is larger than 16 MB',
    })
    expect(pieces).toBeLessThan(25)
    const many = ['[{"a":1},[', ...Array(100).fill(`"${megabyte}",`)]
    const long = await readRecords(readJson(), many)
    expect(long.error.message).toBe('Element 2: a record is larger than 32 MB')
  })

  it('names only a line near a fault when there are 32 MB since the last bracket', async () => {
    const many = ['{"skip":[\n', ...Array(40).fill(`"${'x'.repeat(1024 * 1024)}",\n`), 'oops']
    const { error } = await readRecords(readJson('rows'), many)
    expect(error.message).toMatch(/^Near line (3\d|41): not JSON$/)
  })

  it('refuses a field over 16 MB that comes in one piece', async () => {
    const { error } = await read(`["${'x'.repeat(16 * 1024 * 1024 + 1)}"]`)
    expect(error.message).toBe('Element 1: a field is larger than 16 MB')
  })

  it.each([
    [
      undefined,
      '{"data":{"items":[{}]},"errors":[]}',
      'The JSON input is not an array of rows but an object; arrays in it: data.items, errors',
    ],
    [undefined, '{"a":1}\n{"a":2}', 'The JSON input is not an array of rows but an object'],
    [undefined, '"text"', 'The JSON input is not an array of rows but a string'],
    ['data', '[{"a":1}]', 'No array of rows at --json-path data: the JSON input is an array'],
    ['data', '{"data":{"items":[]}}', 'No array of rows at --json-path data: "data" is an object'],
    [
      'data.items',
      '{"data":{"items":5}}',
      'No array of rows at --json-path data.items: "data.items" is a number',
    ],
    [
      'data.items',
      '{"data":[{"items":[]}]}',
      'No array of rows at --json-path data.items: "data" is an array; arrays in it: data',
    ],
    ['data.items', '{"data":null}', 'No array of rows at --json-path data.items: "data" is null'],
    [
      'data.item',
      '{"x":{"item":[]},"data":{"items":[{"item":[]}]}}',
      'Nothing in the JSON input at --json-path data.item; arrays in it: x.item, data.items',
    ],
  ])('says what it found instead of an array at %s: %s', async (path, text, message) => {
    const { error, records, columns } = await read(text, path)
    expect({ records, columns }).toEqual({ records: [], columns: undefined })
    expect(error).toMatchObject({ code: 'USAGE_INVALID', reach: 'run' })
    expect(error.message).toContain(message)
    expect(error.remedy).toBeTruthy()
  })

  it('finds a key of the path only under the keys before it, also under a repeated key', async () => {
    const other = await read('{"a":{"x":1},"z":{"b":[{"y":1}]}}', 'a.b')
    expect(other.error.message).toBe(
      'Nothing in the JSON input at --json-path a.b; arrays in it: z.b',
    )
    const equal = await read('{"a":{"x":1},"a":{"b":[{"y":1}]}}', 'a.b')
    expect(gist(equal.records)).toEqual([{ y: 1 }])
  })

  it.each([
    ['a.b', '{"a.b":[{"y":1}]}'],
    ['a.b.c', '{"a":{"x":[0],"b.c":[{"y":1}]}}'],
    ['a.b.c', '{"a.b":{"c":[{"y":1}]}}'],
    ['a.b', '{"a":7,"a.b":[{"y":1}]}'],
    ['a.b', '{"a":[0],"a.b":[{"y":1}]}'],
    ['a.b', '{"a":{"b":"none"},"a.b":[{"y":1}]}'],
    ['.a', '{"":{"a":[{"y":1}]}}'],
    ['.a', '{".a":[{"y":1}]}'],
    ['a.b', '{"a":{"b":[{"y":1}]},"a.b":[{"y":2}]}'],
  ])('takes a dot of the path %s also as a dot in a key: %s', async (path, text) => {
    const { records, error } = await read(text, path)
    expect(error).toBeUndefined()
    expect(gist(records)).toEqual([{ y: 1 }])
  })

  it('says what it found instead of the array only if no later value matches the path', async () => {
    const { error } = await read('{"a":7,"a.c":[],"b":{"a.b":[]}}', 'a.b')
    expect(error.message).toBe(
      'No array of rows at --json-path a.b: "a" is a number; arrays in it: a.c, b.a.b',
    )
    expect((await read('{"a":7,"a.b":"x"}', 'a.b')).error.message).toBe(
      'No array of rows at --json-path a.b: "a.b" is a string',
    )
  })

  it('refuses a large object before it has read it to its end', async () => {
    let pieces = 0
    function* endless(): Generator<string> {
      yield '{"rows":['
      for (; pieces < 1000; pieces += 1) yield '{"a":[1,2,3]},'.repeat(10)
    }
    const { error } = await readRecords(readJson(), endless())
    expect(error.remedy).toBe('Name the array of rows, for example --json-path rows')
    expect(pieces).toBeLessThan(100)
  })

  it('reads the array at a path, and checks the rest of the document', async () => {
    const text =
      '{"items":[9],"meta":{"items":[[1]],"n":1e999},"data":{"x":[{"items":[0]}],"items":[{"a":1}],"z":{}},"end":[true]}'
    expect(gist((await read(text, 'data.items')).records)).toEqual([{ a: 1 }])
    const { records, error } = await read(`${text.slice(0, -1)},}`, 'data.items')
    expect(gist(records)).toEqual([{ a: 1 }])
    expect(error.message).toBe(`Line 1, column ${text.length + 1}: unexpected token '}'`)
  })

  it('keeps exact integers, the last of equal keys, and names such as __proto__', async () => {
    const { records, columns } = await read(
      '[{"id":12345678901234567890,"n":-9007199254740993,"a":1,"a":2,"__proto__":{"x":1},"constructor":3}]',
    )
    expect(columns).toEqual(['id', 'n', 'a', '__proto__', 'constructor'])
    expect(stringifyJson(records[0].columns)).toBe(
      '{"id":12345678901234567890,"n":-9007199254740993,"a":2,"__proto__":{"x":1},"constructor":3}',
    )
    expect(records[0].columns.x).toBeUndefined()
  })

  it('has no rows in an empty array, and refuses an empty document', async () => {
    const none = { records: [], columns: [], error: undefined }
    expect(await read('[]')).toEqual(none)
    for (const empty of [await read(' \n'), await readRecords(readJson(), [])]) {
      expect(empty.records).toEqual([])
      expect(empty.error).toMatchObject({ code: 'INPUT_SYNTAX_INVALID', reach: 'run' })
    }
  })

  it('gives an element as soon as it is complete', async () => {
    const input = new PassThrough()
    const { rows } = streamGroups(readJson(), input, () => input.destroy())
    input.write('[{"a":1}')
    const [group] = await once(rows, 'data')
    expect(gist(group)).toEqual([{ a: 1 }])
    rows.destroy()
  })

  it('reads back any array as it was written, cut anywhere', async () => {
    const value = fc.letrec<{ any: unknown }>(tie => ({
      any: fc.oneof(
        { maxDepth: 3 },
        fc.string({ unit: anyCharacter }),
        fc.stringMatching(/^[\]}{["\\, ]{0,9}$/),
        fc.bigInt({ min: 2n ** 53n, max: 2n ** 90n }),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('any'), { maxLength: 3 }),
        fc.dictionary(fc.string(), tie('any'), { maxKeys: 3 }),
      ),
    })).any
    const element = fc.oneof(
      fc.dictionary(fc.string({ unit: anyCharacter }), value, { maxKeys: 4 }),
      fc.string({ unit: anyCharacter }),
      fc.stringMatching(/^[\]}{["\\, ]{0,9}$/),
    )
    const cuts = fc.array(fc.integer({ min: 1, max: 11 }), { minLength: 1 })
    await fc.assert(
      fc.asyncProperty(
        fc.array(element, { maxLength: 5 }),
        cuts,
        fc.constantFrom(undefined, 2),
        async (written, lengths, indent) => {
          const text = stringifyJson(written as never, indent)
          const { records, error } = await readRecords(
            readJson(),
            cutBytes(Buffer.from(text), lengths),
          )
          expect(error).toBeUndefined()
          expect(records.map(record => stringifyJson(record.columns))).toEqual(
            written.map(row =>
              stringifyJson((typeof row === 'string' ? { prompt: row } : row) as never),
            ),
          )
        },
      ),
      { numRuns: 40 * scale },
    )
  })
})
