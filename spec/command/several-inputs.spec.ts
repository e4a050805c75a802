import { faults } from '../support/stub-server.js'
import { until } from '../support/until.js'
import { useCommand } from '../support/use-command.js'

describe('llm batch of several inputs', () => {
  const bench = useCommand()
  beforeEach(async () => {
    await bench.workdir.write('data/a.csv', 'text\none\ntwo\n')
    await bench.workdir.write('data/b.csv', 'text\none\nthree\n')
  })
  const asked = ['-t', 'Say {text}', '--model', 'gpt-4o-mini']
  const batch = (...words: string[]) =>
    bench.inProcess(['batch', 'data/*.csv', ...asked, '--batch-id', 'b', '-q', ...words])
  const said = async (words: string) => (await bench.inProcess(words.split(' '))).stdout

  it('writes them as one, says where a row is from, and shows them', async () => {
    await batch('--source-column', 'file', '--output', 'out.csv')

    expect(await bench.workdir.read('out.csv')).toBe(
      [
        'text,file,response',
        'one,a.csv,Answer to: Say one',
        'two,a.csv,Answer to: Say two',
        'one,b.csv,Answer to: Say one',
        'three,b.csv,Answer to: Say three\n',
      ].join('\n'),
    )
    expect(await said('batch list')).toContain('data/*.csv')
    expect(await said('batch status b')).toMatch(/input +data\/\*\.csv/)
    const status = JSON.parse(await said('batch status b --json'))
    expect(status.input_file).toBe(bench.workdir.join('data/*.csv'))
  })

  it('goes on after a kill with the command that it says, and asks nothing twice', async () => {
    const words = ['batch', 'data/a.csv', 'data/b.csv', '-t', 'Say {text}']
    bench.script.fault = (_number, text) => (text === 'Say three' ? faults.hang : undefined)
    const running = bench.start([
      ...words,
      ...['--model', 'gpt-4o-mini', '--output', 'out.csv', '--batch-id', 'b', '--concurrency', '1'],
    ])
    await until(() => bench.server.requestCount() >= 4)
    running.kill('SIGKILL')
    await running.result
    bench.script.fault = () => undefined

    const stdout = await said('batch status b')
    const resume = /^Resume with: (.+)$/m.exec(stdout)?.[1] ?? ''
    const { exitCode } = await bench.shell(resume)

    expect(resume).toBe('llm batch data/a.csv data/b.csv --resume --batch-id b')
    expect(exitCode).toBe(0)
    expect((await bench.workdir.read('out.csv')).split('\n')).toHaveLength(6)
    expect(bench.server.calls.get('Say one')).toBe(2)
    expect(bench.server.calls.get('Say two')).toBe(1)
    expect(JSON.parse(await said('batch status b --json')).input_file).toEqual([
      bench.workdir.join('data/a.csv'),
      bench.workdir.join('data/b.csv'),
    ])
  })

  it('asks only the rows of a file that has come, and finds the batch by its pattern', async () => {
    await batch('--output', 'out.csv')
    await bench.workdir.write('data/aa.csv', 'text\nnew\n')

    const { exitCode } = await bench.inProcess(['batch', 'data/*.csv', '--resume', '-q'])

    expect(exitCode).toBe(0)
    expect((await bench.workdir.read('out.csv')).split('\n').slice(1, 5)).toEqual([
      'one,Answer to: Say one',
      'two,Answer to: Say two',
      'new,Answer to: Say new',
      'one,Answer to: Say one',
    ])
    expect(bench.server.requestCount()).toBe(5)
  })

  it('shows the files in a dry run', async () => {
    const { stdout } = await batch('--dry-run')

    expect(stdout).toMatch(/inputs +2 files \(csv\)\n +\S+data\/a\.csv\n +\S+data\/b\.csv/)
  })

  it.each([
    [['data/a.csv', 'none.csv'], 'none.csv'],
    [['data/a.csv', 'Say {text}'], 'a prompt comes after --template'],
    [['none/*.csv'], 'No input file matches none/*.csv'],
    [['data/a.csv', 'data/../data/a.csv'], 'is named twice'],
    [['data/a.csv', '--source-column', 'text'], 'already has a column "text"'],
    [
      ['data/a.csv', 'data/b.csv', '--output', 'data/b.csv', '--overwrite'],
      'The output is the input',
    ],
  ])('refuses %j before the first call', async (words, message) => {
    const { exitCode, stderr } = await bench.inProcess(['batch', ...words, ...asked])

    expect({ exitCode, stderr }).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining(message),
    })
    expect(bench.server.requestCount()).toBe(0)
  })
})
