import { readFile } from 'node:fs/promises'
import exceljs from 'exceljs'
import { faults } from '../support/stub-server.js'
import { until } from '../support/until.js'
import { useCommand } from '../support/use-command.js'

describe('llm batch, a workbook as the output', () => {
  const bench = useCommand()
  const words = ['a', 'b', 'c', 'd', 'e', 'f']
  const args = ['batch', 'in.csv', '-t', 'Say {word}', '--model', 'gpt-4o-mini', '--batch-id', 'b']
  const toWorkbook = [...args, '--output', 'out.xlsx', '--concurrency', '1']
  beforeEach(async () => {
    await bench.workdir.write('in.csv', `word\n${words.join('\n')}\n`)
  })

  async function rowsOf(name: string): Promise<unknown[]> {
    const workbook = new exceljs.Workbook()
    await workbook.xlsx.load(
      (await readFile(bench.workdir.join(name))) as unknown as exceljs.Buffer,
    )
    const values = workbook.worksheets[0]?.getSheetValues() ?? []
    return values.slice(1).map(row => (row as unknown[]).slice(1))
  }
  const whole = [['word', 'response'], ...words.map(word => [word, `Answer to: Say ${word}`])]

  it('has every row, and the errors of failed rows', async () => {
    bench.script.fault = (_number, text) =>
      text === 'Say b' ? { kind: 'answer', finishReason: 'content-filter' } : undefined
    await bench.inProcess([...toWorkbook, '--error-column'])

    const rows = await rowsOf('out.xlsx')

    expect(rows).toHaveLength(7)
    expect(rows[0]).toEqual(['word', 'response', 'error'])
    expect(rows[2]).toEqual(['b', undefined, expect.stringMatching(/^ANSWER_FILTERED: /)])
  })

  it('loses no row of a run that was killed: a resume writes all of them', async () => {
    bench.script.fault = (_number, text) => (text === 'Say d' ? faults.hang : undefined)
    const running = bench.start(toWorkbook)
    await until(() => bench.server.requestCount() >= 4)
    running.kill('SIGKILL')
    await running.result
    bench.script.fault = () => undefined

    const part = await bench.inProcess(['batch', 'in.csv', '--resume', '--limit', '4'])
    const partRows = await rowsOf('out.xlsx')
    const resumed = await bench.inProcess(['batch', 'in.csv', '--resume'])

    expect(part.exitCode).toBe(0)
    expect(partRows).toEqual(whole.slice(0, 5))
    expect(resumed.exitCode).toBe(0)
    expect(await rowsOf('out.xlsx')).toEqual(whole)
    expect(bench.server.calls.get('Say a')).toBe(1)
  })

  it('goes to a pipe', async () => {
    await bench.shell('llm batch in.csv -t "Say {word}" -m gpt-4o-mini --format xlsx > out.xlsx')

    expect(await rowsOf('out.xlsx')).toEqual(whole)
  })
})
