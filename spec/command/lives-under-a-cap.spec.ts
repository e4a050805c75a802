import { queryDatabase } from '../support/query-database.js'
import { range } from '../support/rows.js'
import { scale } from '../support/scale.js'
import { faults } from '../support/stub-server.js'
import { useCommand } from '../support/use-command.js'

const rows = 300
const steps = scale > 1 ? 12 : 3
const mostTokens = 200
/** gpt-4o-mini's list price. */
const usdOf = (inputTokens: number, outputTokens: number) =>
  (inputTokens * 0.15 + outputTokens * 0.6) / 1e6
/** Sums of floating point. */
const rounding = 1e-9

/** The same draws for the same seed, from 0 up to, not including, 1. */
function drawsOf(seed: number): () => number {
  let state = seed * 7_919 + 13
  return () => {
    state = (state * 48_271) % 0x7fffffff
    return state / 0x7fffffff
  }
}

describe('a batch under a cap, killed, interrupted and resumed at random', () => {
  const bench = useCommand()

  it.each(range(scale > 1 ? 2 * scale : 1).map(index => index + 1))(
    'costs no more than its cap, and ends as if it had run once: life %d',
    async seed => {
      const draw = drawsOf(seed)
      const pick = <T>(...choices: readonly T[]) =>
        choices[Math.floor(draw() * choices.length)] as T
      const hasSchema = draw() < 0.7
      const distinct = pick(40, 150, 300)
      const words = range(rows).map(index => String((index * 37) % distinct))
      await bench.workdir.write('in.txt', `${words.join('\n')}\n`)
      let billedUsd = 0
      bench.script.latencyMs = () => 5 + 30 * draw()
      bench.script.fault = () =>
        draw() < 0.05 ? pick(faults.status(500), faults.limited()) : undefined
      bench.script.answer = text => {
        const isAgain = text.startsWith('That does not fit')
        const word = Number(/Say (\d+)/.exec(text)?.[1] ?? 0)
        const outputTokens = 1 + ((word * 7_919) % mostTokens)
        billedUsd += usdOf(20, outputTokens)
        const usage = { inputTokens: 20, cachedInputTokens: 0, outputTokens }
        const isFit = hasSchema && (isAgain || word % 5 > 0)
        const said = isAgain ? 'again' : `said ${word}`
        return { text: isFit ? JSON.stringify({ mood: said }) : said, usage }
      }
      const again = ['batch', 'in.txt', '--output', 'out.csv', '--batch-id', 'b', '--no-fail-fast']
      const begin = [
        ...again,
        ...['-t', 'Say {prompt}', '-m', 'gpt-4o-mini', '-o', 'max_tokens', String(mostTokens)],
        ...(hasSchema ? ['--schema', 'mood str'] : []),
        ...(draw() < 0.7 ? ['--dedupe'] : []),
        ...(draw() < 0.3 ? ['--no-log'] : []),
      ]
      const recorded = async () =>
        queryDatabase(
          bench.workdir.join('llm-user/logs.db'),
          "SELECT cost_usd, unsettled_usd, status FROM batch_runs WHERE id = 'b'",
        ).catch(() => [])
      const resumeOrBegin = async () =>
        (await recorded()).length > 0 ? [...again, '--resume'] : begin

      let capUsd = 0.002
      for (const _ of range(steps)) {
        capUsd += draw() < 0.5 ? 0 : 0.004 * draw()
        const flags = [
          '--max-cost',
          capUsd.toFixed(6),
          '--concurrency',
          pick('1', '5', '30', 'auto'),
        ]
        if (draw() < 0.2) flags.push('--limit', '100')
        const running = bench.start([...(await resumeOrBegin()), ...flags])
        running.stdin.end()
        const moment = new Promise(resolve => setTimeout(resolve, 600 + 900 * draw()))
        const signal = pick<NodeJS.Signals>('SIGKILL', 'SIGKILL', 'SIGINT')
        await Promise.race([moment, running.result])
        running.kill(signal)
        const { stderr } = await running.result
        await bench.server.idle()

        expect(stderr).not.toMatch(/defect|TypeError|RangeError|ROWS_NOT_CONSERVED/)
        expect(billedUsd).toBeLessThanOrEqual(capUsd + rounding)
      }
      let exitCode: number | undefined
      for (let turn = 0; exitCode !== 0 && turn < 4; turn += 1) {
        const flags = ['--max-cost', '100', '--concurrency', '30']
        exitCode = (await bench.inProcess([...(await resumeOrBegin()), ...flags])).exitCode
      }

      expect(exitCode).toBe(0)
      const answers = words.map(word => {
        const isMisfit = hasSchema && Number(word) % 5 === 0
        return `${word},${isMisfit ? 'again' : `said ${word}`}`
      })
      expect((await bench.workdir.read('out.csv')).trimEnd().split('\n').slice(1)).toEqual(answers)
      const [{ cost_usd, unsettled_usd, status }] = await recorded()
      expect(status).toBe('completed')
      expect(cost_usd).toBeLessThanOrEqual(billedUsd + rounding)
      expect(cost_usd + unsettled_usd).toBeGreaterThanOrEqual(billedUsd - rounding)
    },
    600_000,
  )
})
