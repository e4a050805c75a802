import { type ReadXlsxOptions, readXlsx } from '../../../lib/source/xlsx/read-xlsx.js'
import { gist, readRecords } from '../read-records.js'
import {
  type Named,
  parts,
  partsAsRows,
  relationships,
  sheetOf,
  sheetTab,
  zipOf,
} from './make-workbook.js'
import { packRepeated } from './make-zip.js'

const megabyte = 'x'.repeat(1024 * 1024)
const header = '<c r="A1" t="str"><v>a</v></c><c r="B1" t="str"><v>b</v></c>'

/** What is read with these parts in place of the usual. */
const readWith = (instead: readonly Named[], options: ReadXlsxOptions = {}) =>
  readRecords(readXlsx(options), [zipOf([...Object.values(parts), ...instead])])

/** A sheet that repeats a text after the header and one more row. */
function sheetWith(text: string, times: number, beginning: string, end: string): Named {
  const before = `<worksheet><sheetData><row r="1">${header}</row><row r="2"><c r="A2"><v>1</v></c></row>`
  const after = `${end}</row></sheetData></worksheet>`
  const repeated = { times, beginning: `${before}<row r="3">${beginning}`, end: after }
  return [parts.wanted[0], packRepeated(text, repeated)]
}

describe('readXlsx, at its limits', () => {
  const cell = '<c r="A3" t="str"><v>'
  const unclosed = '<c r="A3" t="inlineStr"><is><t>'

  it.each<[string, Named, string, string]>([
    [
      'a text of over 16 MB in runs',
      sheetWith(`<r><t>${megabyte}</t></r>`, 17, '<c r="A3"><is>', '</is></c>'),
      'FIELD_TOO_LARGE',
      'Line 3: a field is larger than 16 MB',
    ],
    [
      'a text that does not end',
      sheetWith(megabyte, 17, unclosed, '</t></is></c>'),
      'FIELD_TOO_LARGE',
      'The workbook: a field is larger than 16 MB',
    ],
    [
      'a row of over 32 MB',
      sheetWith(`${cell}${megabyte}</v></c>`, 33, '', ''),
      'FIELD_TOO_LARGE',
      'Line 3: a record is larger than 32 MB',
    ],
    [
      'more cells than a row has places',
      sheetWith(`${cell}1</v></c>`, 16_385, '', ''),
      'INPUT_SYNTAX_INVALID',
      'The input is not an .xlsx workbook, or is damaged',
    ],
    [
      'elements in each other without end',
      sheetWith('<x>', 1000, '', ''),
      'INPUT_SYNTAX_INVALID',
      'The input is not an .xlsx workbook, or is damaged',
    ],
  ])('gives the rows before %s', async (_what, sheet, code, message) => {
    const { records, error } = await readWith([sheet])

    expect(error).toMatchObject({ code, message, reach: 'run' })
    expect(gist(records)).toEqual([{ a: '1', b: '' }])
  })

  it('reads as many cells as a row has places', async () => {
    const { records, error } = await readWith([sheetWith(`${cell}7</v></c>`, 16_384, '', '')])

    expect(error).toBeUndefined()
    expect(gist(records)).toEqual([
      { a: '1', b: '' },
      { a: '7', b: '' },
    ])
  })

  it('refuses a shared text of over 16 MB', async () => {
    const runs = { times: 17, beginning: '<sst><si>', end: '</si></sst>' }
    const strings = packRepeated(`<r><t>${megabyte}</t></r>`, runs)

    const { records, error } = await readWith([['xl/sharedStrings.xml', strings]])

    expect(records).toEqual([])
    expect(error).toMatchObject({
      code: 'FIELD_TOO_LARGE',
      message: 'The workbook: a field is larger than 16 MB',
    })
  })

  it('refuses a sheet that unpacks to more than is said, or than is usual', async () => {
    const row = `<row>${cell.replace('r="A3" ', '')}${'x'.repeat(1000)}</v></c></row>`
    const text = row.repeat(1000)
    const sheet = sheetWith(text, 70, '</row>', '<row>')

    const usual = await readWith([sheet])
    const allowed = await readWith([sheet], { maxUnpackedMb: 80 })
    const said = await readWith([sheet], { maxUnpackedMb: 20 })

    expect(usual.error).toMatchObject({
      code: 'INPUT_TOO_LARGE',
      message: expect.stringMatching(/times its size: the limit is 64 MB$/),
      remedy: expect.stringMatching(/--max-unpacked \d+\.$/),
    })
    expect(said.error.message).toMatch(/the limit is 20 MB$/)
    expect(allowed.error).toBeUndefined()
    expect(allowed.records.length).toBe(70_001)
  })

  it('refuses an archive of more parts than an archive without 64-bit fields has', async () => {
    const bytes = zipOf(Object.values(parts), { isZip64: true })
    const end = bytes.indexOf('PK\x06\x06')
    bytes.writeBigUInt64LE(65_536n, end + 24)
    bytes.writeBigUInt64LE(65_536n, end + 32)

    const { records, error } = await readRecords(readXlsx(), [bytes])

    expect(records).toEqual([])
    expect(error.cause.message).toBe('It has 65536 parts')
  })

  it('leaves out cells to the right of the header', async () => {
    const rows = sheetOf(header, '<c r="A2"><v>1</v></c><c r="C2"><v>3</v></c>')

    const { records } = await readWith([[parts.wanted[0], rows]])

    expect(gist(records)).toEqual([{ a: '1', b: '' }])
  })

  it('finds a workbook at its usual place where the archive names none', async () => {
    const { records } = await readWith([[parts.root[0], relationships([])]])

    expect(gist(records)).toEqual(partsAsRows)
  })

  it('shows the first twenty names of many sheets, and no name that is far from all', async () => {
    const tabs = Array.from({ length: 22 }, (_, at) => sheetTab(`Quarter ${at + 1}`, at + 1))
    const kinds = tabs.map((_, at) => ['worksheet', `worksheets/sheet${at + 1}.xml`] as const)
    const workbook = `<workbook><sheets>${tabs.join('')}<sheet/></sheets></workbook>`

    const { error } = await readWith(
      [
        ['xl/_rels/workbook.xml.rels', relationships(kinds)],
        ['xl/workbook.xml', workbook],
      ],
      { sheet: 'zzz' },
    )

    const shown = tabs.slice(0, 20).map((_, at) => `"Quarter ${at + 1}"`)
    expect(error).toMatchObject({
      code: 'USAGE_INVALID',
      remedy: `Name a sheet with --sheet: ${shown.join(', ')} and 2 more.`,
    })
  })
})
