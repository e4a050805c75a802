import { readdir } from 'node:fs/promises'
import sqlite3 from 'sqlite3'
import { inputOf, outputOf, wordsOf } from '../support/answer-rows.js'
import { onBench } from '../support/on-bench.js'
import { faults } from '../support/stub-faults.js'
import { until } from '../support/until.js'
import { useCommand } from '../support/use-command.js'

const words = wordsOf(30)
const begin = [
  ...['batch', 'in.csv', '--template', 'Say {word}', '--model', 'gpt-4o-mini'],
  ...['--output', 'out.csv', '--batch-id', 'words', '--concurrency', '5'],
]

describe('answers that have come', () => {
  const bench = useCommand()
  beforeEach(() => bench.workdir.write('in.csv', inputOf('csv', words)))

  const status = async () =>
    JSON.parse((await bench.inProcess(['batch', 'status', 'words', '--json'])).stdout)
  const journals = async () =>
    (await readdir(bench.workdir.join('llm-user'))).filter(name => name.includes('journal'))

  /** Holds the database as a writer does, until the function it gives is called. */
  async function lockDatabase(): Promise<() => Promise<void>> {
    const database = new sqlite3.Database(bench.workdir.join('llm-user/logs.db'))
    const run = (sql: string): Promise<void> =>
      new Promise((resolve, reject) => {
        database.exec(sql, error => (error ? reject(error) : resolve()))
      })
    database.configure('busyTimeout', 10_000)
    await run('BEGIN IMMEDIATE')
    return async () => {
      await run('ROLLBACK')
      await new Promise(resolve => database.close(resolve))
    }
  }

  it('are counted right when a run is broken off while another writer holds the database', async () => {
    bench.script.fault = (_number, text) => (/word 1?\d$/.test(text) ? undefined : faults.hang)
    const running = bench.start(begin)
    await until(() => bench.server.requestCount() >= 1)
    const unlock = await lockDatabase()
    await until(() => bench.server.requestCount() >= 25)

    running.kill('SIGINT')
    await running.said('Interrupted, stopping')
    running.kill('SIGINT')
    const { exitCode, stderr } = await running.result
    await unlock()

    expect(exitCode).toBe(130)
    expect(stderr).toContain('30 rows read = 20 answered + 0 failed + 10 skipped')
    expect(await status()).toMatchObject({ completed_prompts: 20, failed_prompts: 0 })
    const calls = bench.server.requestCount()
    bench.script = {}
    expect(await bench.inProcess(['batch', 'in.csv', '--resume'])).toMatchObject({ exitCode: 0 })
    expect(bench.server.requestCount()).toBe(calls + 10)
    expect(await bench.workdir.read('out.csv')).toBe(outputOf('csv', words))
    expect(await journals()).toEqual([])
  })

  it('are counted of a killed run by whoever looks first', async () => {
    bench.server.hold()
    const running = bench.start(begin)
    await bench.server.arrived(5)
    const unlock = await lockDatabase()
    bench.server.release()
    await until(() => bench.server.requestCount() >= 25)
    running.kill('SIGKILL')
    await running.result
    await unlock()
    expect(await journals()).not.toEqual([])

    const { status: word, completed_prompts: answered } = await status()

    expect(word).toBe('failed')
    expect(answered).toBeGreaterThanOrEqual(20)
    expect(await journals()).toEqual([])
    const calls = bench.server.requestCount()
    expect(await bench.inProcess(['batch', 'in.csv', '--resume'])).toMatchObject({ exitCode: 0 })
    expect(bench.server.requestCount() - calls).toBe(30 - answered)
  })
})

describe('answers that have come and that nobody takes', () => {
  // At the same time, because a run waits for its reader for a while.
  it.concurrent.each([
    ['standard output', '> out'],
    ['a pipe that is named', '--output out --format jsonl'],
  ])(
    'are recorded at one interrupt: %s',
    onBench(async (bench, _name: string, to: string) => {
      const rows = `${JSON.stringify({ prompt: 'long '.repeat(2000) })}\n`.repeat(400)
      await bench.workdir.write('big.jsonl', rows)
      const running = bench.shell(
        `mkfifo out; sleep 60 < out & reader=$!
      llm batch big.jsonl --batch-id big --concurrency 20 ${to} & run=$!
      until [ -e stands ]; do sleep 0.1; done
      kill -INT $run; wait $run; echo "exit $?"; kill $reader`,
      )
      await until(() => bench.server.requestCount() >= 20)
      await bench.server.idle()
      await bench.workdir.write('stands', '')

      expect((await running).stdout).toContain('exit 130\n')
      const { stdout } = await bench.llm(['batch', 'status', 'big', '--json'])
      expect(JSON.parse(stdout)).toMatchObject({
        status: 'paused',
        completed_prompts: bench.server.requestCount(),
      })
    }),
  )
})
