import { inSoak, scale } from '../support/scale.js'
import { useCommand } from '../support/use-command.js'

const columns = 200_000
const names = Array.from({ length: columns }, (_, at) => `column${at}`)
const cells = names.map((_, at) => String(at))
const record = JSON.stringify(Object.fromEntries(names.map((name, at) => [name, at])))

const inputs: Readonly<Record<string, () => string>> = {
  'in.csv': () => `${names.join(',')}\n${cells.join(',')}\n`,
  'in.tsv': () => `${names.join('\t')}\n${cells.join('\t')}\n`,
  'in.json': () => `[${record}]`,
  'in.jsonl': () => `${record}\n`,
}

const formats = ['csv', 'json', 'jsonl']

/**
 * What takes seconds where each column is looked at once, and minutes where each is looked for
 * among all.
 */
describe(`llm batch, with ${columns} columns`, () => {
  const bench = useCommand()
  const batch = (input: string, ...flags: string[]) =>
    bench.llm(['batch', input, '-m', 'echo', '-t', 'x {column7}', ...flags])

  const ways = Object.keys(inputs).flatMap(name => formats.map(format => [name, format]))
  const someWays = [
    ['in.csv', 'csv'],
    ['in.jsonl', 'json'],
    ['in.json', 'jsonl'],
  ]
  it.each(scale > 1 ? ways : someWays)('goes from %s to %s', async (name, format) => {
    await bench.workdir.write(name, inputs[name]?.() ?? '')

    const ended = await batch(name, '--format', format, '--output', 'out', '--formula-guard')

    expect(ended).toMatchObject({ exitCode: 0 })
    expect((await bench.workdir.read('out')).length).toBeGreaterThan(columns * 10)
  })

  it.each<[string, string, string[], number]>([
    ['a rehearsal', 'in.csv', ['--dry-run'], 0],
    ['a column that is not there', 'in.csv', ['-t', '{colum7}'], 2],
    ['a column for the answers that is there', 'in.csv', ['--response-column', 'column9'], 2],
    ['names that are there twice', 'twice.csv', [], 2],
    ['columns without a name', 'bare.csv', ['-t', 'x {column_7}'], 0],
    ...inSoak<[string, string, string[], number][]>([
      ['a column that is not there, in JSON', 'in.jsonl', ['-t', '{colum7}'], 2],
    ]),
  ])('ends, and says little, with %s', async (_what, name, flags, exitCode) => {
    await bench.workdir.write('twice.csv', `${names.join(',')},${names.join(',')}\n`)
    await bench.workdir.write('bare.csv', `${','.repeat(columns)}\n${','.repeat(columns)}\n`)
    if (name in inputs) await bench.workdir.write(name, inputs[name]?.() ?? '')

    const ended = await batch(name, '-O', 'out.jsonl', ...flags)

    expect({ ...ended, stdout: '' }).toMatchObject({ exitCode })
    expect(ended.stderr.length).toBeLessThan(10_000)
  })
})
