import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { queryDatabase } from '../support/query-database.js'
import { inSoak, isSoak } from '../support/scale.js'
import { useCommand } from '../support/use-command.js'

const toolFile = `
import { appendFileSync } from 'node:fs'
const inputSchema = {
  type: 'object',
  properties: { text: { type: 'string' } },
  required: ['text'],
}
export const shout = {
  description: 'Writes a text in capitals.',
  inputSchema,
  execute: ({ text }, { row }) => {
    appendFileSync('ran.txt', row.index + '\\n')
    return text.toUpperCase()
  },
}
export const fail = {
  description: 'Fails.',
  inputSchema,
  execute: () => { throw new RangeError('out of paper') },
}
`

const root = resolve(import.meta.dirname, '../..')
const hasPython = existsSync(resolve(root, 'node_modules/@pydantic/monty/package.json'))
// `spec/support/install-monty.sh` installs it.
const itWithPython = hasPython || process.env.CI === 'true' ? it : it.skip

describe('llm batch --tools', () => {
  const bench = useCommand()

  const rowsOf = (...asks: string[]) => asks.map(ask => `${JSON.stringify({ ask })}\n`).join('')
  const call = (name: string, text: string) => `CALL ${name} ${JSON.stringify({ text })}`
  const args = (...further: string[]) => [
    ...['batch', 'in.jsonl', '-t', '{ask}', '-m', 'gpt-4o-mini', '-O', 'out.jsonl'],
    ...['--tools', './tools.mjs', ...further],
  ]
  const responses = async () =>
    (await bench.workdir.read('out.jsonl'))
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line).response)
  const turns = async () => {
    const sql = 'SELECT thread_id FROM turns ORDER BY id'
    return queryDatabase(bench.workdir.join('llm-user/logs.db'), sql)
  }

  beforeEach(async () => {
    await bench.workdir.write('tools.mjs', toolFile)
    await bench.workdir.write('in.jsonl', rowsOf(call('shout', 'a'), 'no tool'))
  })

  it('runs what the model calls, and gives the model the results', async () => {
    await bench.workdir.write(
      'in.jsonl',
      rowsOf(
        `${call('shout', 'a')} ${call('shout', 'b')} THEN ${call('fail', 'c')}`,
        'no tool',
        'CALL shout {"tex',
        call('unknown', 'd'),
      ),
    )
    const { exitCode, stderr } = await bench.inProcess(args('--tools-debug', '--usage-columns'))

    expect(exitCode).toBe(0)
    expect(await responses()).toEqual([
      'Results: A, B, Error: out of paper',
      'Answer to: no tool',
      expect.stringMatching(/^Results: Error: the arguments are not JSON: /),
      'Results: Error: tool "unknown" does not exist',
    ])
    expect(stderr).toContain('Row 1: Tool call: shout({"text":"b"})\n  B\n')
    expect(stderr).toContain('  Error: out of paper\n  Exception: RangeError: out of paper\n')
    expect(stderr).toContain('4 rows read = 4 answered')
    expect(bench.server.requestCount()).toBe(3 + 1 + 2 + 2)
    expect(new Set((await turns()).map(({ thread_id }) => thread_id)).size).toBe(4)
    expect(await turns()).toHaveLength(8)
  })

  it.each([
    ['an unknown tool', ['-T', 'lm_time'], /There is no tool lm_time.*\nDid you mean llm_time\? /],
    ['two tools of one name', ['-T', './again.mjs'], /Two tools have the name fail: .*again\.mjs/],
    [
      'a file that is not there',
      ['-T', './none.mjs'],
      /none\.mjs cannot be used: it cannot be read/,
    ],
    ['a model without tools', ['-m', 'gpt-3.5-turbo-instruct'], /cannot call tools: the old/],
    ['questions without a terminal', ['--ta'], /--tools-approve asks .* no terminal to ask on/],
    ['a limit that is no number', ['--chain-limit', 'x'], /--chain-limit/],
  ])('refuses %s before the first call, and leaves nothing', async (_what, further, message) => {
    await bench.workdir.write('again.mjs', toolFile)
    const { exitCode, stderr } = await bench.inProcess(args(...further))

    expect(stderr).toMatch(message)
    expect(exitCode).toBe(2)
    expect(bench.server.requestCount()).toBe(0)
    await expect(bench.workdir.read('out.jsonl')).rejects.toThrow('ENOENT')
  })

  it('ends with its run, though a file of tools holds something open', async () => {
    await bench.workdir.write('tools.mjs', `${toolFile}\nsetInterval(() => {}, 60_000)\n`)
    const { exitCode, stderr } = await bench.shell(
      "timeout -k 1 60 llm batch in.jsonl -t '{ask}' -m gpt-4o-mini -O out.jsonl --tools ./tools.mjs",
    )
    expect(stderr).toContain('2 rows read = 2 answered')
    expect(exitCode).toBe(0)
  })

  it('refuses tools for the lines of an OpenAI batch', async () => {
    const body = { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hi' }] }
    const line = { custom_id: 'a', method: 'POST', url: '/v1/chat/completions', body }
    await bench.workdir.write('lines.jsonl', `${JSON.stringify(line)}\n`)
    const { exitCode, stderr } = await bench.inProcess(['batch', 'lines.jsonl', '-T', 'llm_time'])

    expect(stderr).toContain('Tools do not go with the lines of an OpenAI batch')
    expect(exitCode).toBe(2)
  })

  it('fails a row that reaches the limit of its chain', async () => {
    await bench.workdir.write('in.jsonl', rowsOf(`${call('shout', 'a')} FOREVER`, 'no tool'))
    const { exitCode, stderr } = await bench.inProcess(args('--chain-limit', '3', '-q'))

    expect(exitCode).toBe(1)
    expect(await responses()).toEqual([null, 'Answer to: no tool'])
    expect(bench.server.requestCount()).toBe(4)
    expect((await bench.workdir.read('ran.txt')).split('\n')).toHaveLength(3)
    const errors = await bench.inProcess(['batch', 'errors', (await batchIds())[0] ?? ''])
    expect(`${errors.stdout}${stderr}`).toContain('--chain-limit')
  })

  const batchIds = async () => {
    const sql = 'SELECT id FROM batch_runs ORDER BY created_at'
    const found = await queryDatabase(bench.workdir.join('llm-user/logs.db'), sql)
    return found.map(({ id }) => String(id))
  }

  it('takes the tools of a saved template, and those of the command line after them', async () => {
    await bench.workdir.write('llm-user/templates/ask.yaml', 'prompt: $ask\ntools: [llm_time]\n')
    const { exitCode } = await bench.inProcess([
      ...['batch', 'in.jsonl', '-t', 'ask', '-m', 'gpt-4o-mini', '-O', 'out.jsonl'],
      ...['--tool', './tools.mjs,llm_version'],
    ])
    expect(exitCode).toBe(0)
    expect(bench.server.requests[0]?.tools).toEqual(['llm_time', 'fail', 'shout', 'llm_version'])
  })

  it('lists the tools in a dry run, and says what an estimate leaves out', async () => {
    const dry = await bench.inProcess(args('--dry-run', '--ta'))
    expect(dry.stdout).toContain(
      'tools        fail, shout; at most 5 calls of the model for each row\n',
    )
    const estimate = await bench.inProcess(args('--estimate-cost'))
    expect(estimate.stdout).toContain('further calls of rows that use tools (--sample counts them)')
    const without = await bench.inProcess([
      ...['batch', 'in.jsonl', '-t', '{ask}', '-m', 'gpt-4o-mini', '--estimate-cost'],
    ])
    const inputOf = (text: string) => Number(/(\d+) input/.exec(text)?.[1])
    expect(inputOf(estimate.stdout)).toBeGreaterThan(inputOf(without.stdout) + 50)
    expect(bench.server.requestCount()).toBe(0)
  })

  it('never mixes answers with and without tools, or of other tools', async () => {
    const once = (...further: string[]) => [
      ...[
        'batch',
        'in.jsonl',
        '-t',
        '{ask}',
        '-m',
        'gpt-4o-mini',
        '--overwrite',
        '-O',
        'out.jsonl',
      ],
      ...['--restart', '--cache', ...further],
    ]
    const asked = async (further: readonly string[] = [], llm = bench.inProcess) => {
      const before = bench.server.requestCount()
      expect((await llm(once(...further))).exitCode).toBe(0)
      return bench.server.requestCount() - before
    }
    const withTools = ['-T', './tools.mjs']
    expect(await asked()).toBe(2)
    expect(await asked(withTools)).toBe(3)
    expect(await asked(withTools)).toBe(0)
    expect(await responses()).toEqual(['Results: A', 'Answer to: no tool'])
    expect(await asked()).toBe(0)
    await bench.workdir.write('tools.mjs', toolFile.replace('in capitals', 'loudly'))
    // A process reads a module once.
    expect(await asked(withTools, bench.llm)).toBe(3)
  })

  it('asks equal prompts once, with all their rounds', async () => {
    await bench.workdir.write('in.jsonl', rowsOf(call('shout', 'a'), 'Hi', call('shout', 'a')))
    const { exitCode, stderr } = await bench.inProcess(args('--dedupe', '--concurrency', '3'))

    expect(exitCode).toBe(0)
    expect(await responses()).toEqual(['Results: A', 'Answer to: Hi', 'Results: A'])
    expect(stderr).toContain('3 rows read = 3 answered (1 equal prompt)')
    expect(bench.server.requestCount()).toBe(3)
    expect(await turns()).toHaveLength(3)
  })

  itWithPython('runs Python for many rows, each apart from the others', async () => {
    const rows = isSoak ? 30 : 10
    const code = (row: number) => `print(${row})\n${row} * 2`
    const grows = 'x = []\nwhile True: x.append("a" * 1000000)'
    const bad = [['1 / 0', /zero/], [grows, /memory/i], ...inSoak([['while True: pass', /time/i]])]
    const ask = (text: unknown) => `CALL python ${JSON.stringify({ code: text })}`
    const asks = [
      ...Array.from({ length: rows }, (_, row) => code(row)),
      ...bad.map(([text]) => text),
    ]
    await bench.workdir.write('in.jsonl', rowsOf(...asks.map(ask)))
    const { exitCode, stderr } = await bench.llm([
      ...['batch', 'in.jsonl', '-t', '{ask}', '-m', 'gpt-4o-mini', '-O', 'out.jsonl'],
      ...['-T', 'python', '--concurrency', '10'],
    ])

    expect(stderr).toContain(`${asks.length} rows read = ${asks.length} answered`)
    expect(exitCode).toBe(0)
    const all = await responses()
    expect(all.slice(0, rows)).toEqual(
      Array.from({ length: rows }, (_, row) => `Results: ${row}\n${row * 2}`),
    )
    for (const [at, [, said]] of bad.entries()) {
      expect(all[rows + at]).toMatch(/^Results: Error: /)
      expect(all[rows + at]).toMatch(said as RegExp)
    }
  })

  describe('--mcp', () => {
    // A real server: open-mcp-server.spec.ts.
    const server = `node ${root}/spec/support/tiny-mcp-server.mjs serve started`
    const mcpArgs = (name: string, ...further: string[]) => [
      ...['batch', 'in.jsonl', '-t', '{ask}', '-m', 'gpt-4o-mini', '-O', 'out.jsonl'],
      ...['--mcp', name, ...further],
    ]

    it('adds the tools of a server, by its command line and by its name', async () => {
      await bench.workdir.write('in.jsonl', rowsOf('CALL echo {"a": 42}'))
      await bench.workdir.write('.llm/batch-config.yaml', `mcp:\n  tiny: ${server}\n`)
      const byName = await bench.inProcess(
        mcpArgs('tiny', '--batch-id', 'b', '--tools', './tools.mjs'),
      )

      expect(byName.stderr).toContain('1 row read = 1 answered')
      expect(await responses()).toEqual(['Results: echo {"a":42}'])
      expect(bench.server.requests[0]?.tools).toContain('shout')
      const again = await bench.inProcess(mcpArgs(server, '--cache', '--restart', '--overwrite'))
      expect(again.exitCode).toBe(0)
      // The other batch had a tool more.
      expect(bench.server.requestCount()).toBe(4)
    })

    it.each([
      ['a server that does not start', 'no-such-command-7', /no-such-command-7/],
      ['a server that ends at once', 'node -e process.exit(3)', /cannot be used|MCP/],
    ])('refuses %s before the first call', async (_what, name, message) => {
      const { exitCode, stderr } = await bench.inProcess(mcpArgs(name))

      expect(stderr).toMatch(message)
      expect(exitCode).toBe(2)
      expect(bench.server.requestCount()).toBe(0)
    })

    it('names the wrong setting of the configuration', async () => {
      await bench.workdir.write('.llm/batch-config.yaml', 'mcp:\n  sums: [a]\n')
      const { exitCode, stderr } = await bench.inProcess(mcpArgs('sums'))

      expect(stderr).toContain('line 2: "mcp.sums" expects the command line or the URL')
      expect(exitCode).toBe(2)
    })
  })

  it('does not resume a batch with other tools', async () => {
    await bench.inProcess(args('--batch-id', 'b', '--limit', '1'))
    const resume = ['batch', 'in.jsonl', '--resume', '--batch-id', 'b']
    const other = await bench.inProcess([...resume, '-T', 'llm_time'])
    expect(other.stderr).toContain('Batch b started with another tools\nLeave --tools unchanged')
    expect(other.exitCode).toBe(2)
    const same = await bench.inProcess(resume)
    expect(same.stderr).toContain('2 rows read = 2 answered')
    expect(bench.server.requestCount()).toBe(3)
  })

  it('stays under a cap, whatever chains come to', async () => {
    await bench.workdir.write(
      'in.jsonl',
      rowsOf(...Array.from({ length: 200 }, (_, row) => call('shout', `${row}`))),
    )
    const { exitCode, stderr } = await bench.inProcess(
      args('--max-cost', '0.002', '--concurrency', '4', '-o', 'max_tokens', '200'),
    )
    expect(exitCode).toBe(3)
    const usage = (8 * 0.15 + 3 * 0.075 + 7 * 0.6) / 1e6
    const billed = bench.server.requestCount() * usage
    expect(billed).toBeLessThanOrEqual(0.002)
    expect(billed).toBeGreaterThan(0.001)
    expect(stderr).toContain('No room under --max-cost $0.002')
    const [row] = await queryDatabase(
      bench.workdir.join('llm-user/logs.db'),
      'SELECT cost_usd, unsettled_usd FROM batch_runs',
    )
    const { cost_usd, unsettled_usd } = row as { cost_usd: number; unsettled_usd: number }
    expect(cost_usd + unsettled_usd).toBeCloseTo(billed, 9)
  })

  it('killed in the middle of chains and resumed, has each row once, and repeats only open chains', async () => {
    const rows = isSoak ? 60 : 24
    const kills = isSoak ? [25, 70, 120] : [12, 40]
    const concurrency = 6
    bench.script.latencyMs = 15
    const asks = Array.from(
      { length: rows },
      (_, row) => `${call('shout', `${row}a`)} THEN ${call('shout', `${row}b`)}`,
    )
    await bench.workdir.write('in.jsonl', rowsOf(...asks))
    const batch = args('--batch-id', 'killed', '--concurrency', `${concurrency}`)
    for (const [index, calls] of kills.entries()) {
      const running = bench.start(index === 0 ? batch : [...batch, '--resume'])
      running.stdin.end()
      await bench.server.arrived(calls)
      running.kill('SIGKILL')
      await running.result
    }
    const { exitCode, stderr } = await bench.inProcess([...batch, '--resume'])

    expect(stderr).toContain(`${rows} rows read = ${rows} answered`)
    expect(exitCode).toBe(0)
    expect(await responses()).toEqual(asks.map((_, row) => `Results: ${row}A, ${row}B`))
    const repeated = [...bench.server.calls.values()].filter(count => count > 3)
    expect(bench.server.calls.size).toBe(rows)
    expect(repeated.length).toBeLessThanOrEqual(kills.length * concurrency)
    const threads = new Map<unknown, number>()
    for (const { thread_id } of await turns()) {
      threads.set(thread_id, (threads.get(thread_id) ?? 0) + 1)
    }
    expect([...threads.values()]).toEqual(Array(rows).fill(3))
  })

  describe('--tools-approve on a terminal', () => {
    /** Types `keys` once each question is shown. */
    const onTerminal = (further: string, ...keys: string[]) =>
      bench.shell(`
        mkfifo keys
        script -qec ${JSON.stringify(`llm ${args(further).map(quoted).join(' ')}`)} screen < keys > shown &
        exec 3> keys
        ${keys.map((key, at) => waitFor(at + 1, key)).join('\n')}
        wait $!
      `)
    const quoted = (word: string) => (/[{}]/.test(word) ? `'${word}'` : word)
    const waitFor = (count: number, key: string) => `
      until [ $(grep -o 'run it?' shown | wc -l) -ge ${count} ]; do kill -0 $! || exit 9; sleep 0.2; done
      printf '${key}' >&3`

    it('runs what is approved, and tells the model of the rest', async () => {
      await bench.workdir.write('in.jsonl', rowsOf(`${call('shout', 'a')} ${call('shout', 'b')}`))
      const { exitCode } = await onTerminal('--ta', 'y\\r', 'n\\r')

      expect(exitCode).toBe(0)
      expect(await responses()).toEqual(['Results: A, Cancelled: User cancelled tool call'])
      expect((await bench.workdir.read('ran.txt')).split('\n')).toHaveLength(2)
      expect(await bench.workdir.read('shown')).toContain(
        'Row 1: Tool call: shout({"text":"b"}): run it? [y/N]',
      )
    })

    it('takes Ctrl-C at a question for Ctrl-C', async () => {
      await bench.workdir.write('in.jsonl', rowsOf(call('shout', 'a'), call('shout', 'b')))
      const { exitCode } = await onTerminal('--ta', '\\003')

      const shown = await bench.workdir.read('shown')
      expect(shown).toContain('Interrupted. ')
      expect(shown).toContain('Resume with: llm batch')
      expect(exitCode).toBe(130)
      expect(await responses()).toEqual(['Results: Cancelled: User cancelled tool call'])
      expect(bench.server.requestCount()).toBe(2)
    })
  })
})
