import { writeFile } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { stringifyJson } from '../../lib/row/exact-json.js'
import { type OpenInputsOptions, openInputs } from '../../lib/source/open-inputs.js'
import { makeWorkdir, type Workdir } from '../support/workdir.js'
import { gist } from './read-records.js'

let workdir: Workdir
beforeEach(async () => {
  workdir = await makeWorkdir()
})
afterEach(() => workdir.remove())

async function read(words: readonly string[], options: Partial<OpenInputsOptions> = {}) {
  const source = await openInputs({
    words: words.map(word => (word === '-' ? word : workdir.join(word))),
    stdin: Readable.from([]),
    ...options,
  })
  const records: any[] = []
  for await (const group of source.rows) records.push(...group)
  return { source, records, rows: gist(records) }
}

const indexOf = (record: any): number => record.index ?? record.row.index

describe('openInputs', () => {
  beforeEach(async () => {
    await workdir.write('data/b.jsonl', '{"text":"b1"}\n{"text":"b2"}\n')
    await workdir.write('data/a.jsonl', '{"text":"a1","id":1}\n')
    await workdir.write('more.csv', 'text\nm1\n')
  })

  it('reads patterns, sorted, and files in the order of the words', async () => {
    const { source, records, rows } = await read(['data/*.jsonl', 'more.csv', '-'], {
      stdin: Readable.from(['{"text":"in"}\n']),
      sourceColumn: 'file',
    })

    expect(rows).toEqual([
      { text: 'a1', id: 1, file: 'data/a.jsonl' },
      { text: 'b1', file: 'data/b.jsonl' },
      { text: 'b2', file: 'data/b.jsonl' },
      { text: 'm1', file: 'more.csv' },
      { text: 'in', file: 'standard input' },
    ])
    expect(records.map(indexOf)).toEqual([0, 1, 2, 3, 4])
    expect(source.columns).toEqual(['text', 'id', 'file'])
    expect(source.isColumnsFixed).toBe(false)
    expect(source.files.at(-1)).toBe('-')
  })

  it('keeps the text of numbers and the order of keys beside the column of the source', async () => {
    await workdir.write('data/c.jsonl', '{"b":1.10,"10":2}\n')
    const { records } = await read(['data/c.jsonl'], { sourceColumn: 'file' })
    const [{ columns }] = records
    expect(stringifyJson(columns)).toBe('{"b":1.10,"10":2,"file":"c.jsonl"}')
  })

  it('gives all rows of all inputs, each once, with the indices 0, 1, 2…', async () => {
    const table = fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 300 })
    await fc.assert(
      fc.asyncProperty(fc.array(table, { minLength: 1, maxLength: 4 }), async tables => {
        const names = tables.map((_, at) => `t${at}.csv.gz`)
        for (const [at, cells] of tables.entries()) {
          await writeFile(
            workdir.join(names[at] as string),
            gzipSync(['n,m', ...cells.map(cell => `${cell},x`)].join('\n')),
          )
        }

        const { source, records } = await read(names)

        expect(records.map(({ columns }) => columns.n)).toEqual(tables.flat().map(String))
        expect(records.map(indexOf)).toEqual(tables.flat().map((_, at) => at))
        expect(source.bytesRead()).toBe(source.bytesTotal)
      }),
      { numRuns: 20 },
    )
  })

  it('is the one input where there is one, also by a pattern', async () => {
    const { source, records } = await read(['mor*.csv'])

    expect(records).toHaveLength(1)
    expect(source).toMatchObject({ format: 'csv', isColumnsFixed: true, columns: ['text'] })
    expect(source.files).toEqual([workdir.join('more.csv')])
  })

  it('takes a file by its name, whatever characters are in it, and leaves out the output', async () => {
    await workdir.write('a[1].csv', 'text\none\n')
    await workdir.write('out.csv', 'text,response\n')

    expect((await read(['a[1].csv'])).rows).toEqual([{ text: 'one' }])
    const { source } = await read(['*.csv'], { output: workdir.join('out.csv') })
    expect(source.files.map(path => path.slice(workdir.path.length + 1))).toEqual([
      'a[1].csv',
      'more.csv',
    ])
  })

  it('names the file of a bad record', async () => {
    await workdir.write('data/c.jsonl', '{"text":"c"}\n{broken\n')

    const { records } = await read(['data/*.jsonl'], { sourceColumn: 'file' })

    expect(records.at(-1)).toMatchObject({
      kind: 'failed',
      row: { index: 4, columns: { file: 'c.jsonl' } },
      error: { code: 'RECORD_INVALID', message: expect.stringMatching(/c\.jsonl: Line 2\b/) },
    })
  })

  it('names standard input of a bad record, and the column of the source only if it is asked', async () => {
    const stdin = Readable.from(['{"text":"in"}\n{broken\n'])

    const { records } = await read(['more.csv', '-'], { stdin })

    expect(records.at(-1)).toMatchObject({
      kind: 'failed',
      row: { index: 2, columns: {} },
      error: { message: expect.stringMatching(/^Standard input: Line 2\b/) },
    })
    expect(records.at(-1).row.columns).not.toHaveProperty('file')
  })

  it.each([
    ['own.jsonl', '{"text":"o"}\n{"text":"p","file":"mine"}\n', 'Line 2'],
    ['own.json', '[{"text":"o"},{"text":"p","file":"mine"}]', 'Row 2'],
  ])('fails a row of %s with a column of the source of its own', async (name, content, place) => {
    const path = await workdir.write(name, content)

    const { records } = await read([name, 'more.csv'], { sourceColumn: 'file' })

    expect(gist([records[0], records[2]])).toEqual([
      { text: 'o', file: name },
      { text: 'm1', file: 'more.csv' },
    ])
    expect(records[1]).toMatchObject({
      kind: 'failed',
      row: { index: 1, columns: { file: 'mine' } },
      error: {
        code: 'RECORD_INVALID',
        message: `${path}: ${place}: the row has a column "file" of its own`,
      },
    })
  })

  it('tells of the first ten inputs what was put right in them, and counts the others', async () => {
    const names = Array.from({ length: 12 }, (_, at) => `n${at + 10}.csv`)
    for (const name of names) await workdir.write(name, 'a,b\n1\n')

    const { source } = await read(names)
    const { source: few } = await read(names.slice(0, 2))

    const note = (name: string | undefined) =>
      expect.stringMatching(new RegExp(`${name}: 1 row had fewer fields than the header`))
    expect(source.notes()).toEqual([
      ...names.slice(0, 10).map(note),
      '2 more notes on other inputs',
    ])
    expect(few.notes()).toEqual(names.slice(0, 2).map(note))
  })

  it('refuses a file whose columns change before its rows are read', async () => {
    const path = await workdir.write('n.csv', 'text\nn1\n')
    const source = await openInputs({
      words: [workdir.join('more.csv'), path],
      stdin: Readable.from([]),
    })
    await writeFile(path, 'id,text\n1,n1\n')
    const records: unknown[] = []

    const reading = (async () => {
      for await (const group of source.rows) records.push(...group)
    })()

    await expect(reading).rejects.toMatchObject({
      code: 'INPUT_UNREADABLE',
      message: `${path} has other columns than at the start of the run`,
    })
    expect(gist(records)).toEqual([{ text: 'm1' }])
  })

  it('keeps the rows before a file that breaks, and names the file', async () => {
    const bytes = gzipSync(`text\n${'x\n'.repeat(1000)}`)
    await writeFile(workdir.join('z.csv.gz'), bytes.subarray(0, bytes.length - 9))
    const source = await openInputs({
      words: [workdir.join('more.csv'), workdir.join('z.csv.gz')],
      stdin: Readable.from([]),
    })
    const records: unknown[] = []

    const reading = (async () => {
      for await (const group of source.rows) records.push(...group)
    })()

    await expect(reading).rejects.toMatchObject({
      code: 'INPUT_UNREADABLE',
      message: expect.stringContaining('z.csv.gz is cut off'),
    })
    expect(records.length).toBeGreaterThan(1)
  })

  it.each([
    ['no file for a pattern', ['none/*.csv'], {}, 'No input file matches'],
    ['a file that is missing', ['more.csv', 'gone.csv'], {}, 'gone.csv'],
    ['a file twice', ['more.csv', 'm*.csv'], {}, 'is named twice'],
    [
      'other columns',
      ['more.csv', 'other.csv'],
      {},
      'has no column text and has a column texts more',
    ],
    ['a column for the source that is there', ['more.csv'], { sourceColumn: 'text' }, '"text"'],
    ['a column too few', ['two.csv', 'more.csv'], {}, 'more.csv has no column id, compared with'],
    ['a column more', ['more.csv', 'two.csv'], {}, 'two.csv has a column id more, compared with'],
    ['standard input twice', ['-', '-'], {}, 'Standard input is named twice'],
    [
      'rows after lines of a batch',
      ['batch.jsonl', 'more.csv'],
      { findsBatchLines: true },
      'batch.jsonl has lines of an OpenAI batch, and other inputs have not',
    ],
    [
      'a column for the source of lines of a batch',
      ['batch.jsonl'],
      { findsBatchLines: true, sourceColumn: 'file' },
      '--source-column needs rows with columns',
    ],
    [
      'lines of a batch among rows',
      ['more.csv', 'batch.jsonl'],
      { findsBatchLines: true },
      'OpenAI batch',
    ],
  ] as const)('refuses %s', async (_what, words, options, message) => {
    await workdir.write('other.csv', 'texts\nm1\n')
    await workdir.write('two.csv', 'id,text\n1,m1\n')
    await workdir.write(
      'batch.jsonl',
      '{"custom_id":"1","method":"POST","url":"/v1/chat/completions","body":{"model":"m","messages":[]}}\n',
    )

    await expect(read(words, options)).rejects.toMatchObject({
      reach: 'run',
      message: expect.stringContaining(message),
      remedy: expect.stringMatching(/\S/),
    })
  })

  it('can be left while it waits for standard input', async () => {
    const stdin = new Readable({ read() {} })
    stdin.push('{"text":"in"}\n')
    const source = await openInputs({ words: ['-', workdir.join('more.csv')], stdin })

    source.rows.destroy()

    await new Promise(resolve => source.rows.once('close', resolve))
    expect(stdin.destroyed).toBe(true)
  })
})
