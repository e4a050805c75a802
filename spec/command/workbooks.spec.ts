import { execFile } from 'node:child_process'
import { readdir } from 'node:fs/promises'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import exceljs from 'exceljs'
import { parts, zipOf } from '../source/xlsx/make-workbook.js'
import { peakMb, sayingPeak } from '../support/peak-memory.js'
import { useCommand } from '../support/use-command.js'

const bench = useCommand()
const words = (input: string, ...flags: string[]) => [
  ...['batch', input, '--model', 'echo', '--template', '{text}', '--output', 'out.csv', '--quiet'],
  ...flags,
]

async function writeWorkbook(name: string): Promise<void> {
  const workbook = new exceljs.Workbook()
  for (const title of ['Notes', 'Reviews', 'Old reviews']) {
    const state = title === 'Notes' ? 'hidden' : 'visible'
    const sheet = workbook.addWorksheet(title, { state })
    sheet.addRows([['text'], [`of ${title}`]])
  }
  await bench.workdir.write(name, Buffer.from(await workbook.xlsx.writeBuffer()))
}

const library = pathToFileURL(resolve(import.meta.dirname, '../../dist/lib/index.js'))
/** A program of its own, because what the spec holds is larger than what the reader may hold. */
const countRows = `
  import { readRows } from '${library}'
  let rows = 0
  for await (const group of readRows('in.xlsx')) rows += group.length
  console.log(rows)`

describe('llm batch, of a workbook', () => {
  it('names the sheet in the plan and in the summary', async () => {
    await writeWorkbook('in.xlsm')
    const flags = ['batch', 'in.xlsm', '--model', 'echo', '--template', '{text}']

    const plan = await bench.inProcess([...flags, '--dry-run'])
    expect(plan.stdout).toMatch(/^ {2}input +\S*in\.xlsm \(xlsx, sheet "Reviews"\)$/m)

    const { exitCode, stderr } = await bench.inProcess([...flags, '--output', 'out.csv'])
    expect({ exitCode, stderr }).toEqual({
      exitCode: 0,
      stderr: expect.stringMatching(
        /^The sheet "Reviews" was read \(2 other sheets: see --sheet\)$/m,
      ),
    })
  })

  it('reads the sheet that --sheet names, also when the batch is resumed', async () => {
    await writeWorkbook('in.xlsx')

    await bench.inProcess(words('in.xlsx', '--sheet', 'notes', '--batch-id', 'notes'))
    expect(await bench.workdir.read('out.csv')).toBe('text,response\nof Notes,of Notes\n')

    const { stderr } = await bench.inProcess([
      'batch',
      'in.xlsx',
      '--batch-id',
      'notes',
      '--resume',
    ])
    expect(stderr).toMatch(/^The sheet "Notes" was read/m)
  })

  it('refuses a sheet that is not there, and leaves nothing', async () => {
    await writeWorkbook('in.xlsx')
    const { exitCode, stderr, stdout } = await bench.inProcess(
      words('in.xlsx', '--sheet', 'Review'),
    )
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
    expect(stderr).toBe(
      'Error: in.xlsx: --sheet Review: the workbook has no such sheet\n' +
        'Did you mean "Reviews"? Name a sheet with --sheet: "Notes" (hidden), "Reviews", "Old reviews".\n',
    )
    expect(await readdir(bench.workdir.path)).toEqual(['in.xlsx'])
  })

  it('refuses --sheet for an input that has none', async () => {
    await bench.workdir.write('in.csv', 'text\na\n')
    const { exitCode, stderr } = await bench.inProcess(words('in.csv', '--sheet', '1'))
    expect(exitCode).toBe(2)
    expect(stderr).toContain('--sheet needs an input that is xlsx, but in.csv is read as csv')
  })

  it('takes 300,000 rows with a text each in bounded memory', async () => {
    const rows = 300_000
    const indices = Array.from({ length: rows }, (_, at) => at)
    const texts = indices.map(at => `<si><t>Review ${at}: it does what it says.</t></si>`)
    const cells = indices.map(
      at => `<row r="${at + 2}"><c r="A${at + 2}" t="s"><v>${at + 1}</v></c></row>`,
    )
    const header = '<row r="1"><c r="A1" t="s"><v>0</v></c></row>'
    const all: typeof parts = {
      ...parts,
      strings: [parts.strings[0], `<sst><si><t>text</t></si>${texts.join('')}</sst>` as never],
      wanted: [
        parts.wanted[0],
        `<worksheet><sheetData>${header}${cells.join('')}</sheetData></worksheet>` as never,
      ],
    }
    await bench.workdir.write('in.xlsx', zipOf(Object.values(all)))

    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '--eval', countRows],
      { cwd: bench.workdir.path, env: { ...process.env, ...sayingPeak() } },
    )
    expect(Number(stdout)).toBe(rows)
    expect(peakMb(stderr)).toBeLessThan(200)
  }, 300_000)
})
