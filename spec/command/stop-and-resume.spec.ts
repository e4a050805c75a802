import { readdir } from 'node:fs/promises'
import { inputOf, outputOf } from '../support/answer-rows.js'
import type { CommandResult, RunningCommand } from '../support/run-command.js'
import { scale } from '../support/scale.js'
import { until } from '../support/until.js'
import { useCommand } from '../support/use-command.js'

const bench = useCommand()
const words = Array.from({ length: 12 }, (_, index) => `word ${index}`)
const begin = [
  ...['batch', 'in.csv', '--template', 'Say {word}', '--model', 'gpt-4o-mini'],
  ...['--output', 'out.csv', '--batch-id', 'words', '--concurrency', '3'],
]

beforeEach(() => bench.workdir.write('in.csv', inputOf('csv', words)))

/** Starts it, with three answered and three that wait for the server. */
async function startHeld(): Promise<RunningCommand> {
  bench.server.hold()
  const running = bench.start(begin)
  await bench.server.arrived(3)
  bench.server.release(3)
  await bench.server.arrived(6)
  return running
}

/** Runs the command that was printed. */
async function runPrinted({ stderr }: CommandResult): Promise<CommandResult> {
  const command = /^Resume with: llm (.*)$/m.exec(stderr)?.[1]
  if (command === undefined) throw new Error(`no command in: ${stderr}`)
  bench.server.release()
  return bench.inProcess(command.split(' '))
}

const written = (): Promise<string> => bench.workdir.read('out.csv')
const statusOf = async (id: string): Promise<string> =>
  JSON.parse((await bench.inProcess(['batch', 'status', id, '--json'])).stdout).status

describe('llm batch, stopped and resumed as it says', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'after one %s: calls in flight are kept, paused, 130',
    async signal => {
      const running = await startHeld()
      running.kill(signal)
      await running.said('Interrupted, stopping')
      bench.server.release()
      const stopped = await running.result

      expect(stopped.exitCode).toBe(130)
      expect(await statusOf('words')).toBe('paused')
      expect(await written()).toBe(outputOf('csv', words.slice(0, 6)))
      expect(await runPrinted(stopped)).toMatchObject({ exitCode: 0 })
      expect(await written()).toBe(outputOf('csv', words))
      expect(bench.server.requestCount()).toBe(words.length)
    },
  )

  it.each(scale > 1 ? (['SIGINT', 'SIGTERM', 'SIGHUP'] as const) : (['SIGTERM'] as const))(
    'after two %s: what is answered is kept, paused, 130',
    async signal => {
      const running = await startHeld()
      running.kill(signal)
      await running.said('Interrupted, stopping')
      running.kill(signal)
      const stopped = await running.result

      expect(stopped.exitCode).toBe(130)
      expect(await statusOf('words')).toBe('paused')
      expect(await written()).toBe(outputOf('csv', words.slice(0, 3)))
      expect(await runPrinted(stopped)).toMatchObject({ exitCode: 0 })
      expect(await written()).toBe(outputOf('csv', words))
      expect(bench.server.requestCount()).toBe(words.length + 3)
      expect(await readdir(bench.workdir.path)).not.toContain('out.csv.partial')
    },
  )

  it('after llm batch cancel: reads no further, ends calls in flight, cancelled, 3', async () => {
    const running = await startHeld()
    await bench.inProcess(['batch', 'cancel', 'words'])
    // It has obeyed when an answer is followed by no further call.
    await new Promise(resolve => setTimeout(resolve, 1000))
    bench.server.release()
    const stopped = await running.result

    expect(stopped.exitCode).toBe(3)
    expect(bench.server.requestCount()).toBe(6)
    expect(await statusOf('words')).toBe('cancelled')
    expect(await written()).toBe(outputOf('csv', words.slice(0, 6)))
    expect(await runPrinted(stopped)).toMatchObject({ exitCode: 0 })
    expect(await written()).toBe(outputOf('csv', words))
    expect(bench.server.requestCount()).toBe(words.length)
  })

  it('after llm batch cancel of one that reads a slow standard input', async () => {
    const running = bench.start(['batch', '-', '-m', 'echo', '-t', '{prompt}', '--batch-id', 'in'])
    running.stdin.write('a\n')
    await running.printed('"a"')

    await bench.inProcess(['batch', 'cancel', 'in'])

    expect(await running.result).toMatchObject({ exitCode: 3 })
    expect(await statusOf('in')).toBe('cancelled')
  })

  it('says within a moment of a process that was killed that it is gone', async () => {
    const running = await startHeld()
    running.kill('SIGKILL')
    await running.result

    expect(await statusOf('words')).toBe('failed')
    const cancelled = await bench.inProcess(['batch', 'cancel', 'words'])
    expect(cancelled.stdout).toContain('cancelled')
    expect(await statusOf('words')).toBe('cancelled')
    bench.server.release()
    await until(() => bench.server.inFlight() === 0)
    expect(await bench.inProcess(['batch', 'in.csv', '--resume'])).toMatchObject({ exitCode: 0 })
    expect(await written()).toBe(outputOf('csv', words))
    expect(bench.server.requestCount()).toBeLessThanOrEqual(words.length + 3)
  })
})
