import { parts, zipOf } from '../source/xlsx/make-workbook.js'
import { useBatch } from '../support/use-batch.js'
import { useCommand } from '../support/use-command.js'

const header = '<row><c t="str"><v>a</v></c></row>'
const row = '<row><c t="str"><v>one</v></c></row>'

/** Kinds of damage to XML, each as what stands instead of `@`. */
const damages: Readonly<Record<string, string>> = {
  'a bare ampersand': 'a & b',
  'an entity of HTML': '&nbsp;',
  'an entity of its own': '&one;',
  'a control character': '\u0001',
  'a control character by number': '&#1;',
  'half of a surrogate by number': '&#xd800;',
  'an element closed twice': '</v></v>',
  'an element closed by another': '</oops>',
  'an element never closed': '<v>',
  'an attribute without a value': '<v a>',
  'an attribute twice': '<v a="1" a="1"></v>',
  'an open comment': '<!-- ',
  'two roots': '</v></c></row></sheetData></worksheet><worksheet>',
}

/** Where it is, in a sheet with a header and a row. */
const places: Readonly<Record<string, (damage: string) => string>> = {
  'before the header': at => `<worksheet>${at}<sheetData>${header}${row}`,
  'in the header': at => `<worksheet><sheetData>${header.replace('a', at)}${row}`,
  'between the header and the first row': at => `<worksheet><sheetData>${header}${at}${row}`,
  'in the first row': at => `<worksheet><sheetData>${header}${row.replace('one', at)}`,
  'at the end of the first row': at =>
    `<worksheet><sheetData>${header}${row.replace('</row>', at)}</row>`,
}

const sheets = Object.entries(places).flatMap(([place, sheetWith]) => [
  ...Object.entries(damages).map(([damage, text]): [string, Buffer] => [
    `.xlsx with ${damage} ${place}`,
    workbookWith(`${sheetWith(text)}</sheetData></worksheet>`),
  ]),
  [`.xlsx cut ${place}`, workbookWith(cutAt(sheetWith('\u0002')))] as [string, Buffer],
])

function cutAt(sheet: string): string {
  return sheet.slice(0, sheet.indexOf('\u0002'))
}

function workbookWith(sheet: string): Buffer {
  return zipOf([...Object.values(parts), ['xl/worksheets/sheet2.xml', sheet]])
}

const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le')
const bytes = (text: string): Buffer => Buffer.from(text, 'latin1')

/** The other formats. */
const others: readonly (readonly [string, Buffer])[] = [
  ['.csv with a quote left open in the header', bytes('"a\none\n')],
  ['.csv with a quote left open in the first row', bytes('a\n"one\n')],
  ['.csv with broken UTF-8 in the header', bytes('\xff\none\n')],
  ['.csv with broken UTF-8 in the first row', bytes('a\n\xff\n')],
  ['.csv with a column twice', bytes('a,a\none,two\n')],
  ['.csv in bare UTF-16', utf16('a\none\n')],
  ['.csv in UTF-16 that is cut', bytes('\xff\xfea\0\n\0o')],
  ['.tsv with a quote left open', bytes('a\tb\n"one\n')],
  ['.txt with broken UTF-8', bytes('\xff\n')],
  ['.txt in bare UTF-16', utf16('one\n')],
  ['.json cut in its first element', bytes('[{"a": "one')],
  ['.json cut before its first element', bytes('[')],
  ['.json with a bare word', bytes('[{"a": oops}]')],
  ['.json with a control character', bytes('[{"a": "\n"}]')],
  ['.json with broken UTF-8', bytes('[{"a": "\xff"}]')],
  ['.json that is no array', bytes('{"a": 1}')],
  ['.json with something in front', bytes('x[{"a": 1}]')],
  ['.jsonl with broken UTF-8', bytes('{"a": "\xff"}\n')],
  ['.jsonl in bare UTF-16', utf16('{"a": "one"}\n')],
  ['.xlsx that is text', bytes('a\none\n')],
  ['.xlsx that is empty', bytes('')],
  ['.xlsx that is cut', workbookWith(`<worksheet><sheetData>${header}`).subarray(0, 900)],
]

const inputs = [...sheets, ...others]
const nameOf = (what: string): string => `in${what.slice(0, what.indexOf(' '))}`

describe('a batch of a damaged input', () => {
  const bench = useBatch()

  it.each(inputs)('is refused with a clear error: %s', async (what, content) => {
    const input = await bench.workdir.write(nameOf(what), content)

    const run = bench.run({ input, model: 'echo', template: 'x {a}' })

    // Behind the header the run has begun, and its end says why.
    const { stopReason } = await run.then(
      summary => summary,
      error => ({ stopReason: error }),
    )
    expect(stopReason).toMatchObject({
      reach: 'run',
      code: expect.stringMatching(/^(INPUT_|COLUMN_DUPLICATE|USAGE_INVALID)/),
    })
  })
})

describe('llm batch, with a damaged input', () => {
  const bench = useCommand()

  it('ends each with exit code 2 or 3 and a clear error', async () => {
    const few = inputs.filter((_, at) => at % 7 === 0 || at >= sheets.length)
    for (const [what, content] of few) {
      const name = nameOf(what)
      await bench.workdir.write(name, content)

      const flags = ['-m', 'echo', '-t', 'x {a}', '--overwrite']
      const ended = await bench.inProcess(['batch', name, '-O', 'out.csv', ...flags])

      expect({ what, ...ended }).toMatchObject({
        exitCode: expect.any(Number),
        stderr: expect.stringMatching(/^Error: .+\n.+/m),
      })
      expect([2, 3]).toContain(ended.exitCode)
      expect(ended.stderr).not.toMatch(/defect|^\s+at /m)
    }
  }, 120_000)
})
