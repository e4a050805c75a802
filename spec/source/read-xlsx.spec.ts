import { PassThrough, Readable } from 'node:stream'
import exceljs from 'exceljs'
import { readXlsx } from '../../lib/source/read-xlsx.js'
import { gist } from './read-records.js'

type Cells = readonly unknown[]

async function workbookOf(...sheets: readonly (readonly Cells[])[]): Promise<Buffer> {
  const workbook = new exceljs.Workbook()
  sheets.forEach((rows, at) => {
    const sheet = workbook.addWorksheet(`Sheet ${at + 1}`)
    for (const cells of rows) sheet.addRow(cells)
  })
  return Buffer.from(await workbook.xlsx.writeBuffer())
}

async function read(bytes: Buffer) {
  const rows = readXlsx(Readable.from(chunksOf(bytes)))
  let columns: readonly string[] | undefined
  rows.once('columns', names => {
    columns = names
  })
  const records: any[] = []
  try {
    for await (const record of rows) records.push(record)
  } catch (error: any) {
    return { records, columns, error }
  }
  return { records, columns, error: undefined }
}

function* chunksOf(bytes: Buffer, length = 4096): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length)
}

const relationships = `<Relationships>${[1, 2]
  .map(id => `<Relationship Id="r${id}" Type="worksheet" Target="worksheets/sheet${id}.xml"/>`)
  .join('')}</Relationships>`
const endOfArchive = Buffer.concat([Buffer.from('PK\x05\x06'), Buffer.alloc(18)])

/** A file in a zip archive, not compressed: the header before it and its bytes. */
function stored(name: string, text: string): Buffer {
  const header = Buffer.alloc(30)
  header.write('PK\x03\x04')
  header.writeUInt32LE(Buffer.byteLength(text), 18)
  header.writeUInt32LE(Buffer.byteLength(text), 22)
  header.writeUInt16LE(name.length, 26)
  return Buffer.concat([header, Buffer.from(name), Buffer.from(text)])
}

describe('readXlsx', () => {
  it('says how to get exceljs where it is missing', async () => {
    const importExceljs = () => Promise.reject(new Error('no such package'))
    const rows = readXlsx(Readable.from([]), { importExceljs })
    await expect(rows.toArray()).rejects.toMatchObject({
      code: 'DEPENDENCY_MISSING',
      remedy: 'npm install exceljs',
    })
  })

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
    expect(error.message).toBe('The input is no .xlsx workbook, or a damaged one')
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

  it('fails a row with more cells than the header, among the others', async () => {
    const { records } = await read(
      await workbookOf([
        ['a', 'b'],
        [1, 2],
        [3, 4, 5],
        [6, 7],
      ]),
    )
    expect(gist(records)).toEqual([
      { a: '1', b: '2' },
      'Line 3: 3 fields where the header has 2',
      { a: '6', b: '7' },
    ])
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

  it('takes the sheet that comes first in the workbook, not in the archive', async () => {
    const cell = (text: string) => `<c r="A1" t="str"><v>${text}</v></c>`
    const sheet = (text: string) =>
      `<worksheet><sheetData><row r="1">${cell(text)}</row></sheetData></worksheet>`
    const archive = [
      ['xl/_rels/workbook.xml.rels', relationships],
      [
        'xl/workbook.xml',
        '<workbook><sheets><sheet name="first" sheetId="2" r:id="r2"/><sheet name="second" sheetId="1" r:id="r1"/></sheets></workbook>',
      ],
      ['xl/sharedStrings.xml', '<sst/>'],
      ['xl/worksheets/sheet1.xml', sheet('other')],
      ['xl/worksheets/sheet2.xml', sheet('wanted')],
    ].map(([name, text]) => stored(name as string, text as string))
    const { columns, error } = await read(Buffer.concat([...archive, endOfArchive]))
    expect(error).toBeUndefined()
    expect(columns).toEqual(['wanted'])
  })

  it('has no rows and no columns in an empty sheet', async () => {
    expect(await read(await workbookOf([]))).toEqual({ records: [], columns: [], error: undefined })
  })

  it('lets go of its input when it is destroyed', async () => {
    const input = new PassThrough()
    const rows = readXlsx(input)
    rows.destroy()
    await new Promise(resolve => input.once('close', resolve))
    expect(input.destroyed).toBe(true)
  })

  it('passes on an error of its input', async () => {
    const input = new PassThrough()
    const rows = readXlsx(input)
    input.destroy(new Error('gone'))
    await expect(rows.toArray()).rejects.toThrow('gone')
  })
})
