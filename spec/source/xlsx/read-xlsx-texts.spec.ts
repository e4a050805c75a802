import { gist } from '../read-records.js'
import { parts, partsAsRows, readWorkbook, relationships, sheetOf, zipOf } from './make-workbook.js'

/** What is read of one cell, with these parts in place of the usual. */
async function readCell(cell: string, strings: readonly string[] = []): Promise<unknown> {
  const { records, error } = await readWorkbook(
    zipOf([
      ...Object.values(parts),
      ['xl/sharedStrings.xml', `<sst>${strings.join('')}</sst>`],
      [parts.wanted[0], sheetOf('<c r="A1" t="str"><v>text</v></c>', cell)],
    ]),
  )
  if (error !== undefined) throw error
  return records[0]?.columns.text
}

const texts: readonly (readonly [what: string, markup: string, text: string])[] = [
  [
    'without the guide to how it is read',
    '<t>東京</t><rPh sb="0" eb="2"><t>トウキョウ</t></rPh><phoneticPr fontId="1"/>',
    '東京',
  ],
  [
    'in several fonts, without the guide to how it is read',
    '<r><rPr><sz val="9"/></rPr><t>東</t></r><r><t xml:space="preserve">京 </t></r><r><t>駅</t></r>' +
      '<rPh sb="0" eb="1"><t>トウ</t></rPh><rPh sb="1" eb="2"><t>キョウ</t></rPh><phoneticPr fontId="1"/>',
    '東京 駅',
  ],
  ['in two fonts', '<r><t>a</t></r><r><rPr><b/></rPr><t>b</t></r>', 'ab'],
  ['with blanks around it', '<t xml:space="preserve">  a \n b </t>', '  a \n b '],
  ['of blanks alone in one of its fonts', '<r><t>a</t></r><r><t> </t></r><r><t>b</t></r>', 'a b'],
  ['of nothing', '', ''],
  ['of an empty element', '<t/>', ''],
  ['of an empty font', '<r><t/></r><r><t>a</t></r>', 'a'],
  ['with an escaped carriage return', '<t>a_x000D_\nb</t>', 'a\r\nb'],
  ['with an escaped tab in small letters', '<t>a_x000a_b_x0009_</t>', 'a\nb\t'],
  ['with an escaped escape', '<t>_x005F_x000D_ _x005f_</t>', '_x000D_ _'],
  ['with an escaped pair', '<t>_xD83D__xDE42_</t>', '🙂'],
  [
    'with half of what would be an escape',
    '<t>_x00D_ _X000D_ _x000G_ x000D_</t>',
    '_x00D_ _X000D_ _x000G_ x000D_',
  ],
  ['of an escape over two fonts, which is none', '<r><t>_x00</t></r><r><t>0D_</t></r>', '_x000D_'],
  ['with markup in it', '<t>&lt;b&gt; &amp;amp; &#233;&#x1F642;</t>', '<b> &amp; é🙂'],
  ['as it is, in CDATA', '<t>a<![CDATA[<b> & ]]>c</t>', 'a<b> & c'],
  ['with a comment in it', '<t>a<!-- no -->b</t>', 'ab'],
  [
    'with an extension behind it',
    '<t>a</t><extLst><ext uri="x"><x:t xmlns:x="u">b</x:t></ext></extLst>',
    'a',
  ],
]

describe('readXlsx, of a text', () => {
  it.each(texts)('reads a shared text %s', async (_what, markup, text) => {
    // A row without any text is no record.
    const cell = '<c r="A2" t="s"><v>1</v></c><c r="B2" t="s"><v>2</v></c>'
    const strings = ['<si><t>before</t></si>', `<si>${markup}</si>`, '<si><t>after</t></si>']
    const bytes = zipOf([
      ...Object.values(parts),
      ['xl/sharedStrings.xml', `<sst>${strings.join('')}</sst>`],
      [
        parts.wanted[0],
        sheetOf('<c r="A1" t="s"><v>0</v></c><c r="B1" t="str"><v>next</v></c>', cell),
      ],
    ])
    const { records, error } = await readWorkbook(bytes)
    expect(error).toBeUndefined()
    expect(gist(records)).toEqual([{ before: text, next: 'after' }])
  })

  it.each(texts.filter(([, , text]) => text !== ''))(
    'reads an inline text %s',
    async (_what, markup, text) => {
      expect(await readCell(`<c r="A2" t="inlineStr"><is>${markup}</is></c>`)).toBe(text)
    },
  )

  it('unescapes the result of a formula once', async () => {
    const cell = '<c r="A2" t="str"><f>A1</f><v>&amp;lt;_x000D_&amp;amp;</v></c>'
    expect(await readCell(cell)).toBe('&lt;\r&amp;')
  })

  it.each([
    ['a number', '<v>0</v>', '', '0'],
    ['a date', '<v>46349</v>', 's="1"', '2026-11-23'],
    ['yes', '<v>1</v>', 't="b"', 'TRUE'],
    ['no', '<v>0</v>', 't="b" s="1"', 'FALSE'],
    ['an error', '<v>#DIV/0!</v>', 't="e" s="1"', '#DIV/0!'],
  ])('reads %s that a formula gives as one without', async (_what, value, attributes, text) => {
    expect(await readCell(`<c r="A2" ${attributes}><f>B1</f>${value}</c>`)).toBe(text)
    expect(await readCell(`<c r="A2" ${attributes}>${value}</c>`)).toBe(text)
  })

  it.each([
    ['whose cell does not say that it has one', '<c r="A2"><is><t>a</t></is></c>', 'a'],
    ['that stands where a value does', '<c r="A2" t="inlineStr"><v>a</v></c>', 'a'],
  ])('reads an inline text %s', async (_what, cell, text) => {
    expect(await readCell(cell)).toBe(text)
  })

  it.each([
    ['1', 'TRUE'],
    ['true', 'TRUE'],
    ['0', 'FALSE'],
    ['false', 'FALSE'],
  ])('reads the boolean %s', async (value, text) => {
    expect(await readCell(`<c r="A2" t="b"><v>${value}</v></c>`)).toBe(text)
  })

  it('reads a shared text that is the result of a formula', async () => {
    expect(
      await readCell('<c r="A2" t="s"><f>A1</f><v>0</v></c>', ['<si><t>shared</t></si>']),
    ).toBe('shared')
  })

  it('reads no formula, extension or empty value as text', async () => {
    const cells =
      '<c r="A2" t="str"><v>a</v><extLst><ext><x:v xmlns:x="u">b</x:v></ext></extLst></c>' +
      '<c r="B2" t="str"><f>"x"</f><v/></c><c r="C2" t="s"><v/></c><c r="D2" t="s"/><c r="E2"><v></v></c>'
    expect(await readCell(cells)).toBe('a')
  })

  it.each(['1', '-1', 'x', '1000000'])(
    'refuses a shared text that does not exist: %s',
    async index => {
      await expect(
        readCell(`<c r="A2" t="s"><v>${index}</v></c>`, ['<si><t>a</t></si>']),
      ).rejects.toMatchObject({ code: 'INPUT_SYNTAX_INVALID', reach: 'run' })
    },
  )
})

/** As Microsoft's own library for it writes workbooks. */
function withPrefix(xml: string, prefix: string): string {
  const named = xml.replace(/<(\/?)([a-zA-Z])/g, `<$1${prefix}:$2`)
  return named.replace(/^<([\w:]+)/, `<$1 xmlns:${prefix}="urn:of:${prefix}"`)
}

describe('readXlsx, of the way it is written', () => {
  it('reads elements with a prefix, in all parts', async () => {
    const all = Object.values(parts).map(
      ([name, xml]) =>
        [
          name,
          `<?xml version="1.0"?>\n${withPrefix(xml, name.endsWith('.rels') ? 'p' : 'x')}`,
        ] as const,
    )
    const { records, columns, error } = await readWorkbook(zipOf(all))
    expect(error).toBeUndefined()
    expect(columns).toEqual(['name', 'day'])
    expect(gist(records)).toEqual(partsAsRows)
  })

  it('finds the part of a sheet under any prefix', async () => {
    const sheet = '<sheet name="a" sheetId="7" d3p1:id="r1" xmlns:d3p1="urn:relationships"/>'
    const { columns, error } = await readWorkbook(
      zipOf([
        parts.root,
        ['xl/_rels/workbook.xml.rels', relationships([['worksheet', 'one.xml']])],
        ['xl/workbook.xml', `<workbook><sheets>${sheet}</sheets></workbook>`],
        ['xl/one.xml', sheetOf('<c r="A1" t="str"><v>id</v></c>')],
      ]),
    )
    expect(error).toBeUndefined()
    expect(columns).toEqual(['id'])
  })

  it.each<[string, string, readonly (readonly [number, unknown])[]]>([
    [
      'on cells',
      '<row r="1"><c t="str"><v>a</v></c><c t="str"><v>b</v></c><c t="str"><v>c</v></c></row>' +
        '<row r="4"><c/><c><v>1</v></c><c><v>2</v></c></row>',
      [[4, { a: '', b: '1', c: '2' }]],
    ],
    [
      'on rows',
      '<row><c r="A1" t="str"><v>a</v></c><c r="B1" t="str"><v>b</v></c></row>' +
        '<row/><row><c r="B3"><v>1</v></c></row><row r="7"><c r="A7"><v>2</v></c></row><row><c><v>3</v></c></row>',
      [
        [3, { a: '', b: '1' }],
        [7, { a: '2', b: '' }],
        [8, { a: '3', b: '' }],
      ],
    ],
    [
      'on some cells of a row',
      '<row r="1"><c t="str"><v>a</v></c><c r="C1" t="str"><v>c</v></c><c t="str"><v>d</v></c></row>' +
        '<row r="2"><c r="B2"/><c><v>3</v></c><c><v>4</v></c></row>',
      [[2, { a: '', column_2: '', c: '3', d: '4' }]],
    ],
  ])('counts on where an address is not written %s', async (_where, rows, expected) => {
    const { records, error } = await readWorkbook(
      zipOf([
        ...Object.values(parts),
        [parts.wanted[0], `<worksheet><sheetData>${rows}</sheetData></worksheet>`],
      ]),
    )
    expect(error).toBeUndefined()
    expect(records.map(record => [record.line, { ...record.columns }])).toEqual(expected)
  })

  it.each(['1', 'A', 'a1', 'AB', 'XFD1'])('puts a cell at %s into its column', async place => {
    const { error } = await readWorkbook(
      zipOf([
        ...Object.values(parts),
        [parts.wanted[0], sheetOf(`<c r="${place}" t="str"><v>a</v></c>`)],
      ]),
    )
    expect(error?.code).toBe(place === '1' ? 'INPUT_SYNTAX_INVALID' : undefined)
  })

  it.each(['XFE1', 'AAAA1', '?1', ''])('refuses a cell at "%s"', async place => {
    await expect(readCell(`<c r="${place}"><v>1</v></c>`)).rejects.toMatchObject({
      code: 'INPUT_SYNTAX_INVALID',
    })
  })

  it('puts cells that are out of order into their columns', async () => {
    const { records } = await readWorkbook(
      zipOf([
        ...Object.values(parts),
        [
          parts.wanted[0],
          sheetOf(
            '<c r="A1" t="str"><v>a</v></c><c r="B1" t="str"><v>b</v></c>',
            '<c r="B2"><v>2</v></c><c r="A2"><v>1</v></c>',
          ),
        ],
      ]),
    )
    expect(gist(records)).toEqual([{ a: '1', b: '2' }])
  })

  it('takes no element after the rows as a row', async () => {
    const { records, error } = await readWorkbook(
      zipOf([
        ...Object.values(parts),
        [
          parts.wanted[0],
          '<worksheet><sheetData><row r="1"><c r="A1" t="str"><v>a</v></c></row></sheetData>' +
            '<controls><control><anchor><xdr:row>5</xdr:row><xdr:c r="-" t="str"><xdr:v>no</xdr:v></xdr:c></anchor></control></controls></worksheet>',
        ],
      ]),
    )
    expect(error).toBeUndefined()
    expect(records).toEqual([])
  })

  it('takes the formats of cells only from the list of cell formats', async () => {
    const styles =
      '<styleSheet><numFmts><numFmt numFmtId="164" formatCode="0.0"/><numFmt numFmtId="165" formatCode="yyyy\\-mm"/></numFmts>' +
      '<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>' +
      '<cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="165"/><xf/></cellXfs>' +
      '<dxfs><dxf><numFmt numFmtId="164" formatCode="dd"/></dxf></dxfs></styleSheet>'
    const { records } = await readWorkbook(
      zipOf([
        ...Object.values(parts),
        ['xl/styles.xml', styles],
        [
          parts.wanted[0],
          sheetOf(
            '<c t="str"><v>a</v></c><c t="str"><v>b</v></c><c t="str"><v>c</v></c><c t="str"><v>d</v></c><c t="str"><v>e</v></c>',
            '<c><v>46349</v></c><c s="1"><v>46349</v></c><c s="2"><v>46349</v></c><c s="3"><v>46349</v></c><c s="9"><v>46349</v></c>',
          ),
        ],
      ]),
    )
    expect(gist(records)).toEqual([
      { a: '46349', b: '46349', c: '2026-11-23', d: '46349', e: '46349' },
    ])
  })

  it('gives a cell without a style the first style', async () => {
    const { records } = await readWorkbook(
      zipOf([
        ...Object.values(parts),
        ['xl/styles.xml', '<styleSheet><cellXfs><xf numFmtId="14"/></cellXfs></styleSheet>'],
        [parts.wanted[0], sheetOf('<c t="str"><v>a</v></c>', '<c><v>46349</v></c>')],
      ]),
    )
    expect(gist(records)).toEqual([{ a: '2026-11-23' }])
  })

  it('counts days from 1904 if the workbook says so', async () => {
    const { records } = await readWorkbook(
      zipOf([
        ...Object.values(parts),
        [
          'xl/workbook.xml',
          parts.workbook[1].replace('<sheets>', '<workbookPr date1904="1"/><sheets>'),
        ],
      ]),
    )
    expect(records[0].columns.day).toBe('2030-11-24')
  })

  it('reads a date that is written as a date', async () => {
    expect(await readCell('<c r="A2" t="d"><v>2026-11-23T00:00:00</v></c>')).toBe('2026-11-23')
    expect(await readCell('<c r="A2" t="d"><v>2026-11-23T09:05:07.000Z</v></c>')).toBe(
      '2026-11-23T09:05:07',
    )
  })
})
