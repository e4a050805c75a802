import { queryDatabase } from '../support/query-database.js'
import { faults } from '../support/stub-server.js'
import { useCommand } from '../support/use-command.js'

const lines = (count: number): string => Array.from({ length: count }, (_, i) => `p${i}\n`).join('')

describe('llm batch, when it stops early', () => {
  const bench = useCommand()

  it('stops at a refused key, naming the provider and not the key, with exit 3', async () => {
    bench.script = { fault: () => faults.keyRefused() }
    await bench.workdir.write('in.txt', lines(50))

    const { exitCode, stderr } = await bench.inProcess('batch in.txt --output out.csv'.split(' '))

    expect(exitCode).toBe(3)
    expect(stderr).toMatch(/Invalid API key.*openai/i)
    expect(bench.server.requestCount()).toBe(1)
  })

  it('stops when the quota is used up', async () => {
    bench.script = { fault: () => faults.insufficientQuota }
    await bench.workdir.write('in.txt', lines(50))

    const { exitCode, stderr } = await bench.inProcess('batch in.txt --output out.csv'.split(' '))

    expect(exitCode).toBe(3)
    expect(stderr).toMatch(/quota/i)
    expect(bench.server.requestCount()).toBe(1)
  })

  it('stops when the first 10 rows all fail alike, and goes on with --no-fail-fast', async () => {
    bench.script = {
      fault: () => ({ kind: 'reply', status: 400, body: { error: { message: 'No such field' } } }),
    }
    await bench.workdir.write('in.txt', lines(30))

    const stopped = await bench.inProcess('batch in.txt --output a.csv'.split(' '))
    const calls = bench.server.requestCount()
    const whole = await bench.inProcess('batch in.txt --output b.csv --no-fail-fast'.split(' '))

    expect(stopped.exitCode).toBe(3)
    expect(stopped.stderr).toMatch(/No such field/)
    expect(calls).toBeLessThan(15)
    expect(whole.exitCode).toBe(1)
    expect(bench.server.requestCount()).toBe(calls + 30)
  })

  it('stops at the first failed row with --stop-on-error, and keeps what is in flight', async () => {
    bench.script = {
      fault: (_number, text) =>
        text === 'p3'
          ? { kind: 'reply', status: 400, body: { error: { message: 'No' } } }
          : undefined,
      latencyMs: text => (text === 'p2' ? 200 : 0),
    }
    await bench.workdir.write('in.txt', lines(100))

    const { exitCode } = await bench.inProcess(
      'batch in.txt --output out.jsonl --stop-on-error --concurrency 2'.split(' '),
    )

    expect(exitCode).toBe(3)
    const rows = (await bench.workdir.read('out.jsonl'))
      .trimEnd()
      .split('\n')
      .map(json => JSON.parse(json))
    expect(rows.slice(0, 4)).toMatchObject([
      { response: 'Answer to: p0' },
      { response: 'Answer to: p1' },
      { response: 'Answer to: p2' },
      { response: null },
    ])
    expect(bench.server.requestCount()).toBeLessThanOrEqual(5)
    const recorded = await queryDatabase(
      bench.workdir.join('llm-user', 'logs.db'),
      'select count(*) as rows from batch_rows',
    )
    expect(recorded).toEqual([{ rows: bench.server.requestCount() }])
  })

  it('fails a row whose wait would pass its deadline: Rate limit exceeded', async () => {
    bench.script = { fault: () => faults.retryAfter(7200) }
    await bench.workdir.write('in.txt', 'a\n')

    const { exitCode, stderr } = await bench.inProcess('batch in.txt --output out.csv'.split(' '))

    expect([1, 3]).toContain(exitCode)
    expect(stderr).toContain('Rate limit exceeded')
  })

  it('waits as long as the server asks, then goes on', async () => {
    bench.script = { fault: number => (number === 1 ? faults.retryAfterMs(300) : undefined) }
    await bench.workdir.write('in.txt', 'a\n')

    const { exitCode } = await bench.inProcess('batch in.txt --output out.csv'.split(' '))

    expect(exitCode).toBe(0)
    expect(bench.server.calls.get('a')).toBe(2)
  })

  it('fails a cut answer, keeps it in the record, and takes it with --accept-truncated', async () => {
    bench.script = { fault: () => ({ kind: 'answer', finishReason: 'length' }) }
    await bench.workdir.write('in.txt', 'a\n')

    const failed = await bench.inProcess('batch in.txt --output a.jsonl'.split(' '))
    const taken = await bench.inProcess(
      'batch in.txt --output b.jsonl --accept-truncated'.split(' '),
    )

    expect([failed.exitCode, taken.exitCode]).toEqual([1, 0])
    expect(await bench.workdir.read('a.jsonl')).toContain('ANSWER_TRUNCATED')
    expect(await bench.workdir.read('b.jsonl')).toContain('"response":"Answer to: a"')
    const recorded = await queryDatabase(
      bench.workdir.join('llm-user', 'logs.db'),
      `select response, error_code from batch_rows where status = 'failed'`,
    )
    expect(recorded).toEqual([{ response: 'Answer to: a', error_code: 'ANSWER_TRUNCATED' }])
  })

  it('takes the first rows with --limit and reads no further', async () => {
    const running = bench.start('batch - --limit 2'.split(' '))

    running.stdin.write('a\nb\nc\n') // and standard input stays open

    expect(await running.result).toMatchObject({ exitCode: 0 })
    expect([...bench.server.calls.keys()]).toEqual(['a', 'b'])
  })

  it('shows prompts and plan with --dry-run, calls nothing and writes nothing', async () => {
    await bench.workdir.write('in.csv', 'name\nAda\nAlan\n')

    const { exitCode, stdout, stderr } = await bench.inProcess([
      'batch',
      'in.csv',
      '--output',
      'out.csv',
      '--dry-run',
      '--template',
      'Greet {name}',
    ])

    expect(exitCode).toBe(0)
    expect(stdout + stderr).toContain('Greet Ada')
    expect(stdout + stderr).toContain('gpt-4o-mini')
    expect(bench.server.requestCount()).toBe(0)
    await expect(bench.workdir.read('out.csv')).rejects.toMatchObject({ code: 'ENOENT' })
    await expect(bench.workdir.read('llm-user/logs.db')).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('sums up on standard error, unless it is told to be quiet', async () => {
    await bench.workdir.write('in.txt', 'a\nb\n')

    const told = await bench.inProcess('batch in.txt --output a.csv'.split(' '))
    const quiet = await bench.inProcess('batch in.txt --output b.csv --quiet'.split(' '))

    expect(told.stderr).toMatch(/2 rows?.*2 answered/s)
    expect(told.stderr).toContain('a.csv')
    expect(quiet.stderr).toBe('')
    expect([told.stdout, quiet.stdout]).toEqual(['', ''])
  })
})
