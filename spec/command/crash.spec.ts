import { readdir } from 'node:fs/promises'
import { inputOf, outputOf, type RowFormat, wordsOf } from '../support/answer-rows.js'
import { queryDatabase } from '../support/query-database.js'
import { scale } from '../support/scale.js'
import { useCommand } from '../support/use-command.js'

interface Case {
  readonly format: RowFormat
  readonly isOrdered: boolean
  readonly isLogged: boolean
  readonly concurrency: number
}

const cases: Case[] = (['csv', 'json', 'jsonl'] as const).flatMap(format =>
  [true, false].flatMap(isOrdered =>
    [true, false].flatMap(isLogged =>
      [1, 50].map(concurrency => ({ format, isOrdered, isLogged, concurrency })),
    ),
  ),
)
/**
 * `make test` takes four cases, in which each choice is met; `make soak` all, over and over.
 */
const chosen = scale > 1 ? cases : cases.filter((_, index) => index % 7 === 1)
const killsEach = scale > 1 ? 10 : 2
/** So slow that a batch lasts longer than all the runs of it that are killed. */
const latencyMs = scale > 1 ? { 1: 60, 50: 300 } : { 1: 5, 50: 40 }
const totals = { kills: 0, repeated: 0 }

afterAll(() => {
  const { kills, repeated } = totals
  process.stderr.write(`${kills} kills, ${repeated} calls repeated\n`)
})

describe('llm batch killed at random moments', () => {
  const bench = useCommand()

  it.each(chosen)(
    'loses nothing and doubles nothing: $format, ordered $isOrdered, logged $isLogged, concurrency $concurrency',
    async ({ format, isOrdered, isLogged, concurrency }) => {
      const rows = concurrency === 1 ? 60 : 600
      bench.script.latencyMs = concurrency === 1 ? latencyMs[1] : latencyMs[50]
      await bench.workdir.write(`in.${format}`, inputOf(format, wordsOf(rows)))
      const args = [
        'batch',
        `in.${format}`,
        ...['--template', 'Say {word}', '--output', `out.${format}`],
        ...['--model', 'gpt-4o-mini', '--concurrency', String(concurrency), '--batch-id', 'crash'],
        ...(isOrdered ? [] : ['--unordered']),
        ...(isLogged ? [] : ['--no-log']),
      ]

      const kills = await runKilled(args)

      const { calls } = bench.server
      const asked = [...calls.values()].reduce((sum, count) => sum + count, 0)
      totals.kills += kills
      totals.repeated += asked - rows
      if (scale > 1) expect(kills).toBe(killsEach)
      expect(calls.size).toBe(new Set(wordsOf(rows)).size)
      expect(asked).toBeGreaterThanOrEqual(rows)
      expect(asked).toBeLessThanOrEqual(rows + kills * concurrency)
      const written = await bench.workdir.read(`out.${format}`)
      if (isOrdered) expect(written).toBe(outputOf(format, wordsOf(rows)))
      else expect(sorted(written)).toEqual(sorted(outputOf(format, wordsOf(rows))))
      expect((await readdir(bench.workdir.path)).join()).not.toContain('partial')
      const [log] = await queryDatabase(
        bench.workdir.join('llm-user/logs.db'),
        isLogged ? 'SELECT count(*) AS turns FROM turns' : 'SELECT 0 AS turns',
      )
      expect(log?.turns).toBe(isLogged ? rows : 0)
    },
    300_000,
  )

  /**
   * Runs the command and kills it, again and again, then lets it finish; gives the number of kills.
   */
  async function runKilled(args: readonly string[]): Promise<number> {
    let kills = 0
    for (let isBegun = false; ; ) {
      const running = bench.start(isBegun ? [...args, '--resume'] : args)
      running.stdin.end()
      const isToBeKilled = kills < killsEach
      if (isToBeKilled) {
        await new Promise(resolve => setTimeout(resolve, 150 + Math.random() * 700))
        running.kill('SIGKILL')
      }
      const { exitCode, signal, stderr } = await running.result
      if (exitCode === 2 && isBegun && stderr.includes('Unknown batch')) {
        isBegun = false
        continue
      }
      if (exitCode === 2 && !isBegun && stderr.includes('Batch crash already exists')) {
        isBegun = true
        continue
      }
      if (signal === 'SIGKILL') {
        kills += 1
        isBegun = true
        continue
      }
      if (exitCode !== 0) throw new Error(`exit ${exitCode}: ${stderr}`)
      return kills
    }
  }
})

function sorted(text: string): string[] {
  return text
    .split('\n')
    .map(line => line.replace(/,$/, ''))
    .sort()
}
