import { inputOf, wordsOf } from '../support/answer-rows.js'
import { until } from '../support/until.js'
import { useCommand } from '../support/use-command.js'

const rows = wordsOf(12)
const asked = ['--template', 'Say {word}', '--model', 'gpt-4o-mini']

describe('llm batch, gone on with in unusual ways', () => {
  const bench = useCommand()
  beforeEach(() => bench.workdir.write('in.csv', inputOf('csv', rows)))

  /** Begins a batch and kills it when a few rows have been asked. */
  async function killed(args: readonly string[], stdin?: string): Promise<void> {
    bench.script.latencyMs = 20
    const running = bench.start(args)
    running.stdin.end(stdin)
    await until(() => bench.server.requestCount() >= 4)
    running.kill('SIGKILL')
    await running.result
    bench.script.latencyMs = 0
  }

  it('adds to standard output that is named as a file, and replaces nothing', async () => {
    const command = 'llm batch in.csv --template "Say {word}" -O /dev/stdout --format jsonl -q'
    const { exitCode } = await bench.shell(
      `echo earlier > all.jsonl
      ${command} --batch-id so --limit 2 >> all.jsonl
      llm batch in.csv --resume --limit 2 --batch-id so -q >> all.jsonl`,
    )

    expect(exitCode).toBe(0)
    const lines = (await bench.workdir.read('all.jsonl')).trimEnd().split('\n')
    expect(lines[0]).toBe('earlier')
    expect(lines).toHaveLength(1 + 2 + 2)
  })

  it('refuses an output that a shell gives it as its input as well', async () => {
    const before = await bench.workdir.read('in.csv')

    const { exitCode, stderr } = await bench.shell(
      'llm batch - --template "Say {word}" --output in.csv --overwrite < in.csv',
    )

    expect({ exitCode, stderr }).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('The output is the input: in.csv'),
    })
    expect(await bench.workdir.read('in.csv')).toBe(before)
    expect(bench.server.requestCount()).toBe(0)
  })

  it('takes no other standard input for the same work', async () => {
    await bench.workdir.write('config.yaml', 'defaults: { resume_on_failure: true }')
    const env = { LLM_BATCH_CONFIG: bench.workdir.join('config.yaml') }
    await killed(['batch', '-', ...asked, '--batch-id', 'monday'], inputOf('jsonl', rows))

    const { exitCode, stderr } = await bench.inProcess(['batch', '-', ...asked], {
      stdin: inputOf('jsonl', ['other']),
      env,
    })

    expect(exitCode).toBe(0)
    expect(stderr).not.toContain('Resuming')
    expect(stderr).toContain('1 row read = 1 answered')
  })

  it('begins anew what the recorded batch was to do, but for what is said now', async () => {
    await killed(['batch', 'in.csv', ...asked, '--output', 'out.csv', '--batch-id', 'old'])

    const { exitCode, stderr } = await bench.inProcess([
      ...['batch', 'in.csv', '--resume', '--restart', '--model', 'gpt-4o'],
    ])

    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 })
    const last = bench.server.requests.at(-1)
    expect(last).toMatchObject({ model: 'gpt-4o', text: expect.stringMatching(/^Say /) })
    expect((await bench.workdir.read('out.csv')).trimEnd().split('\n')).toHaveLength(13)
    expect((await bench.inProcess(['batch', 'list'])).stdout).toMatch(/\bold\b/)
  })

  it('takes options that are not said again from the record', async () => {
    const options = ['-o', 'temperature', '0.2', '-o', 'max_tokens', '50']
    await killed(['batch', 'in.csv', ...asked, ...options, '--output', 'out.csv'])

    const same = await bench.inProcess(['batch', 'in.csv', '--resume', '-o', 'temperature', '0.2'])

    expect({ exitCode: same.exitCode, stderr: same.stderr }).toMatchObject({ exitCode: 0 })
    expect(bench.server.requests.at(-1)?.body).toMatchObject({ temperature: 0.2, max_tokens: 50 })
  })

  it('counts a batch whose reader had enough as paused', async () => {
    const { exitCode } = await bench.shell(
      'llm batch in.csv --template "Say {word}" --batch-id head | head -1',
    )

    expect(exitCode).toBe(0)
    expect((await bench.inProcess(['batch', 'list', '--status', 'failed'])).stdout).not.toMatch(
      /head/,
    )
  })
})
