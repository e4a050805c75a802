import { readGivenRows } from '../../lib/source/read-given-rows.js'
import { gist } from './read-records.js'

/** The records of rows that a program gives, up to an error of the iteration. */
async function read(given: unknown) {
  const reading = readGivenRows(given as Iterable<unknown>)
  const source = await reading.open()
  const records: any[] = []
  let error: any
  try {
    for await (const group of source.rows) records.push(...group)
  } catch (thrown) {
    error = thrown
  }
  return { reading, source, records, error }
}

async function* later(...values: readonly unknown[]): AsyncGenerator<unknown> {
  yield* values
}

describe('readGivenRows', () => {
  it.each([
    ['an array of none', []],
    ['an iteration of none', new Set()],
    ['a stream of none', later()],
  ])('reads no rows of %s', async (_what, given) => {
    const { source, records, error } = await read(given)

    expect({ records, error }).toEqual({ records: [], error: undefined })
    expect(source.columns).toEqual([])
  })

  it.each([
    ['an array', (values: readonly unknown[]) => values],
    ['an iteration', (values: readonly unknown[]) => new Set(values)],
    ['a stream', (values: readonly unknown[]) => later(...values)],
  ])('counts the rows of %s over the groups', async (_what, given) => {
    const rows = Array.from({ length: 300 }, (_, id) => ({ id }))

    const { source, records } = await read(given(rows))

    expect(records.map(({ columns }) => columns)).toEqual(rows)
    expect(records.map(({ index }) => index)).toEqual(rows.map(({ id }) => id))
    expect(source).toMatchObject({ columns: ['id'], isColumnsFixed: false, bytesTotal: undefined })
    expect([source.bytesRead(), source.notes()]).toEqual([0, []])
  })

  it.each<[string, object, object]>([
    ['leaves out a member that is undefined', { a: 1, b: undefined }, { a: 1 }],
    [
      'gives a date as its text, at any depth',
      { at: new Date(0), in: [{ at: new Date(1) }] },
      { at: '1970-01-01T00:00:00.000Z', in: [{ at: '1970-01-01T00:00:00.001Z' }] },
    ],
    [
      'takes objects without a prototype',
      { in: Object.assign(Object.create(null), { a: null, b: undefined }) },
      { in: { a: null } },
    ],
    ['keeps big integers', { big: 2n ** 64n, yes: true }, { big: 2n ** 64n, yes: true }],
  ])('%s', async (_what, row, columns) => {
    const { records, reading } = await read([row])

    expect(gist(records)).toEqual([columns])
    expect(reading.givenOf(records[0])).toEqual(columns)
  })

  it('gives back the very object where nothing of it changes', async () => {
    const row = { a: 1, list: [1, ['x']], in: { b: null } }

    const { records, reading } = await read([row])

    expect(reading.givenOf(records[0])).toBe(row)
  })

  it('gives back a text as it is', async () => {
    const { source, records, reading } = await read(['one', 'two'])

    expect(source.columns).toEqual(['prompt'])
    expect(records.map(reading.givenOf)).toEqual(['one', 'two'])
  })

  it.each<[string, unknown[], string]>([
    ['a number before all', [7, { a: 1 }], 'expected a string or an object, found a number'],
    ['null', [null, { a: 1 }], 'expected a string or an object, found null'],
    ['what is undefined', [undefined, 'x'], 'expected a string or an object, found undefined'],
    ['a list', [[], 'x'], 'expected a string or an object, found an array'],
    ['no number', [Number.NaN, 'x'], 'expected a string or an object, found NaN'],
    ['infinity in a list', [{ a: [Infinity] }], 'the column a holds Infinity that JSON does not'],
    ['a function', [{ f: () => {} }], 'the column f holds a function that JSON does not have'],
    ['an object of a class', [{ m: new Map() }], 'the column m holds an object that JSON does not'],
    ['a date that is none', [{ d: new Date('x') }], 'the column d holds an object that JSON does'],
  ])('fails the row of %s, and reads on', async (_what, given, message) => {
    const { source, records, error } = await read([...given, { last: 1 }])

    expect(error).toBeUndefined()
    expect(records).toHaveLength(given.length + 1)
    expect(records[0]).toMatchObject({
      kind: 'failed',
      row: { index: 0 },
      error: { code: 'RECORD_INVALID', message: expect.stringContaining(`Row 0: ${message}`) },
    })
    expect(source.columns).toEqual([])
  })

  it.each<[string, unknown[], string]>([
    ['an object among texts', ['x', { a: 1 }], 'Row 1: expected a string, found an object'],
    ['a text among objects', [{ a: 1 }, 'x'], 'Row 1: expected an object, found a string'],
  ])('fails %s', async (_what, given, message) => {
    const { records } = await read(given)

    expect(records[1]).toMatchObject({
      kind: 'failed',
      error: { message: expect.stringContaining(message) },
    })
  })

  it('gives the rows before an error of the iteration', async () => {
    function* failing() {
      yield { id: 0 }
      yield { id: 1 }
      yield { id: 2 }
      throw new Error('the database is gone')
    }

    const { records, error } = await read(failing())

    expect(gist(records)).toEqual([{ id: 0 }, { id: 1 }, { id: 2 }])
    expect(error).toMatchObject({ message: 'the database is gone' })
  })

  it('ends the iteration when its rows are left, also where that fails', async () => {
    let ended = 0
    async function* endless() {
      try {
        for (let id = 0; ; id += 1) yield { id }
      } finally {
        ended += 1
        // biome-ignore lint/correctness/noUnsafeFinally: as a cursor whose connection broke
        throw new Error('cannot close')
      }
    }
    const source = await readGivenRows(endless()).open()

    source.rows.destroy()
    await new Promise(resolve => source.rows.once('close', resolve))
    await new Promise(setImmediate)

    expect(ended).toBe(1)
  })

  it.each([
    ['one text', 'prompt', 'a string'],
    ['a number', 5, 'a number'],
    ['no number', Number.NaN, 'NaN'],
    ['null', null, 'null'],
    ['what is undefined', undefined, 'undefined'],
    ['an object', { a: 1 }, 'an object'],
  ])('refuses %s', (_what, given, name) => {
    expect(() => readGivenRows(given as never)).toThrow(
      expect.objectContaining({
        code: 'OPTIONS_INVALID',
        reach: 'run',
        message: `The rows are ${name}, and not an array or an iterable of objects or strings`,
      }),
    )
  })
})
