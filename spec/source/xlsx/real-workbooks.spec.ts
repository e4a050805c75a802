import exceljs from 'exceljs'
import { noneMended } from '../../../lib/source/text/mended-counts.js'
import {
  type ReadSheet,
  type ReadXlsxOptions,
  readXlsx,
} from '../../../lib/source/xlsx/read-xlsx.js'
import { gist, readRecords } from '../read-records.js'
import { parts, relationships, sheetOf, zipOf } from './make-workbook.js'

/** What a workbook gives: rows, messages in place of failed rows, or one message for all. */
interface Given {
  readonly rows?: readonly unknown[]
  readonly refusal?: string
  /** Words of the remedy. */
  readonly remedy?: string
  readonly sheet?: string
  /** Rows with cells to the right of the header. */
  readonly strayRows?: number
}

type Workbook = readonly [
  what: string,
  bytes: () => Buffer | Promise<Buffer>,
  given: Given,
  options?: ReadXlsxOptions,
]

type Tab = readonly [
  name: string,
  rows: readonly (readonly unknown[])[],
  state?: 'hidden' | 'veryHidden',
]

/** As exceljs writes it. */
const tabs =
  (...all: readonly Tab[]) =>
  async () => {
    const workbook = new exceljs.Workbook()
    for (const [name, rows, state = 'visible'] of all) {
      const sheet = workbook.addWorksheet(name, { state })
      for (const cells of rows) sheet.addRow(cells)
    }
    return Buffer.from(await workbook.xlsx.writeBuffer())
  }

/** One sheet in XML, with a style for each number format. */
const cells =
  (formats: readonly number[], ...rows: readonly string[]) =>
  () => {
    const styles = formats.map(id => `<xf numFmtId="${id}"/>`).join('')
    return zipOf([
      ...Object.values(parts),
      ['xl/styles.xml', `<styleSheet><cellXfs>${styles}</cellXfs></styleSheet>`],
      [parts.wanted[0], sheetOf(...rows)],
    ])
  }

const text = (address: string, content: string) => `<c r="${address}" t="str"><v>${content}</v></c>`
const id = (value: string) => [['id'], [value]]
const year = id('of the year')
const chart = () =>
  zipOf([
    parts.root,
    parts.wanted,
    [
      'xl/_rels/workbook.xml.rels',
      relationships([
        ['chartsheet', 'chartsheets/sheet1.xml'],
        ['worksheet', 'worksheets/sheet2.xml'],
        ['sharedStrings', 'sharedStrings.xml'],
        ['styles', 'styles.xml'],
      ]),
    ],
    [
      'xl/workbook.xml',
      '<workbook><sheets><sheet name="Chart" r:id="r1"/><sheet name="Data" r:id="r2"/></sheets></workbook>',
    ],
    parts.strings,
    parts.styles,
  ])
const unknown = { refusal: 'the workbook has no such sheet' }
const open = 'Open the workbook once in a spreadsheet, and save it'

/** Each East Asian format of a date, with what a day and a time read as. */
const eastAsian = [27, 28, 29, 30, 31, 34, 35, 36, 50, 51, 52, 53, 54, 55, 56, 57, 58].map(
  (format): Workbook => [
    `the East Asian date format ${format}`,
    cells([format], text('A1', 'at'), '<c r="A2"><v>46349</v></c>', '<c r="A3"><v>0.5</v></c>'),
    { rows: [{ at: '2026-11-23' }, { at: '12:00:00' }] },
  ],
)

/** One row a form: what people's workbooks look like. */
const workbooks: readonly Workbook[] = [
  // Sheets.
  ['several sheets', tabs(['A', id('a')], ['B', id('b')]), { rows: [{ id: 'a' }], sheet: 'A' }],
  [
    'a hidden sheet before the others',
    tabs(['A', id('a'), 'hidden'], ['B', id('b'), 'veryHidden'], ['C', id('c')]),
    { rows: [{ id: 'c' }], sheet: 'C' },
  ],
  [
    'a chart before the sheets',
    chart,
    {
      rows: [{ name: 'Ada', day: '2026-11-23' }, expect.anything(), expect.anything()],
      sheet: 'Data',
    },
  ],
  [
    'hidden sheets alone',
    tabs(['A', id('a'), 'hidden']),
    { refusal: 'Every sheet', remedy: '"A" (hidden)' },
  ],
  ['--sheet NAME', tabs(['A', id('a')], ['B', id('b')]), { rows: [{ id: 'b' }] }, { sheet: 'B' }],
  [
    '--sheet NAME in other letters, with blanks',
    tabs(['A', id('a')], [' Übersicht ', id('b')]),
    { rows: [{ id: 'b' }], sheet: ' Übersicht ' },
    { sheet: 'übersicht' },
  ],
  [
    '--sheet NAME, hidden',
    tabs(['A', id('a')], ['B', id('b'), 'hidden']),
    { rows: [{ id: 'b' }] },
    { sheet: 'B' },
  ],
  ['--sheet NUMBER', tabs(['A', id('a')], ['B', id('b')]), { rows: [{ id: 'b' }] }, { sheet: '2' }],
  [
    'a number in the library',
    tabs(['A', id('a')], ['B', id('b')]),
    { rows: [{ id: 'b' }] },
    { sheet: 2 },
  ],
  [
    '--sheet NUMBER beside hidden sheets, which have no tab',
    tabs(['A', id('a'), 'hidden'], ['B', id('b')], ['C', id('c')]),
    { rows: [{ id: 'c' }] },
    { sheet: '2' },
  ],
  [
    'a sheet that is called by a number',
    tabs(['A', id('a')], ['B', id('b')], ['1', year]),
    { rows: [{ id: 'of the year' }] },
    { sheet: '1' },
  ],
  [
    'a misspelt name',
    tabs(['Reviews', id('a')], ['Notes', id('b'), 'hidden']),
    {
      ...unknown,
      remedy: 'Did you mean "Reviews"? Name a sheet with --sheet: "Reviews", "Notes" (hidden).',
    },
    { sheet: 'Reviws' },
  ],
  [
    'a number too many',
    tabs(['A', id('a')]),
    { refusal: '--sheet 2: the workbook has no such sheet' },
    { sheet: '2' },
  ],
  ['the number 0', tabs(['A', id('a')]), unknown, { sheet: '0' }],
  [
    'a chart that is named',
    chart,
    { refusal: '--sheet 1 is a chart', remedy: '"Data".' },
    { sheet: '1' },
  ],
  [
    'an empty sheet',
    tabs(['A', []], ['B', id('b')]),
    { refusal: 'The sheet "A" is empty', remedy: '"A", "B"' },
  ],
  [
    'a sheet of blanks',
    cells([0], '<c r="A1"/>', '<c r="B2" t="str"><v></v></c>'),
    { refusal: '" is empty' },
  ],
  [
    'nothing from --header-row on',
    cells([0], text('A1', 'Sales'), '<c r="A2"/>'),
    { refusal: 'is empty from row 2 on' },
    { headerRow: 2 },
  ],
  ['a header alone', tabs(['A', [['id', 'b']]]), { rows: [] }],
  [
    'a workbook with a password',
    () => Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(4096)]),
    { refusal: 'has a password', remedy: 'without a password' },
  ],
  // Cells to the right.
  [
    'a note on the right',
    tabs(['A', [['a', 'b'], [1, 2], [3, 4, null, null, 'see below'], [5]]]),
    {
      rows: [
        { a: '1', b: '2' },
        { a: '3', b: '4' },
        { a: '5', b: '' },
      ],
      strayRows: 1,
    },
  ],
  [
    'a note on the right of nothing',
    tabs(['A', [['a'], [1], [null, 'see below'], [3]]]),
    { rows: [{ a: '1' }, { a: '3' }], strayRows: 1 },
  ],
  // Formulas.
  [
    'a formula without a value, as exceljs writes it',
    tabs([
      'A',
      [
        ['a', 'b'],
        [1, { formula: 'A2*2' }],
        [2, { formula: 'A3*2', result: 4 }],
      ],
    ]),
    { rows: [`Line 2: the formula in B2 has no stored value. ${open}`, { a: '2', b: '4' }] },
  ],
  [
    'a formula with an empty value, as openpyxl writes it',
    cells([0], text('A1', 'a'), '<c r="A2"><f>1+1</f><v></v></c>', '<c r="A3"><f>1+1</f><v/></c>'),
    {
      rows: [
        `Line 2: the formula in A2 has no stored value. ${open}`,
        `Line 3: the formula in A3 has no stored value. ${open}`,
      ],
    },
  ],
  [
    'a formula that gives an empty text',
    cells(
      [0],
      text('A1', 'a') + text('B1', 'b'),
      '<c r="A2" t="str"><f>""</f><v></v></c><c r="B2"><v>1</v></c>',
    ),
    { rows: [{ a: '', b: '1' }] },
  ],
  [
    'a formula of a text without a value',
    cells([0], text('A1', 'a'), '<c r="A2" t="str"><f>B1</f></c>'),
    { rows: [`Line 2: the formula in A2 has no stored value. ${open}`] },
  ],
  [
    'formulas that share their text',
    cells([0], text('A1', 'a'), '<c r="A2"><f t="shared" si="0"/><v>7</v></c>'),
    { rows: [{ a: '7' }] },
  ],
  [
    'a formula without a value on the right of the header',
    cells([0], text('A1', 'a'), '<c r="A2"><v>1</v></c><c r="AA2"><f>A2</f></c>'),
    { rows: [{ a: '1' }], strayRows: 1 },
  ],
  [
    'formulas without a value in the header',
    cells([0], `${text('A1', 'a')}<c r="AB1"><f>A2</f></c>`, '<c r="A2"><v>1</v></c>'),
    { refusal: 'the formula in AB1 has no stored value', remedy: open },
  ],
  // Times.
  [
    'times and durations',
    async () => {
      const workbook = new exceljs.Workbook()
      const sheet = workbook.addWorksheet('A')
      sheet.addRow(['at', 'took', 'slept', 'on'])
      const row = sheet.addRow([0.5, 25.5 / 24, 1.25, 46349.5])
      for (const [at, code] of ['h:mm', '[h]:mm:ss', '[h]:mm', 'yyyy-mm-dd h:mm'].entries()) {
        row.getCell(at + 1).numFmt = code
      }
      return Buffer.from(await workbook.xlsx.writeBuffer())
    },
    { rows: [{ at: '12:00', took: '25:30:00', slept: '30:00', on: '2026-11-23T12:00:00' }] },
  ],
  [
    'the built-in formats of times',
    cells(
      [18, 19, 20, 21, 45, 46, 47],
      text('A1', 'a') +
        text('B1', 'b') +
        text('C1', 'c') +
        text('D1', 'd') +
        text('E1', 'e') +
        text('F1', 'f') +
        text('G1', 'g'),
      [...'ABCDEFG'].map((name, at) => `<c r="${name}2" s="${at}"><v>1.0625</v></c>`).join(''),
    ),
    {
      rows: [
        {
          a: '1:30 AM',
          b: '1:30:00 AM',
          c: '1:30',
          d: '1:30:00',
          e: '30:00',
          f: '25:30:00',
          g: '30:00.0',
        },
      ],
    },
  ],
  [
    'the East Asian formats of times',
    cells(
      [32, 33],
      text('A1', 'a') + text('B1', 'b'),
      '<c r="A2"><v>0.5</v></c><c r="B2" s="1"><v>0.5</v></c>',
    ),
    { rows: [{ a: '12:00', b: '12:00:00' }] },
  ],
  ...eastAsian,
]

describe('a workbook as people have it', () => {
  it.each(workbooks.map(workbook => [workbook[0], workbook] as const))(
    '%s',
    async (_what, [, make, given, options = {}]) => {
      const mended = noneMended()
      let sheet: ReadSheet | undefined
      const onSheet = (read: ReadSheet) => {
        sheet = read
      }
      const { records, error } = await readRecords(readXlsx({ ...options, mended, onSheet }), [
        await make(),
      ])
      if (given.refusal !== undefined) {
        expect(error).toMatchObject({ reach: 'run', remedy: expect.stringMatching(/\S/) })
        expect(error.message).toContain(given.refusal)
        expect(error.remedy).toContain(given.remedy ?? '')
        expect(records).toEqual([])
        return
      }
      expect(error).toBeUndefined()
      expect(gist(records)).toEqual(given.rows)
      expect(records.map(({ index, row }) => index ?? row.index)).toEqual([...records.keys()])
      expect(mended.strayRows).toBe(given.strayRows ?? 0)
      if (given.sheet !== undefined) expect(sheet?.name).toBe(given.sheet)
    },
  )
})
