import { queryDatabase } from '../support/query-database.js'
import { useCommand } from '../support/use-command.js'

describe('llm batch, in a pipe', () => {
  const bench = useCommand()

  /** Every call that was made gave an answer that is kept. */
  async function expectAllRecorded(): Promise<void> {
    const recorded = await queryDatabase(
      bench.workdir.join('llm-user', 'logs.db'),
      `select count(*) as rows from batch_rows where status = 'answered'`,
    )
    expect(recorded).toEqual([{ rows: bench.server.requestCount() }])
  }

  it('reads standard input and writes JSONL, and nothing else, to standard output', async () => {
    const { exitCode, stdout } = await bench.llm(['batch', '-'], {
      stdin: '{"id":1,"prompt":"a"}\n{"id":2,"prompt":"b"}\n',
    })

    expect(exitCode).toBe(0)
    expect(stdout).toBe(
      '{"id":1,"prompt":"a","response":"Answer to: a"}\n{"id":2,"prompt":"b","response":"Answer to: b"}\n',
    )
  })

  it('writes CSV to standard output when asked to', async () => {
    const { stdout } = await bench.inProcess(['batch', '-', '--format', 'csv'], {
      stdin: 'a\nb\n',
    })

    expect(stdout).toBe('prompt,response\na,Answer to: a\nb,Answer to: b\n')
  })

  it('tells formats apart by their first bytes', async () => {
    const asked = async (stdin: string): Promise<string> =>
      (await bench.inProcess(['batch', '-', '--model', 'echo'], { stdin })).stdout

    expect(await asked('[{"prompt":"from an array"}]')).toContain('"response":"from an array"')
    expect(await asked('{"prompt":"from a line"}\n')).toContain('"response":"from a line"')
    expect(await asked('just text\n')).toContain('"response":"just text"')
  })

  it('ends at once, with exit 0, when head has read enough', async () => {
    const rows = Array.from({ length: 5000 }, (_, index) => JSON.stringify({ prompt: `${index}` }))
    await bench.workdir.write('data.jsonl', `${rows.join('\n')}\n`)

    const { exitCode, stdout, stderr } = await bench.shell(
      'cat data.jsonl | { llm batch - --concurrency 4; echo "exit $?" >&2; } | head -3',
    )

    expect(exitCode === 0 || exitCode === 141).toBe(true) // cat may die of the closed pipe
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map(line => JSON.parse(line).response),
    ).toEqual(['Answer to: 0', 'Answer to: 1', 'Answer to: 2'])
    expect(stderr).toContain('exit 0')
    expect(bench.server.requestCount()).toBeLessThan(5000)
    await expectAllRecorded()
  })

  it('is complete when head leaves with the last row', async () => {
    for (const id of ['one', 'two']) {
      const piped = `printf 'a\\nb\\nc\\n' | llm batch - --batch-id ${id} | head -3`
      expect((await bench.shell(piped)).stdout).toContain('Answer to: c')
    }

    expect(
      await queryDatabase(
        bench.workdir.join('llm-user', 'logs.db'),
        'select distinct status from batch_runs',
      ),
    ).toEqual([{ status: 'completed' }])
  })

  it('shows a slow producer each answer while the input is still open', async () => {
    const running = bench.start(['batch', '-'])

    running.stdin.write('first\n')
    await running.printed('Answer to: first')
    running.stdin.write('second\n')
    await running.printed('Answer to: second')
    running.stdin.end()

    expect(await running.result).toMatchObject({ exitCode: 0 })
  })

  it('can be read on by jq and itself', async () => {
    await bench.workdir.write('in.txt', 'a\nb\n')

    const { stdout } = await bench.shell(
      `llm batch in.txt --model echo | llm batch - --model echo --template 'again: {response}' --response-column twice | cut -d '"' -f 12`,
    )

    expect(stdout).toBe('again: a\nagain: b\n')
  })
})
