import { readFile, writeFile } from 'node:fs/promises'
import { readParquet } from '../../lib/source/parquet/read-parquet.js'
import { parquetOf } from '../source/parquet/make-parquet.js'
import { readRecords } from '../source/read-records.js'
import { faults } from '../support/stub-server.js'
import { until } from '../support/until.js'
import { useCommand } from '../support/use-command.js'

describe('llm batch of Parquet', () => {
  const bench = useCommand()
  const words = ['a', 'b', 'c', 'd']
  const args = ['batch', 'in.parquet', '-t', 'Say {word} {n}', '--model', 'gpt-4o-mini']
  const toParquet = [...args, '--usage-columns', '--output', 'out.parquet', '--concurrency', '1']
  beforeEach(async () => {
    const bytes = parquetOf([
      { name: 'word', data: words, type: 'STRING' },
      { name: 'n', data: [1n, 2n, 2n ** 60n, 4n], type: 'INT64' },
    ])
    await writeFile(bench.workdir.join('in.parquet'), bytes)
  })

  async function rowsOf(name: string) {
    const bytes = await readFile(bench.workdir.join(name))
    const { records, error } = await readRecords(readParquet(), [bytes])
    expect(error).toBeUndefined()
    return records.map(({ columns: { word, n, response } }) => [word, n, response])
  }
  const whole = words.map((word, at) => {
    const n = at === 2 ? String(2n ** 60n) : String(at + 1)
    return [word, n, `Answer to: Say ${word} ${n}`]
  })

  it('reads it and writes it, and loses no row of a run that was killed', async () => {
    bench.script.fault = (_number, text) => (text.startsWith('Say d') ? faults.hang : undefined)
    const running = bench.start([...toParquet, '--batch-id', 'b'])
    await until(() => bench.server.requestCount() >= 4)
    running.kill('SIGKILL')
    await running.result
    bench.script.fault = () => undefined

    const { exitCode } = await bench.inProcess(['batch', 'in.parquet', '--resume'])

    expect(exitCode).toBe(0)
    expect(await rowsOf('out.parquet')).toEqual(whole)
    expect(bench.server.calls.get('Say a 1')).toBe(1)
  })

  it('reads it from standard input, told by its first bytes', async () => {
    const { stdout } = await bench.shell(
      'cat in.parquet | llm batch - -t "Say {word} {n}" -m gpt-4o-mini --format csv -q',
    )

    expect(stdout).toBe(`word,n,response\n${whole.map(row => `${row.join(',')}\n`).join('')}`)
  })

  it.each([
    ['a file that is no Parquet', 'bad.parquet', 'bad.parquet: The input is not Parquet'],
    ['an option of tables', 'in.parquet --header-row 2', '--header-row needs an input that is'],
    ['a column that is not there', 'in.parquet -t {wort}', 'wort'],
  ])('refuses %s before the first call', async (_what, given, message) => {
    await bench.workdir.write('bad.parquet', 'PAR1 and so on')

    const words = `batch -t {word} -m gpt-4o-mini --output out.parquet ${given}`.split(' ')
    const { exitCode, stderr } = await bench.inProcess(words)

    expect({ exitCode, stderr }).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining(message),
    })
    expect(bench.server.requestCount()).toBe(0)
    await expect(readFile(bench.workdir.join('out.parquet'))).rejects.toThrow('ENOENT')
  })
})
