import { readdir, readFile } from 'node:fs/promises'
import { queryDatabase } from '../support/query-database.js'
import { faults } from '../support/stub-server.js'
import { secretKey, useCommand } from '../support/use-command.js'

describe('llm batch, what it keeps', () => {
  const bench = useCommand()
  const logs = (): string => bench.workdir.join('llm-user', 'logs.db')

  it('records the batch and each of its rows', async () => {
    await bench.workdir.write('in.txt', 'a\nb\n')

    await bench.inProcess('batch in.txt --output out.csv'.split(' '))

    expect(await queryDatabase(logs(), 'select * from batch_runs')).toMatchObject([
      {
        input_file: bench.workdir.join('in.txt'),
        output_file: bench.workdir.join('out.csv'),
        model: 'gpt-4o-mini',
        total_prompts: 2,
        completed_prompts: 2,
        failed_prompts: 0,
        status: 'completed',
      },
    ])
    expect(
      await queryDatabase(logs(), 'select row_index, status, attempts, error_code from batch_rows'),
    ).toEqual([
      { row_index: 0, status: 'answered', attempts: 1, error_code: null },
      { row_index: 1, status: 'answered', attempts: 1, error_code: null },
    ])
  })

  it('logs each answer where llm looks for it, and with --no-log keeps it nowhere once the batch is done', async () => {
    await bench.workdir.write('in.txt', 'a\nb\n')

    await bench.inProcess('batch in.txt --output a.csv'.split(' '))
    await bench.inProcess('batch in.txt --output b.csv --no-log'.split(' '))

    expect(
      await queryDatabase(
        logs(),
        'select model, prompt, response from turns, turn_search where turn_id = turns.id',
      ),
    ).toMatchObject([
      { model: 'gpt-4o-mini', prompt: 'a', response: 'Answer to: a' },
      { model: 'gpt-4o-mini', prompt: 'b', response: 'Answer to: b' },
    ])
    expect(
      await queryDatabase(logs(), 'select response from batch_rows where log_id is null'),
    ).toEqual([{ response: null }, { response: null }])
  })

  it('takes another database with -d', async () => {
    await bench.workdir.write('in.txt', 'a\n')

    await bench.inProcess('batch in.txt --output out.csv -d other.db'.split(' '))

    expect(
      await queryDatabase(bench.workdir.join('other.db'), 'select id from batch_rows'),
    ).toHaveLength(1)
  })

  it('never lets a key out: not into files, not into messages', async () => {
    bench.script = { fault: number => (number > 2 ? faults.keyRefused(secretKey) : undefined) }
    await bench.workdir.write('in.txt', 'a\nb\nc\n')

    const { stdout, stderr } = await bench.inProcess(
      ['batch', 'in.txt', '--output', 'out.jsonl', '--key', secretKey],
      { env: { OPENAI_API_KEY: 'sk-other' } },
    )

    expect(bench.server.requests[0]?.headers.authorization).toBe(`Bearer ${secretKey}`)
    expect(stdout + stderr).not.toContain(secretKey)
    for (const name of await readdir(bench.workdir.path, { recursive: true })) {
      const bytes = await readFile(bench.workdir.join(name)).catch(() => Buffer.alloc(0))
      expect({ name, hasKey: bytes.includes(secretKey) }).toEqual({ name, hasKey: false })
    }
  })

  it('goes on with the key that it began with, by the name that it is stored under', async () => {
    await bench.workdir.write('in.txt', 'a\nb\nc\n')
    await bench.workdir.write('llm-user/keys.json', JSON.stringify({ work: secretKey }))
    const env = { OPENAI_API_KEY: 'sk-other' }
    await bench.inProcess(['batch', 'in.txt', '--key', 'work', '--limit', '1'], { env })

    await bench.inProcess(['batch', 'in.txt', '--resume', '--limit', '3'], { env })

    const keys = bench.server.requests.map(({ headers }) => headers.authorization)
    expect(keys).toEqual(Array(3).fill(`Bearer ${secretKey}`))
    await bench.workdir.write('llm-user/keys.json', '{}')
    const forgotten = await bench.inProcess(['batch', 'in.txt', '--resume', '--limit', '9'], {
      env,
    })
    expect(forgotten).toMatchObject({ exitCode: 2 })
    expect(forgotten.stderr).toContain('began with the key work, which is not stored any more')
    expect(bench.server.requestCount()).toBe(3)
    expect((await readFile(logs())).includes(secretKey)).toBe(false)
  })

  it('lets four processes make and fill one fresh database together', async () => {
    const names = ['a', 'b', 'c', 'd']
    const prompts = Array.from({ length: 200 }, (_, index) => `p${index}`).join('\n')
    await Promise.all(names.map(name => bench.workdir.write(`${name}.txt`, prompts)))

    const results = await Promise.all(
      names.map(name =>
        bench.llm(
          `batch ${name}.txt --model echo --output ${name}.csv --concurrency 10`.split(' '),
        ),
      ),
    )

    expect(results.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 0])
    expect(await queryDatabase(logs(), 'select count(*) as rows from batch_rows')).toEqual([
      { rows: 800 },
    ])
    expect(await queryDatabase(logs(), 'select count(*) as rows from turns')).toEqual([
      { rows: 800 },
    ])
  })
})
