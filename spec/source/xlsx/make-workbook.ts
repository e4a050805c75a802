import exceljs from 'exceljs'
import { readXlsx } from '../../../lib/source/xlsx/read-xlsx.js'
import { readRecords } from '../read-records.js'
import { makeZip, type PackedContent, type ZipPart } from './make-zip.js'

type Cells = readonly unknown[]

/** As exceljs writes it. */
export async function workbookOf(...sheets: readonly (readonly Cells[])[]): Promise<Buffer> {
  const workbook = new exceljs.Workbook()
  sheets.forEach((rows, at) => {
    const sheet = workbook.addWorksheet(`Sheet ${at + 1}`)
    for (const cells of rows) sheet.addRow(cells)
  })
  return Buffer.from(await workbook.xlsx.writeBuffer())
}

/** Everything that came before the end or the fault. */
export function readWorkbook(bytes: Buffer, chunkLength?: number) {
  return readRecords(readXlsx(), chunksOf(bytes, chunkLength))
}

function* chunksOf(bytes: Buffer, length = 4096): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length)
}

export type Named = readonly [name: string, content: string | PackedContent]

/** What the first sheet of `parts` reads as. */
export const partsAsRows = [
  { name: 'Ada', day: '2026-11-23' },
  { name: 'TRUE', day: '#N/A' },
  { name: 'in', day: 'xy' },
]

/**
 * The parts of a workbook with two sheets; the second of the archive is the first of the workbook.
 */
export const parts = {
  types: ['[Content_Types].xml', '<Types/>'],
  root: ['_rels/.rels', relationships([['officeDocument', 'xl/workbook.xml']])],
  rels: [
    'xl/_rels/workbook.xml.rels',
    relationships([
      ['worksheet', 'worksheets/sheet1.xml'],
      ['worksheet', '/xl/worksheets/sheet2.xml'],
      ['sharedStrings', 'sharedStrings.xml'],
      ['styles', 'styles.xml'],
      ['chartsheet', 'chartsheets/sheet1.xml'],
    ]),
  ],
  workbook: [
    'xl/workbook.xml',
    `<workbook><sheets>${sheetTab('chart', 5)}${sheetTab('first', 2)}${sheetTab('second', 1)}</sheets></workbook>`,
  ],
  styles: [
    'xl/styles.xml',
    '<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>',
  ],
  strings: [
    'xl/sharedStrings.xml',
    '<sst><si><t>name</t></si><si><t>day</t></si><si><r><t>A</t></r><r><t>da</t></r></si></sst>',
  ],
  other: ['xl/worksheets/sheet1.xml', sheetOf('<c r="A1" t="str"><v>other</v></c>')],
  wanted: [
    'xl/worksheets/sheet2.xml',
    sheetOf(
      '<c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c>',
      '<c r="A2" t="s"><v>2</v></c><c r="B2" s="1"><v>46349</v></c>',
      '<c r="A3" t="b"><v>1</v></c><c r="B3" t="e"><v>#N/A</v></c>',
      '<c r="A4" t="inlineStr"><is><t>in</t></is></c><c r="B4" t="str"><f>"x"&amp;"y"</f><v>xy</v></c>',
    ),
  ],
} as const satisfies Readonly<Record<string, Named>>

export function relationships(all: readonly (readonly [kind: string, target: string])[]): string {
  const kinds = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
  const each = all.map(
    ([kind, target], at) =>
      `<Relationship Id="r${at + 1}" Type="${kinds}/${kind}" Target="${target}"/>`,
  )
  return `<Relationships>${each.join('')}</Relationships>`
}

export function sheetTab(name: string, id: number): string {
  return `<sheet name="${name}" sheetId="${id}" r:id="r${id}"/>`
}

/** Rows of cells, each at its place. */
export function sheetOf(...rows: readonly string[]): string {
  const all = rows.map((cells, at) => `<row r="${at + 1}">${cells}</row>`)
  return `<worksheet><sheetData>${all.join('')}</sheetData></worksheet>`
}

export const zipOf = (all: readonly Named[], how: Partial<ZipPart> = {}) =>
  makeZip(all.map(([name, content]) => ({ name, content, ...how })))
