import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { open } from 'node:fs/promises'
import { PassThrough, Readable } from 'node:stream'
import { promisify } from 'node:util'
import exceljs from 'exceljs'
import type { RowSource } from '../../lib/port/row-source.js'
import { type OpenSourceOptions, openSource } from '../../lib/source/open-source.js'
import { settle } from '../support/fake-clock.js'
import { makeWorkdir, type Workdir } from '../support/workdir.js'
import { gist } from './read-records.js'

let dir: Workdir
beforeEach(async () => {
  dir = await makeWorkdir()
})
afterEach(() => dir.remove())

const from = (path: string, options: Partial<OpenSourceOptions> = {}) =>
  openSource({ path, stdin: Readable.from([]), ...options })
const fromStdin = (text: string | Buffer, options: Partial<OpenSourceOptions> = {}) =>
  from('-', { stdin: Readable.from([Buffer.from(text)]), ...options })

async function* broken(text: string): AsyncGenerator<Buffer> {
  yield Buffer.from(text)
  throw new Error('gone')
}

const rowsOf = async ({ rows }: RowSource): Promise<any[]> => (await rows.toArray()).flat()

describe('openSource, of an input it cannot take', () => {
  it('says that a file does not exist', async () => {
    await expect(from(dir.join('no.csv'))).rejects.toMatchObject({
      code: 'INPUT_NOT_FOUND',
      reach: 'run',
      message: `Input file not found: ${dir.join('no.csv')}`,
    })
  })

  it('says that a folder is not a file', async () => {
    await expect(from(dir.path, { format: 'csv' })).rejects.toMatchObject({
      code: 'INPUT_UNREADABLE',
      message: expect.stringContaining('is a folder'),
    })
  })

  it('says why a file cannot be opened', async () => {
    await expect(from(dir.join(`${'x'.repeat(300)}.csv`))).rejects.toMatchObject({
      code: 'INPUT_UNREADABLE',
      message: expect.stringContaining('ENAMETOOLONG'),
    })
  })

  it('says that a file cannot be read to its end', async () => {
    await expect(from('/proc/self/mem', { format: 'text' })).rejects.toMatchObject({
      code: 'INPUT_UNREADABLE',
      message: 'Input file /proc/self/mem could not be read to its end: EIO',
    })
  })

  it('refuses an extension it does not know before it opens the file', async () => {
    await expect(from('no.docx')).rejects.toMatchObject({ code: 'INPUT_FORMAT_UNKNOWN' })
  })

  it.each([
    ['a.csv', 'a,a\n1,2\n', 'COLUMN_DUPLICATE'],
    ['a.csv', Buffer.from('caf\xe9,b\n', 'latin1'), 'INPUT_ENCODING_INVALID'],
    ['a.csv', '"a,b\n1,2\n', 'INPUT_SYNTAX_INVALID'],
    ['a.json', '[{"a":1,}]', 'INPUT_SYNTAX_INVALID'],
    ['a.json', '{"a":[]}', 'USAGE_INVALID'],
    ['a.txt', Buffer.from([0xe9, 0x0a]), 'INPUT_ENCODING_INVALID'],
    ['a.xlsx', 'a,b\n', 'INPUT_SYNTAX_INVALID'],
  ])('reports a fault at the beginning of %s at once: %j', async (name, text, code) => {
    await expect(from(await dir.write(name, text))).rejects.toMatchObject({ code, reach: 'run' })
  })

  it('refuses a JSON path for an input that is not JSON', async () => {
    const path = await dir.write('a.csv', 'a,b\n')
    await expect(from(path, { jsonPath: 'a' })).rejects.toMatchObject({
      code: 'USAGE_INVALID',
      message: `--json-path needs an input that is json, but ${path} is read as csv`,
    })
  })

  it('reports a later fault only when its place is reached', async () => {
    const source = await from(await dir.write('a.csv', 'a\n1\n2\n"3'))
    await settle()
    const rows: unknown[] = []
    const loop = async () => {
      for await (const group of source.rows) rows.push(...group)
    }
    await expect(loop()).rejects.toMatchObject({ code: 'INPUT_SYNTAX_INVALID' })
    expect(gist(rows)).toEqual([{ a: '1' }, { a: '2' }])
  })
})

describe('openSource', () => {
  it.each([
    ['a.csv', 'b,2,1\nx,y,z\n', 'csv', ['b', '2', '1'], true],
    ['a.tsv', 'b\ta\nx\ty\n', 'tsv', ['b', 'a'], true],
    ['a.json', '[{"b":1,"a":2}]', 'json', ['b', 'a'], false],
    ['a.ndjson', '{"b":1,"a":2}\n', 'jsonl', ['b', 'a'], false],
    ['a.txt', 'x\n', 'text', ['prompt'], true],
  ])('describes %s', async (name, text, format, columns, isColumnsFixed) => {
    const path = await dir.write(name, text)
    const source = await from(path)
    expect(source).toMatchObject({ format, columns, isColumnsFixed, path, bytesTotal: text.length })
    expect(await rowsOf(source)).toHaveLength(1)
    expect(source.bytesRead()).toBe(text.length)
  })

  it.each(['a.csv', 'a.tsv', 'a.jsonl', 'a.txt'])('has no rows in an empty %s', async name => {
    const source = await from(await dir.write(name, ''))
    expect(source.columns).toEqual(name === 'a.txt' ? ['prompt'] : [])
    expect(await source.rows.toArray()).toEqual([])
  })

  it.each([
    ['customer_id,text\n1,x\n', 'csv', [{ customer_id: '1', text: 'x' }]],
    ['[{"a":1}]', 'json', [{ a: 1 }]],
    ['{"a":1}\n{"a":2}\n', 'jsonl', [{ a: 1 }, { a: 2 }]],
    ['Why?', 'text', [{ prompt: 'Why?' }]],
    ['', 'text', []],
  ])('detects the format of standard input by its beginning: %j', async (text, format, rows) => {
    const source = await fromStdin(text)
    expect(source).toMatchObject({ format, path: '-', bytesTotal: undefined })
    expect(gist(await rowsOf(source))).toEqual(rows)
    expect(source.bytesRead()).toBe(text.length)
  })

  it('prefers the given format to the format of the name or of the beginning', async () => {
    const path = await dir.write('a.csv', '{"a":1}\n')
    expect(gist(await rowsOf(await from(path, { format: 'jsonl' })))).toEqual([{ a: 1 }])
    const source = await fromStdin('a,b\n', { format: 'text' })
    expect(gist(await rowsOf(source))).toEqual([{ prompt: 'a,b' }])
  })

  it('reads the array at a path', async () => {
    const path = await dir.write('a.json', '{"data":{"items":[{"a":1}]}}')
    const source = await from(path, { jsonPath: 'data.items' })
    expect(gist(await rowsOf(source))).toEqual([{ a: 1 }])
  })

  it('reads a workbook, from a file and from standard input', async () => {
    const workbook = new exceljs.Workbook()
    workbook.addWorksheet('one').addRows([['a'], [1]])
    const bytes = Buffer.from(await workbook.xlsx.writeBuffer())
    for (const source of [await from(await dir.write('a.xlsx', bytes)), await fromStdin(bytes)]) {
      expect(source).toMatchObject({ format: 'xlsx', columns: ['a'], isColumnsFixed: true })
      expect(gist(await rowsOf(source))).toEqual([{ a: '1' }])
      expect(source.bytesRead()).toBeGreaterThan(0)
    }
  })

  it('reads UTF-16 with a byte order mark', async () => {
    for (const bytes of [
      Buffer.from('\uFEFFname\nAda é😀\n', 'utf16le'),
      Buffer.from('\uFEFFname\nAda é😀\n', 'utf16le').swap16(),
    ]) {
      const source = await from(await dir.write('a.csv', bytes))
      expect(gist(await rowsOf(source))).toEqual([{ name: 'Ada é😀' }])
    }
  })

  it.each([
    ['text', 'one\n', { prompt: 'one' }],
    [undefined, 'one, two\n', { prompt: 'one, two' }],
    ['jsonl', '{"a":1}\n', { a: 1 }],
    [undefined, '{"a":1}\n', { a: 1 }],
    ['csv', 'a,b\n1,2\n', { a: '1', b: '2' }],
    [undefined, 'a,b\n1,2\n', { a: '1', b: '2' }],
    ['json', '[{"a":1}', { a: 1 }],
    [undefined, '[\n{"a":1}', { a: 1 }],
  ] as const)('gives a row of a slow producer (%s) at once: %j', async (format, text, columns) => {
    const stdin = new PassThrough()
    stdin.write(text)
    const source = await from('-', { stdin, format })
    const [[row]] = await once(source.rows, 'data')
    expect({ ...row.columns }).toEqual(columns)
    source.rows.destroy()
  })

  describe.each([
    ['text', '', (at: number) => `line ${at}\n`],
    ['csv', 'a\n', (at: number) => `"row ${at}"\n`],
    ['tsv', 'a\tb\n', (at: number) => `${at}\tx\n`],
    ['json', '[', (at: number) => `{"a":${at}}${at < 299 ? ',' : ''}`],
    ['jsonl', '', (at: number) => `{"a":${at}}\n`],
  ] as const)('with %s', (format, head, line) => {
    const text = head + Array.from({ length: 300 }, (_, at) => line(at)).join('')

    it('gives groups of at most 128 records, in order', async () => {
      const end = format === 'json' ? ']' : ''
      const { rows } = await fromStdin(text + end, { format })
      const groups: any[][] = await rows.toArray()
      expect(groups.map(group => group.length)).toEqual([128, 128, 44])
      const indices = groups.flat().map(record => record.index)
      expect(indices).toEqual(Array.from({ length: 300 }, (_, at) => at))
    })

    it('gives every row before the place at which its input fails, to a reader that is slow', async () => {
      const source = await from('-', { stdin: Readable.from(broken(text)), format })
      await settle()
      const rows: any[] = []
      const loop = async () => {
        for await (const group of source.rows) {
          rows.push(...group)
          await settle()
        }
      }
      await expect(loop()).rejects.toMatchObject({ code: 'INPUT_UNREADABLE', reach: 'run' })
      expect(rows).toHaveLength(300)
    })

    it('reports that its input failed also to a late listener', async () => {
      const source = await from('-', { stdin: Readable.from(broken(text)), format })
      await settle()
      const heard = once(source.rows, 'error')
      source.rows.resume()
      expect(await heard).toMatchObject([{ code: 'INPUT_UNREADABLE' }])
    })
  })

  it('tells the columns of a table when only the header has come', async () => {
    const stdin = new PassThrough()
    stdin.write('id,text\n')
    const source = await from('-', { stdin })
    expect(source.columns).toEqual(['id', 'text'])
    stdin.end('1,x\n')
    expect(gist(await rowsOf(source))).toEqual([{ id: '1', text: 'x' }])
  })

  it('reads a named pipe as a pipe, and closes it while it waits', async () => {
    const path = dir.join('pipe')
    await promisify(execFile)('mkfifo', [path])
    const opening = from(path)
    const writer = await open(path, 'w')
    await writer.write('id,text\n1,x\n')
    const source = await opening
    expect(source).toMatchObject({ format: 'csv', bytesTotal: undefined })
    const [[row]] = await once(source.rows, 'data')
    expect(row.columns).toEqual({ id: '1', text: 'x' })
    source.rows.destroy()
    await once(source.rows, 'close')
    await settle()
    await settle()
    await expect(writer.write('2,y\n')).rejects.toMatchObject({ code: 'EPIPE' })
    await writer.close()
  })

  it('closes standard input when its rows are no longer wanted, also while it waits', async () => {
    const stdin = new PassThrough()
    stdin.write('one\n')
    const source = await from('-', { stdin, format: 'text' })
    source.rows.destroy()
    await new Promise(resolve => stdin.once('close', resolve))
    expect(stdin.destroyed).toBe(true)
  })

  it('reads no more of a large file than is asked for', async () => {
    const path = await dir.write('a.txt', 'a line of text\n'.repeat(100_000))
    const source = await from(path)
    await settle()
    source.rows.read()
    await settle()
    expect(source.bytesRead()).toBeLessThan(400_000)
    source.rows.destroy()
  })
})
