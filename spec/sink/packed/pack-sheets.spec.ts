import exceljs from 'exceljs'
import fc from 'fast-check'
import { packSheets } from '../../../lib/sink/packed/pack-sheets.js'
import { readXlsx } from '../../../lib/source/xlsx/read-xlsx.js'
import { readRecords } from '../../source/read-records.js'
import { anyCharacter } from '../../support/any-character.js'

type Line = readonly (string | number | boolean | null)[]

async function packed(header: readonly string[], lines: readonly Line[], mostRows?: number) {
  const packing = await packSheets(header, mostRows === undefined ? {} : { mostRows })
  const pieces: Buffer[] = []
  for (const line of lines) pieces.push(await packing.pack(`${JSON.stringify(line)}\n`))
  pieces.push(await packing.end())
  return { bytes: Buffer.concat(pieces), notes: packing.notes() }
}

async function opened(bytes: Buffer): Promise<exceljs.Workbook> {
  const workbook = new exceljs.Workbook()
  await workbook.xlsx.load(bytes as unknown as exceljs.Buffer)
  return workbook
}

const text = fc.oneof(
  fc.string({ unit: anyCharacter }),
  fc.constantFrom(
    '=1+1',
    '007',
    '_x000D_',
    'a\r\nb\tc',
    ' blank ',
    '<&>"',
    '\0\x1b\ud800',
    '\uffff',
  ),
)

describe('packSheets', () => {
  it('writes texts that read back as they were, whatever they are', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(text, text), { maxLength: 8 }), async lines => {
        const all = lines.map(([one, other]) => ['x', one, other])
        const { bytes } = await packed(['id', 'a', 'b'], all)

        const { records, error } = await readRecords(readXlsx(), [bytes])

        expect(error).toBeUndefined()
        expect(records.map(({ columns }) => [columns.id, columns.a, columns.b])).toEqual(all)
      }),
      { numRuns: 60 },
    )
  })

  it('keeps numbers and booleans as such, as another reader sees them', async () => {
    const { bytes, notes } = await packed(
      ['text', 'number', 'yes', 'none'],
      [
        ['12', 12.5, true, null],
        ['=1+1', -3e-7, false, null],
      ],
    )

    const sheet = (await opened(bytes)).worksheets[0]

    expect(sheet?.getSheetValues().slice(1)).toEqual([
      [undefined, 'text', 'number', 'yes', 'none'],
      [undefined, '12', 12.5, true],
      [undefined, '=1+1', -3e-7, false],
    ])
    expect(notes).toEqual([])
  })

  it('writes lists and objects as JSON, also in a column with a name of two letters', async () => {
    const header = Array.from({ length: 703 }, (_, index) => `c${index}`)
    const line = header.map((name, at) => ([0, 26, 702].includes(at) ? { name } : null))
    const packing = await packSheets(header)
    const pieces = [await packing.pack(`${JSON.stringify(line)}\n`), await packing.end()]

    const sheet = (await opened(Buffer.concat(pieces))).worksheets[0]

    expect(['A2', 'AA2', 'AAA2'].map(address => sheet?.getCell(address).value)).toEqual([
      ...['{"name":"c0"}', '{"name":"c26"}', '{"name":"c702"}'],
    ])
  })

  it('goes on in another sheet where one is full, with the header again', async () => {
    const { bytes, notes } = await packed(['n'], [['1'], ['2'], ['3'], ['4'], ['5']], 3)

    const { worksheets } = await opened(bytes)

    expect(worksheets.map(({ name }) => name)).toEqual(['Sheet1', 'Sheet2', 'Sheet3'])
    expect(worksheets.map(sheet => sheet.getColumn(1).values.slice(1))).toEqual([
      ['n', '1', '2'],
      ['n', '3', '4'],
      ['n', '5'],
    ])
    expect(notes).toEqual(['The rows are in 3 sheets: Excel takes 3 rows a sheet'])
  })

  it('cuts a text that no cell can hold, and says so in the cell and after', async () => {
    const { bytes, notes } = await packed(['a', 'b'], [['x'.repeat(32_767), '😀'.repeat(20_000)]])

    const row = (await opened(bytes)).worksheets[0]?.getRow(2)

    expect(row?.getCell(1).text).toBe('x'.repeat(32_767))
    expect(row?.getCell(2).text).toMatch(/^(😀)+ … \[cut: 40000 characters\]$/u)
    expect(row?.getCell(2).text.length).toBeLessThanOrEqual(32_767)
    expect(notes).toEqual([expect.stringMatching(/^1 cell was cut: .*--output/)])
  })

  it('makes equal files of equal rows, however they are grouped', async () => {
    const lines = [['1'], ['2'], ['3']]
    const one = await packed(['n'], lines)
    const packing = await packSheets(['n'])
    const all = lines.map(line => `${JSON.stringify(line)}\n`).join('')

    expect(Buffer.concat([await packing.pack(all), await packing.end()])).toEqual(one.bytes)
  })

  it('refuses more columns than a sheet has', async () => {
    const header = Array.from({ length: 16_385 }, (_, index) => `c${index}`)

    await expect(packSheets(header)).rejects.toMatchObject({
      code: 'OPTIONS_INVALID',
      message: expect.stringContaining('16385 columns'),
      remedy: expect.stringContaining('--output'),
    })
  })

  it('holds no rows: bytes come while rows go in', async () => {
    const packing = await packSheets(['a'])
    const line = `${JSON.stringify([String(Math.PI).repeat(100)])}\n`
    let most = 0
    for (let index = 0; index < 300; index += 1) {
      const noise = Array.from({ length: 50 }, (_, at) => `["${index * 7919 + at * 104_729}"]\n`)
      most = Math.max(most, (await packing.pack(line + noise.join(''))).length)
    }
    const last = await packing.end()

    expect(most).toBeGreaterThan(0)
    expect(last.length).toBeLessThan(100_000)
  })
})
