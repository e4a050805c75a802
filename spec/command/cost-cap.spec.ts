import { queryDatabase } from '../support/query-database.js'
import { scale } from '../support/scale.js'
import { useCommand } from '../support/use-command.js'

const rows = 400
const mostTokens = 1_000
/** US dollars of gpt-4o-mini. */
const usdOf = (inputTokens: number, outputTokens: number) =>
  (inputTokens * 0.15 + outputTokens * 0.6) / 1e6
/** A prompt such as `Say 399` has fewer than 20 bytes. */
const worstUsd = usdOf(20 + 256, mostTokens)
const killsEach = scale > 1 ? 20 : 4

describe('llm batch --max-cost', () => {
  const bench = useCommand()
  /** What the provider bills: also for calls whose process is dead. */
  let billedUsd = 0

  beforeEach(async () => {
    billedUsd = 0
    const numbers = Array.from({ length: rows }, (_, index) => String(index))
    await bench.workdir.write('in.txt', `${numbers.join('\n')}\n`)
    bench.script.answer = text => {
      const outputTokens = 1 + ((Number(text.split(' ')[1]) * 7_919) % mostTokens)
      billedUsd += usdOf(20, outputTokens)
      const usage = { inputTokens: 20, cachedInputTokens: 0, outputTokens }
      return { text: `Said: ${text}`, usage }
    }
  })

  const args = (...further: string[]) => [
    ...['batch', 'in.txt', '--template', 'Say {prompt}', '--output', 'out.csv'],
    ...['--model', 'gpt-4o-mini', '-o', 'max_tokens', String(mostTokens), '--batch-id', 'capped'],
    ...further,
  ]
  const spend = async () => {
    const sql = 'SELECT status, cost_usd, unsettled_usd FROM batch_runs'
    const [row] = await queryDatabase(bench.workdir.join('llm-user/logs.db'), sql)
    return row as { status: string; cost_usd: number; unsettled_usd: number }
  }

  it('pauses with exit 3, says how far it came, and names the command that goes on', async () => {
    const { exitCode, stderr } = await bench.inProcess(
      args('--max-cost', '0.02', '--concurrency', '20'),
    )

    expect(exitCode).toBe(3)
    expect(stderr).toMatch(
      /^400 rows read = \d+ answered \+ 0 failed \+ \d+ skipped\n.*\nSpent \$0\.0\d+ of --max-cost \$0\.02\n/,
    )
    expect(stderr).toMatch(
      /\nPaused\. No room under --max-cost \$0\.02: \$0\.0\d+ is spent, and the next call may cost up to \$0\.000\d+\.\nThe output is valid and has all answers so far\.\n/,
    )
    const [, command = ''] =
      /\nResume with: (llm batch in\.txt --resume --batch-id capped --max-cost 0\.\d+)\n$/.exec(
        stderr,
      ) ?? []
    expect((await bench.inProcess(['batch', 'status', 'capped'])).stdout).toContain(
      `Resume with: ${command}`,
    )
    expect(billedUsd).toBeGreaterThan(0.02 - worstUsd)
    expect(billedUsd).toBeLessThanOrEqual(0.02)

    const again = await bench.inProcess(['batch', 'in.txt', '--resume', '--batch-id', 'capped'])
    expect(again.exitCode).toBe(3)
    expect(again.stderr).toContain('No room under --max-cost $0.02')

    const resumed = await bench.shell(`${command} --concurrency 20`)
    expect([resumed.exitCode, resumed.stderr]).toEqual([0, expect.stringContaining('Spent')])
    expect((await spend()).status).toBe('completed')
    expect((await bench.workdir.read('out.csv')).split('\n')).toHaveLength(rows + 2)
  }, 120_000)

  it('is never billed above the cap, wherever its process is killed, and says what may be lost', async () => {
    const maxCostUsd = 0.06
    bench.script.latencyMs = 30
    const capped = ['--max-cost', String(maxCostUsd), '--concurrency', '10']

    let lastUnsettledUsd = 0
    for (let kill = 0; kill < killsEach; kill += 1) {
      const asked = bench.server.requestCount()
      const running = bench.start(kill === 0 ? args(...capped) : args('--resume', ...capped))
      running.stdin.end()
      // In the middle of the calls, each time after another number of them.
      await Promise.race([bench.server.arrived(asked + 13 + 4 * kill), running.result])
      running.kill('SIGKILL')
      const { signal } = await running.result
      await bench.server.idle()
      expect(billedUsd).toBeLessThanOrEqual(maxCostUsd)
      if (signal !== 'SIGKILL') break
      await bench.inProcess(['batch', 'status', 'capped'])
      const { cost_usd, unsettled_usd } = await spend()
      expect(cost_usd + unsettled_usd).toBeGreaterThanOrEqual(billedUsd - 1e-9)
      expect(cost_usd + unsettled_usd).toBeLessThanOrEqual(maxCostUsd + 1e-9)
      expect(unsettled_usd).toBeGreaterThan(lastUnsettledUsd)
      expect(unsettled_usd - lastUnsettledUsd).toBeLessThanOrEqual(10 * worstUsd)
      lastUnsettledUsd = unsettled_usd
    }

    const last = await bench.inProcess(args('--resume', ...capped))

    expect(last.exitCode).toBe(3)
    expect(last.stderr).toContain('calls without an answer may have cost up to $')
    expect(billedUsd).toBeLessThanOrEqual(maxCostUsd)
    const { status, cost_usd, unsettled_usd } = await spend()
    expect(status).toBe('paused')
    expect(cost_usd + unsettled_usd).toBeGreaterThan(maxCostUsd - worstUsd)
  }, 120_000)

  it.each([
    [['--max-cost', '0'], '--max-cost expects a number more than 0, got "0".'],
    [['--max-cost', '-5'], '--max-cost expects a number more than 0, got "-5".'],
    [['--max-cost', '$5'], '--max-cost expects a number more than 0, got "$5".'],
    [['--max-cost', 'NaN'], '--max-cost expects a number more than 0, got "NaN".'],
    [['--max-cost', '9000000'], 'maxCostUsd: '],
    [['--max-cost', '5', '--model', 'openai/gpt-4o-mystery'], '--max-cost needs a price'],
  ])('is refused with %j, and nothing is asked', async (further, said) => {
    const { exitCode, stderr } = await bench.inProcess(args(...further))

    expect(exitCode).toBe(2)
    expect(stderr).toContain(said)
    expect(bench.server.requestCount()).toBe(0)
  })

  it('takes the cap of the configuration, and tells how to state a missing price', async () => {
    const file = 'batch-config.yaml'
    const env = { LLM_BATCH_CONFIG: bench.workdir.join(file) }
    await bench.workdir.write(file, 'defaults: { max_cost: 0.01 }\n')
    const unknown = args('--model', 'openai/gpt-4o-mystery')
    const refused = await bench.inProcess(unknown, { env })
    expect([refused.exitCode, refused.stderr]).toEqual([
      2,
      expect.stringContaining('prices: {openai/gpt-4o-mystery: {input: 1.5, output: 6}}'),
    ])

    await bench.workdir.write(
      file,
      'defaults: { max_cost: 0.01 }\nprices: { openai/gpt-4o-mystery: { input: 0.15, output: 0.6 } }\n',
    )
    const { exitCode, stderr } = await bench.inProcess(unknown, { env })

    expect([exitCode, stderr]).toEqual([3, expect.stringContaining('of --max-cost $0.01')])
    expect(billedUsd).toBeLessThanOrEqual(0.01)
    expect(billedUsd).toBeGreaterThan(0.01 - worstUsd)
  })

  it('warns before the run if few calls fit under the cap', async () => {
    const dry = await bench.inProcess(
      args('--max-cost', '0.01', '--concurrency', '50', '--dry-run'),
    )

    expect(dry.stderr).toContain(
      'Warning: Under --max-cost $0.01, at most 16 calls run at once: each reserves $0.0006 for an answer of up to 1,000 tokens. A smaller -o max_tokens lets more calls run.',
    )
    expect(dry.stdout).toContain('  cost         at most $0.01\n')
  })
})
