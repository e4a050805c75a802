import type { SourceForm } from '../../lib/source/check-form.js'
import { detectFormat, formatOfName, untilDetectable } from '../../lib/source/detect-format.js'

const detect = (text: string, form?: SourceForm) => detectFormat(Buffer.from(text), form)

describe('formatOfName', () => {
  it('refuses an unknown extension, and lists the formats', () => {
    expect(() => formatOfName('data.docx')).toThrow(
      expect.objectContaining({
        code: 'INPUT_FORMAT_UNKNOWN',
        reach: 'run',
        message: expect.stringContaining('data.docx: the extension .docx'),
        remedy: 'Name the format with --input-format: text, csv, tsv, json, jsonl, xlsx, parquet.',
      }),
    )
  })

  it.each([
    ['a.txt', 'text'],
    ['a.xlsm', 'xlsx'],
    ['a.CSV', 'csv'],
    ['a.tsv', 'tsv'],
    ['a.parquet', 'parquet'],
    ['a.json', 'json'],
    ['a.b.jsonl', 'jsonl'],
    ['a.ndjson', 'jsonl'],
    ['a.xlsx', 'xlsx'],
    ['/dev/fd/63', undefined],
  ])('knows %s', (path, format) => {
    expect(formatOfName(path)).toBe(format)
  })
})

describe('detectFormat', () => {
  it('refuses bytes that are neither text nor a workbook', () => {
    expect(() => detect('\0\x01\x02')).toThrow(
      expect.objectContaining({ code: 'INPUT_FORMAT_UNKNOWN' }),
    )
  })

  it.each([
    ['[{"a": 1}]', 'json'],
    ['[', 'json'],
    ['  \n [\n  {', 'json'],
    ['["one", "two"]', 'json'],
    ['[]', 'json'],
    ['[1, 2]', 'json'],
    ['{\n  "data": [', 'json'],
    ['{"data": [\n', 'json'],
    ['{"a": 1}\n{"a": 2}\n', 'jsonl'],
    ['{"a": 1', 'jsonl'],
    ['{}\n', 'jsonl'],
    ['{bad}\n', 'jsonl'],
    ['"What is 1 + 1?"\n', 'jsonl'],
    ['customer_id,review_text\n', 'csv'],
    ['"id","review text"\n', 'csv'],
    ['\uFEFFid,text,\n', 'csv'],
    ['größe,farbe\r\n', 'csv'],
    ['id\ttext\n', 'tsv'],
    ['What is 1 + 1?\n', 'text'],
    ['Hello, world\n', 'text'],
    ['Compare Rome,Paris and Athens.\n', 'text'],
    ['[INFO] started\n', 'text'],
    ['"Nothing" is what he said\n', 'text'],
    ['42\n', 'text'],
    ['', 'text'],
  ])('detects %j as %s', (text, format) => {
    expect(detect(text)).toBe(format)
  })

  it('detects JSONL also by the start of a very long line', () => {
    expect(detect(`{"a":"${'x'.repeat(70_000)},`)).toBe('jsonl')
  })

  it('takes any text as JSON when a JSON path is given', () => {
    expect(detect('{"data": {"items": []}}\n', { jsonPath: 'data.items' })).toBe('json')
  })

  it('knows a workbook by its first bytes, and text in UTF-16 by its mark', () => {
    expect(detectFormat(Buffer.from([0x50, 0x4b, 0x03, 0x04, 0]))).toBe('xlsx')
    expect(detectFormat(Buffer.from('\uFEFFid,name\n', 'utf16le'))).toBe('csv')
  })

  it('ignores bytes that are not UTF-8, because the reader reports their place', () => {
    expect(detectFormat(Buffer.from('id,name\ncaf\xe9,1\n', 'latin1'))).toBe('csv')
  })
})

describe('untilDetectable', () => {
  it('needs one line that is not blank, or 64 KB', () => {
    expect(untilDetectable()(Buffer.from('\n \n a'))).toBe(false)
    expect(untilDetectable()(Buffer.from('\n \n a\n'))).toBe(true)
    expect(untilDetectable()(Buffer.alloc(70_000, 'x'))).toBe(true)
  })

  it.each<[string, string, number]>([
    ['a line that comes a byte at a time', '\n \u00e9a', 6],
    ['a long line', 'x'.repeat(65_535), 65_536],
    ['blank lines without end', '\n'.repeat(65_535), 65_536],
  ])('looks at each byte once, also with %s', (_what, text, pieces) => {
    const isDetectable = untilDetectable()
    const bytes = Buffer.from(`${text}\n`)
    const said = Array.from(bytes, byte => isDetectable(Buffer.from([byte])))

    expect(said).toHaveLength(pieces)
    expect(said.indexOf(true)).toBe(pieces - 1)
  })
})
