import { parse } from 'csv-parse/sync'
import { inputOf, wordsOf } from '../support/answer-rows.js'
import { queryDatabase } from '../support/query-database.js'
import { until } from '../support/until.js'
import { useCommand } from '../support/use-command.js'

const template = ['--template', 'Say {word}']
const asked = [...template, '--model', 'gpt-4o-mini']
/** What the stub server's usual answer costs: 11 input tokens, of which 3 cached, and 7 output. */
const usdOfAnswer = (8 * 0.15 + 3 * 0.075 + 7 * 0.6) / 1e6

describe('the cost of a batch', () => {
  const bench = useCommand()
  const env = () => ({ LLM_BATCH_CONFIG: bench.workdir.join('config.yaml') })
  const query = (sql: string) => queryDatabase(bench.workdir.join('llm-user/logs.db'), sql)
  const config = (text: string) => bench.workdir.write('config.yaml', text)
  beforeEach(() => bench.workdir.write('in.csv', inputOf('csv', wordsOf(4))))

  it.each([
    [
      'prices: { gpt-4o-mni: { input: 1, output: 2 } }',
      /Error: A price .* unknown model: gpt-4o-mni\n.*Did you mean gpt-4o-mini/,
    ],
    [
      'prices: { gpt-4o-mini: { input: -1, output: 2 } }',
      /"prices.gpt-4o-mini.input" expects .* got -1/,
    ],
    ['prices: { gpt-4o-mini: { input: cheap, output: 2 } }', /expects .* got "cheap"/],
    ['prices: { gpt-4o-mini: { input: 1 } }', /has no output/],
    ['prices: { gpt-4o-mini: 3 }', /prices.gpt-4o-mini should be a map of settings/],
  ])('refuses %s before anything is asked', async (text, message) => {
    await config(text)
    const { exitCode, stderr } = await bench.inProcess(['batch', 'in.csv', ...asked], {
      env: env(),
    })

    expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: expect.stringMatching(message) })
    expect(bench.server.requestCount()).toBe(0)
  })

  it.each([
    [['--output', 'out.txt'], /--usage-columns needs columns, and text has none/],
    [['--response-column', 'cost_usd'], /--usage-columns has a column "cost_usd" of its own/],
    [
      ['--template', 'Say {cost_usd}', '--input-format', 'csv'],
      /already has a column "cost_usd"\n/,
    ],
  ])('refuses usage columns that have no place, with %j', async (words, message) => {
    await bench.workdir.write('taken.csv', 'cost_usd\n1\n')
    const input = words.includes('--input-format') ? 'taken.csv' : 'in.csv'
    const { exitCode, stderr } = await bench.inProcess([
      ...['batch', input, ...asked, '--usage-columns', ...words],
    ])

    expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: expect.stringMatching(message) })
    expect(bench.server.requestCount()).toBe(0)
  })

  it('is in the summary, in status and list, and in the record', async () => {
    const { stderr } = await bench.inProcess([
      'batch',
      'in.csv',
      ...asked,
      '--batch-id',
      'b',
      '-O',
      'o.csv',
    ])
    const status = await bench.inProcess(['batch', 'status', 'b'])
    const list = await bench.inProcess(['batch', 'list'])
    const json = JSON.parse((await bench.inProcess(['batch', 'status', 'b', '--json'])).stdout)

    expect(stderr).toContain('44 input (12 cached) + 28 output tokens, $0.000023\n')
    expect(status.stdout).toMatch(
      / +tokens +44 input \(12 cached\) \+ 28 output\n +cost +\$0\.000023\n/,
    )
    expect(list.stdout).toMatch(/ 72 +\$0\.000023$/m)
    expect(json).toMatchObject({
      ...{ input_tokens: 44, cached_input_tokens: 12, output_tokens: 28, reasoning_tokens: 0 },
      unpriced_prompts: 0,
    })
    expect(json.cost_usd).toBeCloseTo(4 * usdOfAnswer, 12)
    const rows = await query('SELECT cost_usd, input_tokens, cached_input_tokens FROM batch_rows')
    expect(rows).toEqual(
      Array.from({ length: 4 }, () => ({
        ...{ cost_usd: 0.000005625, input_tokens: 11, cached_input_tokens: 3 },
      })),
    )
  })

  it('is what a gateway states, before any list', async () => {
    bench.script.answer = text => ({
      text,
      usage: { inputTokens: 9, outputTokens: 1, costUsd: text.endsWith('0') ? 'free' : 0.25 },
    })
    const model = 'openrouter/openai/gpt-4o-mini'
    const environment = { OPENROUTER_API_KEY: 'sk-or' }
    const { stderr } = await bench.inProcess(
      ['batch', 'in.csv', ...template, '--model', model, '--output', 'out.csv', '--limit', '2'],
      { env: environment },
    )

    expect(stderr).toMatch(/18 input \(6 cached\) \+ 2 output tokens, \$0\.(25|50)\n/)
    expect((await query('SELECT max(cost_usd) AS most FROM batch_rows'))[0].most).toBe(0.25)
  })

  it('is unknown for a model without a price, which says once how to state one', async () => {
    const model = 'openai/ft:gpt-4o-mini:acme::x'
    const words = [
      'batch',
      'in.csv',
      ...template,
      '--model',
      model,
      '--batch-id',
      'b',
      '-O',
      'o.csv',
    ]
    const { exitCode, stderr } = await bench.inProcess(words)
    const status = await bench.inProcess(['batch', 'status', 'b'])

    expect(exitCode).toBe(0)
    expect(stderr).toContain('tokens, cost unknown\n')
    expect(stderr.match(/State the price in batch-config\.yaml/g)).toHaveLength(1)
    expect(status.stdout).toMatch(/ +cost +unknown: state the price of .* under prices:/)
    expect(await query('SELECT cost_usd, unpriced_prompts FROM batch_runs')).toEqual([
      { cost_usd: null, unpriced_prompts: 4 },
    ])

    await config(`prices: { "${model}": { input: 1, output: 2 } }`)
    await bench.workdir.write('in.csv', inputOf('csv', wordsOf(5)))
    const resumed = await bench.inProcess(['batch', 'in.csv', '--resume'], { env: env() })
    expect(resumed.stderr).toContain('tokens, $0.000025\n')
    const later = await bench.inProcess(['batch', 'status', 'b'])
    expect(later.stdout).toMatch(
      / +cost +at least \$0\.000025 \(the cost of 4 answers is unknown\)/,
    )
  })

  it('is nothing for a model of this machine, in words', async () => {
    const { stderr } = await bench.inProcess([
      'batch',
      'in.csv',
      ...template,
      '--model',
      'ollama/llama3',
    ])
    const { stdout } = await bench.inProcess([
      'batch',
      'in.csv',
      ...template,
      '--model',
      'echo',
      '--dry-run',
    ])

    expect(stderr).toContain('tokens, costs nothing\n')
    expect(stdout).toMatch(/ +price +echo calls no model and costs nothing\n/)
    expect(await query('SELECT cost_usd FROM batch_runs')).toEqual([{ cost_usd: 0 }])
  })

  it('keeps the input tokens of Anthropic in llm’s log as they came, and bills all of them', async () => {
    const usage = { inputTokens: 100, cachedInputTokens: 60, cacheWriteTokens: 30, outputTokens: 5 }
    bench.script.answer = text => ({ text, usage })
    const model = 'claude-haiku-4-5'
    await bench.inProcess(
      ['batch', 'in.csv', ...template, '--model', model, '--limit', '1', '-O', 'out.csv'],
      { env: { ANTHROPIC_API_KEY: 'sk-ant' } },
    )

    const usd = (10 * 1 + 60 * 0.1 + 30 * 1.25 + 5 * 5) / 1e6
    expect(await query('SELECT input_tokens, output_tokens FROM turns')).toEqual([
      { input_tokens: 10, output_tokens: 5 },
    ])
    expect(
      await query('SELECT input_tokens, cached_input_tokens, cost_usd FROM batch_rows'),
    ).toEqual([{ input_tokens: 100, cached_input_tokens: 60, cost_usd: usd }])
  })

  it.each(['csv', 'tsv', 'json', 'jsonl'])(
    'is beside each answer of %s with --usage-columns',
    async format => {
      bench.script.answer = text =>
        text.endsWith('1') ? { text: '', usage: { inputTokens: 2, outputTokens: 0 } } : text
      const output = `out.${format}`
      await bench.inProcess(['batch', 'in.csv', ...asked, '--usage-columns', '-O', output])

      const text = await bench.workdir.read(output)
      const delimiter = format === 'tsv' ? '\t' : ','
      const rows: any[] =
        format === 'json'
          ? JSON.parse(text)
          : format === 'jsonl'
            ? text
                .trimEnd()
                .split('\n')
                .map(line => JSON.parse(line))
            : parse(text, { columns: true, delimiter })
      const names = ['input_tokens', 'output_tokens', 'cost_usd', 'duration_ms']
      expect(Object.keys(rows[0]).slice(-5)).toEqual(['response', ...names])
      expect(rows.map(row => Number(row.input_tokens)).sort()).toEqual([11, 11, 11, 2].sort())
      for (const row of rows) expect(String(row.cost_usd)).toMatch(/^\d/)
      for (const row of rows) expect(Number(row.duration_ms)).toBeGreaterThanOrEqual(0)
    },
  )

  it('is the same in the output of a resumed batch, whoever asked', async () => {
    await bench.workdir.write('in.csv', inputOf('csv', wordsOf(40)))
    bench.script.latencyMs = 10
    const words = [
      'batch',
      'in.csv',
      ...asked,
      '--usage-columns',
      '-O',
      'out.csv',
      '--batch-id',
      'b',
    ]
    const running = bench.start(words)
    await until(() => bench.server.requestCount() >= 12)
    running.kill('SIGKILL')
    await running.result

    const { exitCode } = await bench.inProcess([
      'batch',
      'in.csv',
      '--resume',
      '--concurrency',
      '4',
    ])
    const output = await bench.workdir.read('out.csv')
    const recorded = await query(
      `SELECT input_tokens, output_tokens, cost_usd, duration_ms FROM batch_rows ORDER BY row_index`,
    )
    await bench.inProcess(['batch', 'in.csv', '--resume'])

    expect(exitCode).toBe(0)
    const written: any[] = parse(output, { columns: true, cast: true })
    expect(written).toHaveLength(40)
    expect(
      written.map(({ input_tokens, output_tokens, cost_usd, duration_ms }) => ({
        ...{ input_tokens, output_tokens, cost_usd, duration_ms },
      })),
    ).toEqual(recorded)
    expect(await bench.workdir.read('out.csv')).toBe(output)
  })
})
