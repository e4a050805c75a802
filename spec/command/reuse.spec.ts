import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { inputOf, outputOf } from '../support/answer-rows.js'
import { peakMb, sayingPeak } from '../support/peak-memory.js'
import { queryDatabase } from '../support/query-database.js'
import { range } from '../support/rows.js'
import { inSoak, scale } from '../support/scale.js'
import { until } from '../support/until.js'
import { useCommand } from '../support/use-command.js'

const bench = useCommand()
const database = (): string => bench.workdir.join('llm-user/logs.db')
const common = ['--template', 'Say {word}', '--model', 'gpt-4o-mini', '--output', 'out.csv']
const kills = scale > 1 ? 10 : 2

/** Words of which each comes several times, near and far. */
const words = range(scale > 1 ? 900 : 450).map(
  index => `word ${index % 3 === 0 ? index % 150 : index % 61}`,
)
const distinct = new Set(words).size

describe('llm batch --dedupe, killed and resumed', () => {
  it.each<[string, string[]]>([
    [' --unordered', ['--unordered']],
    [' --no-log', ['--no-log']],
    ...inSoak<[string, string[]][]>([['', []]]),
  ])(
    'asks no prompt again that has an answer, and writes the same output:%s',
    async (_name, further) => {
      const concurrency = 10
      bench.script.latencyMs = 40
      await bench.workdir.write('in.csv', inputOf('csv', words))
      const begin = ['batch', 'in.csv', ...common, '--dedupe', '--batch-id', 'equal']
      const args = [...begin, '--concurrency', String(concurrency), ...further]
      let killed = 0
      for (; killed < kills; killed += 1) {
        const running = bench.start(
          killed === 0 ? args : ['batch', 'in.csv', '--resume', '--batch-id', 'equal'],
        )
        const enough = ((killed + 1) * distinct) / (kills + 1)
        const ended = running.result.then(() => true)
        await Promise.race([ended, until(() => bench.server.requestCount() >= enough)])
        running.kill('SIGKILL')
        await running.result
        await bench.server.idle()
      }

      const { exitCode, stderr } = await bench.inProcess(['batch', 'in.csv', '--resume'])

      expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 })
      expect(bench.server.calls.size).toBe(distinct)
      expect(bench.server.requestCount()).toBeLessThanOrEqual(distinct + killed * concurrency)
      const lines = (await bench.workdir.read('out.csv')).trimEnd().split('\n')
      const expected = outputOf('csv', words).trimEnd().split('\n')
      const isOrdered = !further.includes('--unordered')
      expect(isOrdered ? lines : lines.sort()).toEqual(isOrdered ? expected : expected.sort())
      expect(
        await queryDatabase(
          database(),
          `SELECT count(*) AS rows, count(DISTINCT row_index) AS places, batch_runs.status, completed_prompts,
            deduped_prompts + sum(reuse IS NULL) AS told FROM batch_rows, batch_runs`,
        ),
      ).toEqual([
        {
          ...{ rows: words.length, places: words.length, status: 'completed' },
          ...{ completed_prompts: words.length, told: words.length },
        },
      ])
    },
    120_000,
  )
})

describe('llm batch --dedupe with many equal rows', () => {
  /** `make soak`, at its scale of 20, has two million. */
  const rows = scale > 1 ? 100_000 * scale : 50_000
  /** Some 145 without the rows; 500 bytes held of each row pass it, few rows or many. */
  const mostMb = scale > 1 ? 200 : 175

  it.each([
    ['of one prompt', () => 'the same for all of them'],
    ['of many prompts', (id: number) => `the word ${(id * 7919) % (rows / 4)}`],
  ])(
    'stays in little memory: %s',
    async (_what, wordOf) => {
      const file = createWriteStream(bench.workdir.join('in.csv'))
      file.write('id,word\n')
      for (let id = 0; id < rows; id += 1000) {
        const lines = range(1000).map(at => `${id + at},${wordOf(id + at)}\n`)
        if (!file.write(lines.join(''))) await once(file, 'drain')
      }
      file.end()
      await once(file, 'close')

      const { exitCode, stderr } = await bench.llm(
        [
          ...['batch', 'in.csv', '--template', 'Say {word}', '--model', 'echo', '--dedupe'],
          ...['--output', 'out.csv', '--concurrency', '50', '--batch-id', 'many'],
        ],
        { env: sayingPeak() },
      )

      const usedMb = peakMb(stderr)
      process.stderr.write(`${rows} equal rows: peak ${usedMb.toFixed(0)} MB\n`)
      expect(exitCode).toBe(0)
      expect(usedMb).toBeLessThan(mostMb)
      const [batch] = await queryDatabase(database(), 'SELECT * FROM batch_runs')
      const asked = new Set(range(rows).map(wordOf)).size
      expect(batch).toMatchObject({
        ...{ completed_prompts: rows, deduped_prompts: rows - asked, cached_prompts: 0 },
      })
      const output = await bench.workdir.read('out.csv')
      expect(output.split('\n')).toHaveLength(rows + 2)
      expect(output.endsWith(`${rows - 1},${wordOf(rows - 1)},Say ${wordOf(rows - 1)}\n`)).toBe(
        true,
      )
    },
    1_800_000,
  )
})

describe('llm batch with what is recorded', () => {
  const input = inputOf('csv', ['a', 'b', 'a', 'c', 'c', 'd'])

  it('says in the summary, in status and in JSON what was not asked', async () => {
    await bench.workdir.write('first.csv', inputOf('csv', ['a', 'b']))
    await bench.workdir.write('in.csv', input)
    await bench.inProcess([
      'batch',
      'first.csv',
      ...common.slice(0, 4),
      '--output',
      'first.out.csv',
    ])
    const before = bench.server.requestCount()

    const { stderr, exitCode } = await bench.inProcess([
      ...['batch', 'in.csv', ...common, '--batch-id', 'second', '--cache-age', '7d', '--dedupe'],
    ])

    expect(exitCode).toBe(0)
    expect(bench.server.requestCount() - before).toBe(2)
    expect(stderr).toContain(
      '6 rows read = 6 answered (3 from the cache, 1 equal prompt) + 0 failed + 0 skipped',
    )
    const status = await bench.inProcess(['batch', 'status', 'second'])
    expect(status.stdout).toContain(
      '6 of 6 rows: 6 answered (3 from the cache, 1 equal prompt), 0 failed, 0 skipped',
    )
    const fields = { deduped_prompts: 1, cached_prompts: 3, completed_prompts: 6 }
    const json = await bench.inProcess(['batch', 'status', 'second', '--json'])
    expect(JSON.parse(json.stdout)).toMatchObject(fields)
    const list = await bench.inProcess(['batch', 'list', '--json'])
    expect(JSON.parse(list.stdout)[0]).toMatchObject(fields)
  })

  it('shows in a dry run what would not be asked', async () => {
    await bench.workdir.write('in.csv', input)

    const { stdout } = await bench.inProcess([
      ...['batch', 'in.csv', ...common, '--dry-run', '--dedupe', '--cache-age', '12h'],
    ])

    expect(stdout).toContain(
      'equal prompts are asked once, answers of other batches of at most 12h 00m are used',
    )
  })

  it.each([
    ['7', '--cache-age expects a number with a unit (s, m, h, d or w), such as 30d, got "7".'],
    ['-1d', '--cache-age expects a number with a unit (s, m, h, d or w), such as 30d, got "-1d".'],
    ['0d', '--cache-age expects an age of more than 0, got 0d.'],
    [
      'soon',
      '--cache-age expects a number with a unit (s, m, h, d or w), such as 30d, got "soon".',
    ],
  ])('refuses an age of %s before anything is asked', async (age, message) => {
    await bench.workdir.write('in.csv', input)

    const { stderr, exitCode } = await bench.inProcess([
      'batch',
      'in.csv',
      ...common,
      '--cache-age',
      age,
    ])

    expect(exitCode).toBe(2)
    expect(stderr).toContain(message)
    expect(bench.server.requestCount()).toBe(0)
  })
})
