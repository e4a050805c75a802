import { readdir, rm, stat } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { editDatabase, lockDatabase } from '../store/edit-database.js'
import { inputOf, outputOf, wordsOf } from '../support/answer-rows.js'
import { queryDatabase } from '../support/query-database.js'
import type { CommandResult, RunningCommand } from '../support/run-command.js'
import { scale } from '../support/scale.js'
import { faults } from '../support/stub-faults.js'
import { until } from '../support/until.js'
import { useCommand } from '../support/use-command.js'

const bench = useCommand()
const database = (): string => bench.workdir.join('llm-user/logs.db')
const words = wordsOf(40)
const header = 'id,word\n'
const input = inputOf('csv', words)
const rows = input.slice(header.length)
const asked = [
  ...['--template', 'Say {word}', '--model', 'gpt-4o-mini', '--concurrency', '4'],
  ...['--output', 'out.csv', '--batch-id', 'crash'],
]
const begin = ['batch', 'in.csv', ...asked]
const resume = ['batch', 'in.csv', '--resume', '--batch-id', 'crash']

beforeEach(() => bench.workdir.write('in.csv', input))

async function kill(running: RunningCommand): Promise<void> {
  running.kill('SIGKILL')
  await running.result
}

/** Runs it to its end: goes on with the batch where it was recorded, else begins it. */
async function finish(): Promise<CommandResult> {
  const resumed = await bench.inProcess(resume)
  return resumed.stderr.includes('Unknown batch') ? bench.inProcess(begin) : resumed
}

const count = async (sql: string): Promise<number> =>
  (await queryDatabase(database(), `SELECT count(*) AS count FROM ${sql}`).catch(() => []))[0]
    ?.count ?? 0
const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )

/** What holds after any number of kills, once a run came to its end. */
async function expectWhole({ repeated }: { readonly repeated: number }): Promise<void> {
  expect(bench.server.calls.size).toBe(new Set(words).size)
  expect(bench.server.requestCount()).toBeLessThanOrEqual(words.length + repeated)
  expect(await bench.workdir.read('out.csv')).toBe(outputOf('csv', words))
  expect((await readdir(bench.workdir.path)).sort()).toEqual(['in.csv', 'llm-user', 'out.csv'])
  expect(await readdir(bench.workdir.join('llm-user'))).toEqual(['logs.db'])
  expect(await queryDatabase(database(), counts)).toEqual([
    { status: 'completed', answers: words.length, turns: words.length },
  ])
}

const counts = `
  SELECT status, (SELECT count(*) FROM turns) AS turns,
    (SELECT count(*) FROM batch_rows WHERE status = 'answered') AS answers
  FROM batch_runs WHERE id = 'crash'`

describe('llm batch, killed at a bad moment', () => {
  const startKills = scale > 1 ? 40 : 4

  it(`is whole after ${startKills} kills in the first moments of a run`, async () => {
    for (let kills = 0; kills < startKills; kills += 1) {
      const running = bench.start((await count('batch_runs')) > 0 ? resume : begin)
      await sleep(20 + ((kills * 97) % 330))
      await kill(running)
    }

    expect(await finish()).toMatchObject({ exitCode: 0 })
    await expectWhole({ repeated: startKills * 4 })
  }, 120_000)

  it.each(scale > 1 ? [0, 1, 2, 3, 5, 8, 12, 16, 20, 30] : [0, 12])(
    'is whole after a kill %s ms after the database file has appeared',
    async ms => {
      await rm(bench.workdir.join('llm-user'), { recursive: true, force: true })
      const running = bench.start(begin)
      await until(() => isThere(database()))
      await sleep(ms)
      await kill(running)

      expect(await finish()).toMatchObject({ exitCode: 0 })
      await expectWhole({ repeated: 4 })
    },
  )

  it('asks again what was answered and not recorded: no more than was in flight', async () => {
    bench.server.hold()
    const running = bench.start(begin)
    await bench.server.arrived(4)
    const lock = await lockDatabase(database())
    bench.server.release()
    await bench.server.idle()
    await kill(running)
    await lock.release()
    expect(await count('batch_rows')).toBe(0)
    expect(bench.server.requestCount()).toBe(4)

    expect(await finish()).toMatchObject({ exitCode: 0 })
    await expectWhole({ repeated: 4 })
  })

  it('asks nothing again that was recorded and not yet written', async () => {
    bench.script.fault = (_number, text) => (text === 'Say word 0' ? faults.hang : undefined)
    const running = bench.start([...begin, '--limit', '9'])
    await until(async () => (await count('batch_rows')) === 8)
    await kill(running)
    bench.script = {}
    expect(await bench.workdir.read('out.csv')).toBe('')
    await bench.workdir.write('in.csv', inputOf('csv', words.slice(0, 9)))

    expect(await finish()).toMatchObject({ exitCode: 0 })

    expect(await bench.workdir.read('out.csv')).toBe(outputOf('csv', words.slice(0, 9)))
    expect(bench.server.calls.get('Say word 0')).toBe(2)
    expect(bench.server.requestCount()).toBe(10)
    expect(await count('turns')).toBe(9)
  })

  it('keeps the old output when it is killed while it writes the new one, and then swaps them', async () => {
    const resumed = await resumeRecorded()
    const partial = bench.workdir.join('out.csv.crash.partial')
    resumed.stdin.write(rows)
    await until(async () => (await stat(partial)).size > 1000)
    await kill(resumed)
    expect(await bench.workdir.read('out.csv')).toBe('old')

    expect(await finish()).toMatchObject({ exitCode: 0 })
    await expectWhole({ repeated: 0 })
  })

  it('is whole when it is killed between renaming the output and saying that it is finished', async () => {
    const resumed = await resumeRecorded()
    const lock = await lockDatabase(database())
    resumed.stdin.end(rows)
    await until(async () => (await bench.workdir.read('out.csv')) !== 'old')
    await kill(resumed)
    await lock.release()
    expect(await bench.workdir.read('out.csv')).toBe(outputOf('csv', words))
    expect(await count("batch_runs WHERE status = 'running'")).toBe(1)

    expect(await finish()).toMatchObject({ exitCode: 0 })
    await expectWhole({ repeated: 0 })
  })

  /**
   * Resumes a batch of which all is answered; it has begun, and rows come from its standard input.
   */
  async function resumeRecorded(): Promise<RunningCommand> {
    await bench.inProcess(begin)
    await bench.workdir.write('out.csv', 'old')
    await editDatabase(database(), "UPDATE batch_runs SET status = 'failed'")
    const resumed = bench.start(['batch', '-', '--input-format', 'csv', '--resume', ...asked])
    resumed.stdin.write(header)
    await until(() => isThere(bench.workdir.join('out.csv.crash.partial')))
    return resumed
  }
})
