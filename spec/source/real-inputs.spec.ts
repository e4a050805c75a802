import { Readable } from 'node:stream'
import type { SourceForm } from '../../lib/source/check-form.js'
import { openSource } from '../../lib/source/open-source.js'
import { makeWorkdir, type Workdir } from '../support/workdir.js'
import { gist } from './read-records.js'

/** What a form of input gives: rows, messages in place of failed rows, or one message for all. */
interface Given {
  /** Columns of a row; a message of a failed row. */
  readonly rows?: readonly unknown[]
  /** The message that refuses the input, without the input's name. */
  readonly refusal?: string
  readonly columns?: readonly string[]
  readonly notes?: readonly string[]
  readonly format?: string
  readonly warning?: RegExp
}

type InputForm = readonly [
  what: string,
  name: string,
  bytes: string | Buffer,
  given: Given,
  form?: SourceForm,
]

const latin = (text: string) => Buffer.from(text, 'latin1')
const utf16 = (text: string) => Buffer.from(text, 'utf16le')

/** One line a form: what people's files look like. `-` is standard input. */
const forms: readonly InputForm[] = [
  // Delimiters.
  ['semicolons', 'a.csv', 'id;text\n1;a, b\n', { rows: [{ id: '1', text: 'a, b' }] }],
  ['tabs in .csv', 'a.csv', 'id\ttext\n1\ta,b\n', { rows: [{ id: '1', text: 'a,b' }] }],
  ['pipes', 'a.csv', 'id|text\n1|x\n', { rows: [{ id: '1', text: 'x' }] }],
  [
    'a comma in a quoted name',
    'a.csv',
    '"a, b, c";d\n1;2\n',
    { rows: [{ 'a, b, c': '1', d: '2' }] },
  ],
  [
    'pipes in brackets',
    'a.csv',
    'id,stars (1|2|3)\n1,2\n',
    { rows: [{ id: '1', 'stars (1|2|3)': '2' }] },
  ],
  ['one column', 'a.csv', 'text\na;b|c\n', { rows: [{ text: 'a;b|c' }] }],
  ['a line break in a name', 'a.csv', '"a\nb";c\n1;2\n', { rows: [{ 'a\nb': '1', c: '2' }] }],
  ["Excel's sep=", 'a.csv', 'sep=;\r\nid;a,b,c\r\n1;2\r\n', { rows: [{ id: '1', 'a,b,c': '2' }] }],
  ['sep= in quotes', 'a.csv', '\uFEFF"sep=|"\nid|b\n1|2\n', { rows: [{ id: '1', b: '2' }] }],
  ['blank lines above', 'a.csv', '\n \nid;b\n1;2\n', { rows: [{ id: '1', b: '2' }] }],
  ['CR alone', 'a.csv', 'id;b\r1;2\r', { rows: [{ id: '1', b: '2' }] }],
  ['a header alone', 'a.csv', 'id;b', { rows: [], columns: ['id', 'b'] }],
  [
    '--delimiter',
    'a.csv',
    'a,b;c\n1,2;3\n',
    { rows: [{ 'a,b': '1,2', c: '3' }] },
    { delimiter: ';' },
  ],
  [
    '--delimiter of a letter',
    'a.csv',
    'aXb\n1X2\n',
    { rows: [{ a: '1', b: '2' }] },
    { delimiter: 'X' },
  ],
  [
    '--delimiter for .tsv',
    'a.tsv',
    'a;b\n1;2\n',
    { rows: [{ a: '1', b: '2' }] },
    { delimiter: ';' },
  ],
  [
    '--delimiter for text',
    'a.txt',
    'a;b\n',
    { refusal: '--delimiter needs an input that is csv, tsv, but PATH is read as text' },
    { delimiter: ';' },
  ],

  [
    '--bad-bytes for a workbook',
    '-',
    Buffer.from('PK\x03\x04'),
    { refusal: '--bad-bytes replace needs an input that is text, csv, tsv, json, jsonl' },
    { badBytes: 'replace' },
  ],
  [
    '--encoding for an OpenAI batch',
    'a.jsonl',
    latin('{"custom_id":"é","method":"POST","url":"/","body":{}}\n'),
    { rows: [{ custom_id: 'é', method: 'POST', url: '/', body: {} }], format: 'openai-batch' },
    { encoding: 'latin1', format: 'openai-batch' },
  ],

  // Rows that do not fit.
  [
    'a short row',
    'a.csv',
    'a,b,c\n1\n',
    {
      rows: [{ a: '1', b: '', c: '' }],
      notes: ['1 row had fewer fields than the header: the missing fields are empty'],
    },
  ],
  [
    'empty fields too many',
    'a.csv',
    'a,b\n1,2,,\n3,4,\n',
    {
      rows: [
        { a: '1', b: '2' },
        { a: '3', b: '4' },
      ],
      notes: ['2 rows had more fields than the header, all empty: those were dropped'],
    },
  ],
  [
    'a text too many',
    'a.csv',
    'a,b\n1,x, y\n3,4\n',
    { rows: ['Line 2: 3 fields where the header has 2', { a: '3', b: '4' }], notes: [] },
  ],
  ['a blank before a quote', 'a.csv', 'a,b\n1, "x, y"\n', { rows: [{ a: '1', b: 'x, y' }] }],
  ['text after a quote', 'a.csv', 'a,b\n1,"x" or y\n', { rows: [{ a: '1', b: 'x or y' }] }],
  ['an open quote', 'a.csv', 'a,b\n1,"x\n', { rows: ['PATH: Line 2: a quote is not closed'] }],

  // Headers.
  [
    'a name twice',
    'a.csv',
    'a,a\n1,2\n',
    { refusal: 'The header has more than one column with the name: a' },
  ],
  [
    '--rename-duplicates',
    'a.csv',
    'a,a\n1,2\n',
    { rows: [{ a: '1', a_2: '2' }] },
    { renameDuplicates: true },
  ],
  [
    '--header-row',
    'a.csv',
    'Sales, "2024\n\na;b\n1;2\n',
    { rows: [{ a: '1', b: '2' }] },
    { headerRow: 3 },
  ],
  [
    '--header-row after CRLF',
    'a.tsv',
    'Sales\r\na\tb\r\n1\t2\r\n',
    { rows: [{ a: '1', b: '2' }] },
    { headerRow: 2 },
  ],
  [
    '--header-row and sep=',
    'a.csv',
    'sep=;\nSales\na,b;c\n1;2\n',
    { rows: [{ 'a,b': '1', c: '2' }] },
    { headerRow: 3 },
  ],
  [
    '--header-row too far',
    'a.csv',
    'a,b\n1,2\n',
    { refusal: '--header-row 9: the input has only 2 lines' },
    { headerRow: 9 },
  ],

  // Encodings.
  [
    'Windows-1252',
    'a.csv',
    latin('a,b\n\x80,\xe9\n'),
    { rows: [{ a: '€', b: 'é' }] },
    { encoding: 'windows-1252' },
  ],
  [
    'Shift JIS',
    'a.txt',
    Buffer.from([0x93, 0xfa, 0x96, 0x7b, 0x0a]),
    { rows: [{ prompt: '日本' }] },
    { encoding: 'Shift_JIS' },
  ],
  [
    'UTF-16 without a mark',
    'a.csv',
    utf16('a;b\n1;é\n'),
    { rows: [{ a: '1', b: 'é' }] },
    { encoding: 'utf-16le' },
  ],
  [
    'the same, unnamed',
    'a.csv',
    utf16('a;b\n1;é\n'),
    { refusal: 'The input looks like UTF-16LE without a byte order mark, not UTF-8' },
  ],
  [
    'a byte that is not in it',
    'a.txt',
    Buffer.from([0x61, 0x0a, 0x93]),
    { rows: [{ prompt: 'a' }, 'PATH: Line 2: not shift_jis'] },
    { encoding: 'shift_jis' },
  ],
  [
    'a byte that is not UTF-8',
    'a.csv',
    latin('a\nx\ncaf\xe9\n'),
    { rows: [{ a: 'x' }, 'PATH: Line 3: not UTF-8: byte 0xE9 at offset 7'] },
  ],
  [
    '--bad-bytes replace',
    'a.csv',
    latin('a\ncaf\xe9\n'),
    { rows: [{ a: 'caf\uFFFD' }], notes: ['1 bad character replaced by U+FFFD'] },
    { badBytes: 'replace' },
  ],
  [
    'the same in UTF-16',
    'a.csv',
    utf16('\uFEFFa\n\uD800x\n'),
    { rows: [{ a: '\uFFFDx' }] },
    { badBytes: 'replace' },
  ],
  [
    'an encoding on standard input',
    '-',
    latin('a;b\n\xe9;1\n'),
    { rows: [{ a: 'é', b: '1' }], format: 'csv' },
    { encoding: 'latin1' },
  ],

  // Text and JSON.
  [
    'text with CR alone',
    'a.txt',
    'a\rb\r\nc\n\rd',
    { rows: ['a', 'b', 'c', 'd'].map(prompt => ({ prompt })) },
  ],
  [
    'joined files',
    'a.txt',
    '\uFEFFa\n\uFEFFb\uFEFF\n',
    { rows: [{ prompt: 'a' }, { prompt: 'b\uFEFF' }] },
  ],
  ['JSONL with CR alone', 'a.jsonl', '{"a":1}\r{"a":2}\r', { rows: [{ a: 1 }, { a: 2 }] }],
  ['joined JSONL', 'a.jsonl', '\uFEFF{"a":1}\n\uFEFF{"a":2}\n', { rows: [{ a: 1 }, { a: 2 }] }],
  [
    'joined CSV',
    'a.csv',
    '\uFEFFa,b\n1,2\n\uFEFF"x, y",4\n',
    {
      rows: [
        { a: '1', b: '2' },
        { a: 'x, y', b: '4' },
      ],
    },
  ],
  [
    'an array in .jsonl',
    'a.jsonl',
    '[{"a":1},{"a":2}]\n',
    { refusal: 'Line 1: an array of rows, where each line must be one object' },
  ],
  [
    'an array over lines in .jsonl',
    'a.jsonl',
    '[\n {"a":1}\n]\n',
    { refusal: 'Line 1: an array of rows' },
  ],
  [
    'pretty objects in .jsonl',
    'a.jsonl',
    '\n{\n  "a": 1\n}\n',
    { refusal: 'Line 2: an object of several lines' },
  ],
  [
    'a bad first line in .jsonl',
    'a.jsonl',
    '{"a" 1}\n{"a":2}\n',
    { rows: [expect.stringContaining('Line 1, column 6'), { a: 2 }] },
  ],
  [
    'lists in .jsonl',
    'a.jsonl',
    '[1,2]\n{"a":2}\n',
    { rows: [expect.stringContaining('found an array'), { a: 2 }] },
  ],
  ['an empty .json', 'a.json', '', { refusal: 'The JSON input is empty' }],
  ['blanks alone in .json', 'a.json', ' \n\n', { refusal: 'The JSON input is empty' }],
  ['an empty .txt', 'a.txt', '', { rows: [] }],

  // Standard input.
  [
    "names with ? and '",
    '-',
    "id,What's new?\n1,x\n",
    { rows: [{ id: '1', "What's new?": 'x' }], format: 'csv' },
  ],
  [
    'a name with a colon',
    '-',
    'id,time: start\n1,9:00\n',
    { rows: [{ id: '1', 'time: start': '9:00' }] },
  ],
  [
    'a quoted comma',
    '-',
    'id,"City, country"\n1,x\n',
    { rows: [{ id: '1', 'City, country': 'x' }] },
  ],
  ['a second line with quotes', '-', 'id,ok?\n1,"a, b"\n', { rows: [{ id: '1', 'ok?': 'a, b' }] }],
  ['a second line that goes on', '-', 'id,ok?\n1,"a\nb"\n', { rows: [{ id: '1', 'ok?': 'a\nb' }] }],
  ['semicolons', '-', 'id;ok?\n1;2\n', { rows: [{ id: '1', 'ok?': '2' }], format: 'csv' }],
  ['tabs', '-', 'id\tok?\n1\t2\n', { rows: [{ id: '1', 'ok?': '2' }], format: 'tsv' }],
  ['sep=', '-', 'sep=;\nid;b\n1;2\n', { rows: [{ id: '1', b: '2' }], format: 'csv' }],
  [
    'sentences with commas',
    '-',
    'Hello, world?\nNo, thanks!\n',
    { rows: [{ prompt: 'Hello, world?' }, { prompt: 'No, thanks!' }], format: 'text' },
  ],
  [
    'a sentence without a blank',
    '-',
    'Is it red,green?\nYes.\n',
    {
      rows: [{ prompt: 'Is it red,green?' }, { prompt: 'Yes.' }],
      warning: /first line looks like a header/,
    },
  ],
  [
    'names and blanks',
    '-',
    'id, text\n1, x\n',
    {
      rows: [{ prompt: 'id, text' }, { prompt: '1, x' }],
      warning: /"id, text"\. If it is a table, add --input-format csv/,
    },
  ],
  [
    'one column',
    '-',
    'prompt\nWhy?\n',
    { rows: [{ prompt: 'prompt' }, { prompt: 'Why?' }], warning: /"prompt"/ },
  ],
  [
    '--header-row',
    '-',
    'Sales\nid;b\n1;2\n',
    { rows: [{ id: '1', b: '2' }], format: 'csv' },
    { headerRow: 2 },
  ],
]

describe('an input as people have them', () => {
  let dir: Workdir
  beforeEach(async () => {
    dir = await makeWorkdir()
  })
  afterEach(() => dir.remove())

  it.each(forms.map(form => [form[0], form[1], form] as const))(
    '%s (%s)',
    async (...[, , form]) => {
      const [, name, bytes, given, options = {}] = form
      const path = name === '-' ? name : await dir.write(name, bytes)
      const named = (text: string) => text.replaceAll('PATH', path)
      const opened = await openSource({
        ...{ path, ...options },
        stdin: Readable.from([Buffer.from(bytes)]),
      }).catch(error => error)

      if (given.refusal !== undefined) {
        expect(opened.message).toContain(named(given.refusal))
        expect(opened.message).toContain(path === '-' ? 'tandard input' : path)
        expect(opened).toMatchObject({ reach: 'run', remedy: expect.stringMatching(/\S/) })
        return
      }
      const found: unknown[] = []
      await (async () => {
        for await (const group of opened.rows) found.push(...gist(group))
      })().catch(error => found.push(error.message))
      expect(found).toEqual(
        (given.rows ?? []).map(row => (typeof row === 'string' ? named(row) : row)),
      )
      if (given.columns !== undefined) expect(opened.columns).toEqual(given.columns)
      if (given.notes !== undefined) expect(opened.notes()).toEqual(given.notes)
      if (given.format !== undefined) expect(opened.format).toBe(given.format)
      const warned = opened.warnings.join('\n')
      expect(warned).toMatch(given.warning ?? /^$/)
    },
  )
})
