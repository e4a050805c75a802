import { once } from 'node:events'
import { PassThrough, Readable } from 'node:stream'
import { streamGroups } from '../../../lib/source/record/stream-groups.js'
import { type ReadXlsxOptions, readXlsx } from '../../../lib/source/xlsx/read-xlsx.js'
import { settle } from '../../support/fake-clock.js'
import { scale } from '../../support/scale.js'
import { gist, readGroups, readRecords } from '../read-records.js'
import {
  type Named,
  parts,
  partsAsRows,
  readWorkbook as read,
  relationships,
  sheetOf,
  sheetTab,
  workbookOf,
  zipOf,
} from './make-workbook.js'
import type { ZipPart } from './make-zip.js'

const open = (bytes: Iterable<Buffer> | PassThrough) => {
  const input = bytes instanceof PassThrough ? bytes : Readable.from(bytes)
  input.on('error', () => {})
  return streamGroups(readXlsx(), input, () => input.destroy())
}

describe('readXlsx', () => {
  it.each([
    ['text', async () => Buffer.from('id,name\n1,Ada\n'.repeat(100))],
    ['nothing', async () => Buffer.alloc(0)],
    [
      'half a workbook',
      async () => {
        const bytes = await workbookOf([
          ['a'],
          ...Array.from({ length: 500 }, (_, at) => [`text ${at}`]),
        ])
        return bytes.subarray(0, bytes.length >> 1)
      },
    ],
    [
      'a workbook with noise in it',
      async () => {
        const bytes = await workbookOf([['a'], ['1']])
        bytes.fill(0x55, 40, bytes.length - 200)
        return bytes
      },
    ],
  ])('refuses %s', async (_name, make) => {
    const { error } = await read(await make())
    expect(error).toMatchObject({ code: 'INPUT_SYNTAX_INVALID', reach: 'run' })
    expect(error.message).toBe('The input is not an .xlsx workbook, or is damaged')
  })

  it('refuses a header that names a column twice', async () => {
    const { error } = await read(
      await workbookOf([
        ['a', 'a'],
        [1, 2],
      ]),
    )
    expect(error).toMatchObject({ code: 'COLUMN_DUPLICATE' })
  })

  it('reads the first sheet as text, as a spreadsheet would write it', async () => {
    const { records, columns, error } = await read(
      await workbookOf(
        [
          ['id', 'day', 'sum', 'note', 'ok'],
          [
            1001,
            new Date(Date.UTC(2026, 10, 23)),
            { formula: 'A2*2', result: 2002 },
            'x & <y>',
            true,
          ],
          [],
          [12.5, null, 0.1 + 0.2, { richText: [{ text: 'a' }, { text: 'b' }] }, false],
          [7],
        ],
        [['other'], ['never read']],
      ),
    )
    expect(error).toBeUndefined()
    expect(columns).toEqual(['id', 'day', 'sum', 'note', 'ok'])
    expect(gist(records)).toEqual([
      { id: '1001', day: '2026-11-23', sum: '2002', note: 'x & <y>', ok: 'TRUE' },
      { id: '12.5', day: '', sum: '0.3', note: 'ab', ok: 'FALSE' },
      { id: '7', day: '', sum: '', note: '', ok: '' },
    ])
    expect(records.map(record => [record.index, record.line])).toEqual([
      [0, 2],
      [1, 4],
      [2, 5],
    ])
  })

  describe('with options of tables', () => {
    const sheet = () => workbookOf([['Sales 2024'], [], ['id', 'id'], ['1', 'x'], ['2']])
    const readAs = async (options: ReadXlsxOptions) =>
      readRecords(readXlsx(options), [await sheet()])

    it('finds the header at its row, and numbers names that come twice', async () => {
      const { records, columns, error } = await readAs({ headerRow: 3, renameDuplicates: true })
      expect(error).toBeUndefined()
      expect(columns).toEqual(['id', 'id_2'])
      expect(gist(records)).toEqual([
        { id: '1', id_2: 'x' },
        { id: '2', id_2: '' },
      ])
      expect(records.map(({ line }) => line)).toEqual([4, 5])
    })

    it('takes the first row with a cell, from that row on', async () => {
      const { columns } = await readAs({ headerRow: 2, renameDuplicates: true })
      expect(columns).toEqual(['id', 'id_2'])
    })

    it('refuses names that come twice', async () => {
      const { error } = await readAs({ headerRow: 3 })
      expect(error).toMatchObject({ code: 'COLUMN_DUPLICATE', reach: 'run' })
    })

    it('refuses a row that the sheet does not have', async () => {
      const { error } = await readAs({ headerRow: 6 })
      expect(error).toMatchObject({
        code: 'USAGE_INVALID',
        message: '--header-row 6: the input has only 5 rows',
        reach: 'run',
      })
    })
  })

  describe.each<[string, (keyof typeof parts)[]]>([
    [
      'as Excel writes it',
      ['types', 'root', 'workbook', 'rels', 'other', 'wanted', 'styles', 'strings'],
    ],
    [
      'with the workbook last',
      ['types', 'root', 'rels', 'other', 'wanted', 'strings', 'styles', 'workbook'],
    ],
    [
      'with all that tells of the sheets behind them',
      ['wanted', 'other', 'styles', 'strings', 'rels', 'workbook', 'root'],
    ],
  ])('in an archive %s', (_how, order) => {
    it.each<[string, Partial<ZipPart>]>([
      ['compressed', {}],
      ['as a stream', { isStreamed: true }],
      ['as it is', { isStored: true }],
    ])('reads the first sheet of the workbook, stored %s', async (_way, how) => {
      const bytes = zipOf(
        order.map(name => parts[name]),
        how,
      )
      for (let time = 0; time < 10 * scale; time += 1) {
        const { records, columns, error } = await read(bytes, 1 + ((time * 997) % 4096))
        expect(error).toBeUndefined()
        expect(columns).toEqual(['name', 'day'])
        expect(gist(records)).toEqual(partsAsRows)
      }
    })
  })

  it('reads a workbook that has another name, and no styles or shared strings', async () => {
    const { columns, error } = await read(
      zipOf([
        ['_rels/.rels', relationships([['officeDocument', '/data/book.xml']])],
        ['data/_rels/book.xml.rels', relationships([['worksheet', 'one.xml']])],
        ['data/book.xml', `<workbook><sheets>${sheetTab('a', 1)}</sheets></workbook>`],
        ['data/one.xml', sheetOf('<c r="A1" t="str"><v>id</v></c>')],
      ]),
    )
    expect(error).toBeUndefined()
    expect(columns).toEqual(['id'])
  })

  it('keeps letters whole that are cut between two pieces of the sheet', async () => {
    const texts = Array.from({ length: 2_000 }, (_, at) => `${at} ${'語🙂é'.repeat(9)}`)
    const cells = ['text', ...texts].map(
      (text, at) => `<c r="A${at + 1}" t="str"><v>${text}</v></c>`,
    )
    const { records, error } = await read(
      zipOf([...Object.values(parts), [parts.wanted[0], sheetOf(...cells)]]),
    )
    expect(error).toBeUndefined()
    expect(records.map(record => record.columns.text)).toEqual(texts)
  })

  it.each<[string, readonly Named[]]>([
    ['without a workbook', [parts.root, parts.rels, parts.wanted]],
    ['whose first sheet is not there', Object.values(parts).filter(part => part !== parts.wanted)],
    [
      'whose shared strings are not there',
      Object.values(parts).filter(part => part !== parts.strings),
    ],
    ['that knows of no sheets', [parts.root, parts.workbook, parts.wanted]],
    ['whose sheet is no XML', [...Object.values(parts), [parts.wanted[0], '<worksheet></row>']]],
  ])('refuses an archive %s', async (_what, all) => {
    expect((await read(zipOf(all))).error).toMatchObject({
      code: 'INPUT_SYNTAX_INVALID',
      reach: 'run',
    })
  })

  it('gives the rows before the damage in a sheet', async () => {
    const rows = Array.from({ length: 5_000 }, (_, at) => `<c r="A${at + 1}"><v>${at}</v></c>`)
    const bytes = zipOf([...Object.values(parts), [parts.wanted[0], sheetOf(...rows)]], {
      isStored: true,
    })
    bytes.write('9', bytes.lastIndexOf('<v>4999</v>') + 3)
    const { records, error } = await read(bytes)
    expect(error).toMatchObject({ code: 'INPUT_SYNTAX_INVALID', reach: 'run' })
    expect(records.length).toBeGreaterThan(4_000)
  })

  it('gives groups of at most 128 rows, and fewer where they hold much text', async () => {
    const short = Array.from({ length: 300 }, (_, at) => `${at}`)
    const long = Array.from({ length: 9 }, () => 'x'.repeat(32_000))
    const bytes = await workbookOf([['text'], ...[...short, ...long].map(text => [text])])
    const { groups } = await readGroups(readXlsx(), [bytes])
    const texts = groups.map(group => group.map(row => row.columns.text))
    expect(texts.flat()).toEqual([...short, ...long])
    expect(groups.flat().map(row => row.index)).toEqual([...Array(309).keys()])
    for (const group of texts) {
      expect(group.length).toBeGreaterThan(0)
      expect(group.length).toBeLessThanOrEqual(128)
      expect(group.join('').length).toBeLessThanOrEqual(256 * 1024)
    }
  })

  it('reports a fault after the header only when somebody reads', async () => {
    const row = '<row><c t="str"><v>a</v></c></row>'
    const damaged = [parts.wanted[0], `<worksheet><sheetData>${row}</oops>`] as const
    const { rows, columns } = open([zipOf([...Object.values(parts), damaged])])
    expect(await columns).toEqual(['a'])
    for (let turn = 0; turn < 1000; turn += 1) await settle()
    expect(rows.errored).toBeNull()
    const heard = once(rows, 'error')
    rows.resume()
    expect(await heard).toMatchObject([{ code: 'INPUT_SYNTAX_INVALID' }])
  })

  it('reads no further when it is destroyed', async () => {
    const input = new PassThrough()
    const { rows } = open(input)
    rows.destroy()
    await once(rows, 'close')
    expect(input.destroyed).toBe(true)
  })

  it('passes on an error of its input', async () => {
    const input = new PassThrough()
    const { rows } = open(input)
    input.destroy(new Error('gone'))
    await expect(rows.toArray()).rejects.toThrow('gone')
  })
})
