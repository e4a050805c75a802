import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { peakMb, sayingPeak } from '../support/peak-memory.js'
import { scale } from '../support/scale.js'
import { useCommand } from '../support/use-command.js'

/** `make soak`, at its scale of 20, has a million. */
const answered = scale >= 20 ? 1_000_000 : 20_000 * scale
/** The most that a resumed run may take until its first new call, and the most memory. */
const firstCallMs = 30_000
const mostMb = 200

const bench = useCommand()
const command = [
  ...['batch', 'in.csv', '--template', 'Say {word}', '--model', 'echo', '--no-log'],
  ...['--format', 'csv', '--concurrency', '50', '--batch-id', 'many'],
]

/**
 * Writes the rows, between what comes before and after them; the words are long enough to be
 * prompts.
 */
async function writeInput(before: string, after: string): Promise<void> {
  const file = createWriteStream(bench.workdir.join('in.csv'))
  file.write(`id,word\n${before}`)
  for (let id = 0; id < answered; id += 1000) {
    const lines = Array.from({ length: 1000 }, (_, at) => `${id + at},the review of ${id + at}\n`)
    if (!file.write(lines.join(''))) await once(file, 'drain')
  }
  file.end(after)
  await once(file, 'close')
}

describe(`llm batch --resume with ${answered.toLocaleString('en')} answers recorded`, () => {
  it.each([
    ['after them', '', 'new,the last\n'],
    ['before them, so that each is found by what it says', 'new,the first\n', ''],
  ])(
    'comes soon to a new row %s, in little memory',
    async (_where, before, after) => {
      // An input that breaks at its end leaves a batch of which all rows are recorded and which is
      // not finished.
      await writeInput('', '"unclosed')
      const broken = await bench.shell(
        `llm ${command.map(word => `'${word}'`).join(' ')} > first.csv`,
      )
      expect(broken.stderr).toContain(`${answered.toLocaleString('en')} answered`)
      await writeInput(before, after)
      const startedMs = performance.now()
      const running = bench.start(['batch', 'in.csv', '--resume', '--only-new'], {
        env: sayingPeak(),
      })
      running.stdin.end()
      await running.printed('new,')
      const tookMs = performance.now() - startedMs

      const { exitCode, stdout, stderr } = await running.result

      const usedMb = peakMb(stderr)
      process.stderr.write(
        `${answered} answers: first new row after ${(tookMs / 1000).toFixed(1)} s, peak ${usedMb.toFixed(0)} MB\n`,
      )
      expect(exitCode).toBe(0)
      expect(stdout.split('\n')).toHaveLength(3)
      expect(tookMs).toBeLessThan(firstCallMs)
      expect(usedMb).toBeLessThan(mostMb)
    },
    1_200_000,
  )
})
