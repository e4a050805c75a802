import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { workbookOf } from '../source/xlsx/make-workbook.js'
import { queryDatabase } from '../support/query-database.js'
import { useCommand } from '../support/use-command.js'

const question = 'Proceed? (y/n): '
const reviews = Array.from({ length: 6 }, (_, index) => `review number ${index}`)
const csv = `id,review\n${reviews.map((review, index) => `${index},${review}`).join('\n')}\n`

describe('llm batch --estimate-cost', () => {
  const bench = useCommand()
  const base = ['--template', 'Classify: {review}', '--model', 'gpt-4o-mini']
  const words = ['batch', 'in.csv', ...base, '--output', 'out.csv', '--estimate-cost']

  beforeEach(() => bench.workdir.write('in.csv', csv))

  /** What an estimate must leave as it was. */
  async function expectNothing(): Promise<void> {
    expect(bench.server.requestCount()).toBe(0)
    expect((await readdir(bench.workdir.path)).filter(name => name !== 'in.csv')).toEqual([])
  }

  it('prints the estimate without a terminal, asks nothing, and leaves nothing', async () => {
    const { exitCode, stdout, stderr } = await bench.inProcess(words)

    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(stdout).toBe(`Estimated tokens: 84 input, 28 output
Estimated cost (gpt-4o-mini): $0.000029
Estimated time: 3 seconds
Rows: 6 to ask
Input tokens: counted with the model's own encoding (o200k_base)
Output tokens: a guess: a third of the input tokens
Price: OpenAI's list price of gpt-4o-mini: $0.15 input, $0.075 cached input, $0.60 output per million tokens; the calls go to ${new URL(bench.server.url).host}, which may charge a different price
Time: 1 call at once, 0.6 s each (assuming 60 tokens/s)
Not included: retries, reasoning, discounts for cached input
`)
    await expectNothing()
  })

  it('needs no key', async () => {
    const { exitCode } = await bench.inProcess(words, { env: { OPENAI_API_KEY: '' } })

    expect(exitCode).toBe(0)
  })

  it('prints one JSON object for scripts', async () => {
    const { exitCode, stdout } = await bench.inProcess([...words, '--json', '--limit', '3'])

    expect(exitCode).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      ...{ model: 'gpt-4o-mini', rows: 3, input_tokens: 42, output_tokens: 14 },
      ...{ cost_usd: expect.closeTo(0.0000147, 8), seconds: expect.any(Number) },
      basis: { input_tokens: { kind: 'counted' }, output_tokens: { kind: 'estimated' } },
    })
    await expectNothing()
  })

  it('runs the batch after --yes, with and without --json', async () => {
    expect((await bench.inProcess([...words, '--yes'])).exitCode).toBe(0)
    const { exitCode, stdout } = await bench.inProcess([...words, '--yes', '--json', '--overwrite'])

    expect(exitCode).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ rows: 6 })
    expect(bench.server.requestCount()).toBe(12)
    expect((await bench.workdir.read('out.csv')).trimEnd().split('\n')).toHaveLength(7)
  })

  it('keeps results in a pipe free of the estimate', async () => {
    const { exitCode, stdout, stderr } = await bench.inProcess([
      ...['batch', 'in.csv', ...base, '--estimate-cost', '--yes'],
    ])

    expect(exitCode).toBe(0)
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map(line => JSON.parse(line).id),
    ).toHaveLength(6)
    expect(stderr).toContain('Estimated tokens: 84 input, 28 output\n')
  })

  it('estimates standard input, and asks its rows after --yes', async () => {
    const stdin = reviews.join('\n')
    const piped = ['batch', '-', '--model', 'gpt-4o-mini', '-O', 'out.jsonl', '--estimate-cost']

    const estimate = await bench.inProcess(piped, { stdin })
    expect(estimate.stdout).toContain('Estimated tokens: 66 input, 22 output\n')
    await expectNothing()
    const run = await bench.inProcess([...piped, '--yes'], { stdin })

    expect(run.exitCode).toBe(0)
    expect([...bench.server.calls.keys()]).toEqual(reviews)
  })

  it.each([
    ['txt', reviews.join('\n')],
    ['tsv', csv.replaceAll(',', '\t')],
    ['json', JSON.stringify(reviews.map(review => ({ review })))],
    ['jsonl', reviews.map(review => JSON.stringify({ review })).join('\n')],
  ])('estimates %s', async (format, content) => {
    await bench.workdir.write(`in.${format}`, content)
    const template = `Classify: {${format === 'txt' ? 'prompt' : 'review'}}`

    const { stdout } = await bench.inProcess([
      ...['batch', `in.${format}`, '-t', template, '-m', 'gpt-4o-mini', '--estimate-cost'],
    ])

    expect(stdout).toContain('Estimated tokens: 84 input, 28 output\n')
  })

  it('estimates a workbook', async () => {
    const rows = [['review'], ...reviews.map(review => [review])]
    await bench.workdir.write('in.xlsx', await workbookOf(rows))

    const { stdout } = await bench.inProcess(['batch', 'in.xlsx', ...base, '--estimate-cost'])

    expect(stdout).toContain('Estimated tokens: 84 input, 28 output\n')
  })

  it('says which rows fail and cost nothing', async () => {
    await bench.workdir.write('bad.csv', `${csv}7,too,many,cells\n`)

    const { stdout } = await bench.inProcess(['batch', 'bad.csv', ...base, '--estimate-cost'])

    expect(stdout).toContain('Rows: 6 to ask, 1 that fail and cost nothing\n')
  })

  it('estimates what is left of a batch that was killed', async () => {
    bench.server.hold()
    const running = bench.start(['batch', 'in.csv', ...base, '-O', 'out.csv', '--batch-id', 'b'])
    await bench.server.arrived(1)
    bench.server.release(1)
    await bench.server.arrived(2)
    running.kill('SIGKILL')
    await running.result
    bench.server.release()

    const { stdout } = await bench.inProcess([
      ...['batch', 'in.csv', '--resume', '--batch-id', 'b', '--estimate-cost'],
    ])

    expect(stdout).toContain('Rows: 5 to ask, 1 answered already\n')
  })

  describe('on a terminal', () => {
    /** Runs a line of shell on a real pseudo terminal, with `keys` typed after the question. */
    const onTerminal = (line: string, keys: string) =>
      bench.shell(`
        mkfifo keys
        script -qec ${JSON.stringify(line)} screen < keys > shown &
        exec 3> keys
        until grep -q Proceed shown; do kill -0 $! || exit 9; sleep 0.2; done
        printf '${keys}' >&3
        wait $!
      `)
    const line = (further = '') =>
      `llm batch in.csv -t 'Classify: {review}' -m gpt-4o-mini -O out.csv --estimate-cost${further}`

    // Which words mean yes: ask-user.spec.ts.
    it('runs the batch after yes', async () => {
      const { exitCode } = await onTerminal(line(), 'YES\\r')

      const shown = await bench.workdir.read('shown')
      expect(exitCode).toBe(0)
      expect(shown).toMatch(
        /^Estimated tokens: 84 input, 28 output\r\nEstimated cost \(gpt-4o-mini\)/,
      )
      expect(shown).toContain(question)
      expect((await bench.workdir.read('out.csv')).trimEnd().split('\n')).toHaveLength(7)
    })

    it.each([
      ['n', 'n\\r'],
      ['the end of input', '\\004'],
    ])('ends without a call after %s', async (_what, keys) => {
      const { exitCode } = await onTerminal(line(), keys)

      expect(exitCode).toBe(0)
      expect(bench.server.requestCount()).toBe(0)
      expect(existsSync(bench.workdir.join('out.csv'))).toBe(false)
      expect(existsSync(bench.workdir.join('llm-user'))).toBe(false)
    })

    it('ends with 130 after Ctrl-C', async () => {
      const { exitCode } = await onTerminal(line(), '\\003')

      expect(exitCode).toBe(130)
      expect(bench.server.requestCount()).toBe(0)
    })

    it('takes the answer from the terminal if standard input is the input', async () => {
      const { exitCode } = await onTerminal(
        'cat in.csv | llm batch - --input-format csv -t Classify:{review} -m gpt-4o-mini -O out.csv --estimate-cost',
        'y\\r',
      )

      expect(exitCode).toBe(0)
      expect(bench.server.requestCount()).toBe(6)
    })

    it('asks nothing with --json', async () => {
      const { exitCode, stdout } = await bench.shell(
        `script -qec ${JSON.stringify(line(' --json'))} screen < /dev/null`,
      )

      expect(exitCode).toBe(0)
      expect(JSON.parse(stdout)).toMatchObject({ rows: 6 })
      expect(stdout).not.toContain('Proceed')
    })
  })

  describe('with --sample', () => {
    it('records the sample, and says how to run the rest', async () => {
      const { exitCode, stdout, stderr } = await bench.inProcess([...words, '--sample', '3'])

      expect(exitCode).toBe(0)
      expect(stdout).toContain('Sample: 3 rows answered: 33 input, 21 output tokens')
      expect(stdout).toContain('Output tokens: by the sample: 3 answers of 7 tokens on average')
      expect(existsSync(bench.workdir.join('out.csv'))).toBe(false)
      const [, command = ''] = /Run the batch with: llm (.+)\n/.exec(stderr) ?? []

      expect((await bench.inProcess(command.split(' '))).exitCode).toBe(0)

      expect(bench.server.requestCount()).toBe(6)
      expect((await bench.workdir.read('out.csv')).trimEnd().split('\n')).toHaveLength(7)
    })

    it('loses no answer of a sample that is killed, and asks only the rest again', async () => {
      bench.server.hold()
      const running = bench.start([...words, '--batch-id', 'b', '--sample', '4'])
      await bench.server.arrived(1)
      bench.server.release(1)
      await bench.server.arrived(2)
      bench.server.release(1)
      await bench.server.arrived(3)
      running.kill('SIGKILL')
      await running.result
      bench.server.release()

      const again = ['batch', 'in.csv', '--resume', '--batch-id', 'b']
      const estimate = await bench.inProcess([
        ...again,
        '--estimate-cost',
        '--sample',
        '2',
        '--yes',
      ])

      expect(estimate.exitCode).toBe(0)
      expect(estimate.stdout).toContain('Rows: 4 to ask, 2 answered already\n')
      // One call was in flight when the process was killed.
      expect(bench.server.requestCount()).toBe(7)
      const rows = 'SELECT count(*) AS rows FROM batch_rows'
      expect(await queryDatabase(bench.workdir.join('llm-user/logs.db'), rows)).toEqual([
        { rows: 6 },
      ])
      expect((await bench.workdir.read('out.csv')).trimEnd().split('\n')).toHaveLength(7)
    })

    it('pauses at the cap, and names the command that goes on with a higher one', async () => {
      const maxTokens = ['-o', 'max_tokens', '1000']
      bench.script.answer = () => ({ text: 'x', usage: { inputTokens: 10, outputTokens: 1000 } })

      const { exitCode, stderr } = await bench.inProcess([
        ...words,
        '--sample',
        '4',
        '--max-cost',
        '0.0014',
        ...maxTokens,
      ])

      expect(exitCode).toBe(3)
      expect(stderr).toContain('All answers are recorded; there is no output.')
      expect(stderr).toMatch(/\nResume with: llm batch .* --max-cost 0\.0\d+\n$/)
      expect(bench.server.requestCount()).toBe(2)
    })

    it('stops with the reason of a refused key', async () => {
      bench.script.fault = () => ({
        ...{ kind: 'reply', status: 401, body: { error: { code: 'invalid_api_key' } } },
      })

      const { exitCode, stdout, stderr } = await bench.inProcess([...words, '--sample', '3'])

      expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' })
      expect(stderr).toMatch(/^Error: .*key/m)
    })
  })

  it.each([
    [['batch', 'in.csv', ...base, '--yes'], '--yes is an option of --estimate-cost'],
    [['batch', 'in.csv', ...base, '--json'], '--json is an option of --estimate-cost'],
    [['batch', 'in.csv', ...base, '--sample', '3'], '--sample is an option of --estimate-cost'],
    [[...words, '--dry-run'], 'cannot be given together'],
    [[...words, '--sample', '7'], '--sample 7 asks for more rows than there are: 6 rows'],
    [[...words, '--sample', '0'], '--sample expects a whole number of 1 or more'],
    [[...words, '--sample', 'some'], '--sample expects a whole number of 1 or more'],
  ])('refuses %j', async (given, message) => {
    const { exitCode, stdout, stderr } = await bench.inProcess(given)

    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
    expect(stderr).toContain(message)
    await expectNothing()
  })
})
