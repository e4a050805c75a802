import { parts, sheetOf, zipOf } from '../source/xlsx/make-workbook.js'
import { type PackedContent, packRepeated } from '../source/xlsx/make-zip.js'
import { peakMb, sayingPeak } from '../support/peak-memory.js'
import { inSoak, scale } from '../support/scale.js'
import { useCommand } from '../support/use-command.js'

const bench = useCommand()
const blanks = ' '.repeat(1 << 20)
const row = '<row><c t="str"><v>a</v></c></row>'
const rows = row.repeat((1 << 20) / row.length)
const sheet = { beginning: '<worksheet><sheetData>', end: '</sheetData></worksheet>' }
const many = (text: string, around = {}): PackedContent =>
  packRepeated(text, { times: 700, ...around })

type Refusal = [string, keyof typeof parts, string | PackedContent, RegExp]

const itInSoak = scale > 1 ? it : it.skip

const manyBlanks = many(blanks)

const run = async (...flags: string[]) => {
  const words = ['batch', 'in.xlsx', '--model', 'echo', '--limit', '1', '-t', '{a}', ...flags]
  const ended = await bench.llm(words, { env: sayingPeak() })
  // What is refused after 16 MB of it were read may take some more.
  expect(peakMb(ended.stderr)).toBeLessThan(flags.length > 0 ? 260 : 200)
  return ended
}

/** The workbook of the specs with another part in place of one of its own. */
async function write(name: keyof typeof parts, content: string | PackedContent): Promise<void> {
  const all = { ...parts, [name]: [parts[name][0], content] }
  await bench.workdir.write('in.xlsx', zipOf(Object.values(all)))
}

describe('llm batch, with a workbook that unpacks to far more than it is', () => {
  it.each<[keyof typeof parts, PackedContent]>([
    ['wanted', many(rows, sheet)],
    ['strings', manyBlanks],
    ...inSoak<[keyof typeof parts, PackedContent][]>([
      ['wanted', manyBlanks],
      ['styles', manyBlanks],
      ['workbook', manyBlanks],
      ['rels', manyBlanks],
      ['root', manyBlanks],
    ]),
  ])('refuses it by the size that its archive has for the part "%s"', async (name, content) => {
    await write(name, content)

    const { exitCode, stderr, stdout } = await run()

    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
    expect(stderr).toMatch(
      /^Error: in\.xlsx: The workbook unpacks to 70\d MB, \d{2,4} times its size: the limit is \d+ MB\nIf you trust the file, add --max-unpacked 70\d\.\n/,
    )
  })

  it('reads it when --max-unpacked allows for it, and no more of it than is asked for', async () => {
    await write('wanted', many(rows, { ...sheet, beginning: `${sheet.beginning}${row}` }))

    const { exitCode, stdout } = await run('--max-unpacked', '701')

    expect({ exitCode, stdout }).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/"a"/),
    })
  })

  it('reads one of 60 MB that is a few kilobytes', async () => {
    await write('wanted', packRepeated(rows, { times: 60, ...sheet }))

    expect(await run()).toMatchObject({ exitCode: 0 })
  })

  // Without the memory, `spec/source/xlsx/workbook-limits.spec.ts` meets more of them.
  it.each<Refusal>([
    ['a part larger than it says', 'wanted', { ...manyBlanks, length: 1000 }, /or is damaged$/m],
    ['a cell without an end', 'wanted', open('<c t="str"><v>', 'x'), /larger than 16 MB$/m],
    ['an address without an end', 'wanted', open('<c r="', 'A'), /larger than 16 MB$/m],
    ['a comment without an end', 'wanted', open('<!--', 'x'), /larger than 16 MB$/m],
    [
      'a text in runs without an end',
      'strings',
      open('<si>', '<t>xxxxxxxxx</t>'),
      /larger than 16 MB$/m,
    ],
    ['a row without an end', 'wanted', open('', '<c t="str"><v>x</v></c>'), /or is damaged$/m],
    ['entities of entities', 'wanted', laughs(), /or is damaged$/m],
    ...inSoak<Refusal[]>([
      ['an element without an end', 'wanted', open('<', 'c'), /larger than 16 MB$/m],
      ['a text without an end', 'strings', open('<si><t>', 'x'), /larger than 16 MB$/m],
      [
        'a cell in runs without an end',
        'wanted',
        open('<c><is>', '<t>xxxxxxxxx</t>'),
        /larger than 16 MB$/m,
      ],
      ['elements in elements', 'wanted', open('', '<c>'), /or is damaged$/m],
    ]),
  ])('refuses %s', async (_what, name, content, said) => {
    await write(name, content)

    const { exitCode, stderr, stdout } = await run('--max-unpacked', '2000')

    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
    expect(stderr).toMatch(said)
  })

  itInSoak('refuses an archive of more parts than one can have', async () => {
    const empty = Array.from({ length: 65_536 }, (_, at) => [`${at}`, ''] as const)
    await bench.workdir.write(
      'in.xlsx',
      zipOf([...Object.values(parts), ...empty], { isZip64: true }),
    )

    expect(await run()).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(/or is damaged$/m),
    })
  })
})

function open(beginning: string, filler: string): PackedContent {
  const start = beginning.startsWith('<si>') ? '<sst>' : '<worksheet><sheetData><row>'
  const text = filler.repeat(Math.ceil((1 << 20) / filler.length))
  return packRepeated(text, { times: 100, beginning: start + beginning })
}

function laughs(): string {
  const entities = Array.from(
    { length: 9 },
    (_, at) => `<!ENTITY l${at + 1} "${`&l${at};`.repeat(10)}">`,
  )
  return `<!DOCTYPE x [<!ENTITY l0 "ha">${entities.join('')}]>${sheetOf('<c t="str"><v>&l9;</v></c>')}`
}
