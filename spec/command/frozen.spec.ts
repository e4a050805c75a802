import { readdir, readFile, stat } from 'node:fs/promises'
import { inputOf, outputOf } from '../support/answer-rows.js'
import { begin, resume, words } from '../support/named-batch.js'
import { onBench } from '../support/on-bench.js'
import { faults } from '../support/stub-faults.js'
import { until } from '../support/until.js'
import type { OpenedBench } from '../support/use-command.js'

const takeOver = [...resume, '--take-over']

/** As long as a process must stand still to know that it did. */
async function freeze(running: { kill: (signal: NodeJS.Signals) => void }): Promise<() => void> {
  running.kill('SIGSTOP')
  const wakesAtMs = performance.now() + 3500
  await until(() => performance.now() > wakesAtMs)
  return () => running.kill('SIGCONT')
}

async function contentAt(path: string) {
  return { ino: (await stat(path)).ino, text: await readFile(path, 'utf8') }
}

const writeInput = ({ workdir }: OpenedBench): Promise<string> =>
  workdir.write('in.csv', inputOf('csv', words))

async function expectWhole({ workdir }: OpenedBench): Promise<void> {
  expect(await workdir.read('out.csv')).toBe(outputOf('csv', words))
  expect((await readdir(workdir.path)).sort()).toEqual(['in.csv', 'llm-user', 'out.csv'])
}

/** A resumed batch with four calls in flight, frozen, and another process that took it over. */
async function freezeAndTakeOver(bench: OpenedBench) {
  bench.script.fault = (_number, text) => (text === 'Say word 5' ? faults.keyRefused() : undefined)
  await bench.llm(begin)
  bench.script = {}
  const before = bench.server.requestCount()
  bench.server.hold()
  const frozen = bench.start(resume)
  await bench.server.arrived(before + 4)
  const wake = await freeze(frozen)
  const successor = bench.start(takeOver)
  await bench.server.arrived(before + 8)
  return { frozen, wake, successor }
}

// All stand still at the same time.
describe('a run that stood still while another took its batch over', () => {
  it.concurrent(
    'refuses to be taken over without a word, and says how',
    onBench(async bench => {
      await writeInput(bench)
      bench.server.hold()
      const frozen = bench.start(begin)
      await bench.server.arrived(4)
      frozen.kill('SIGSTOP')

      const refused = await bench.llm(resume)

      expect(refused).toMatchObject({ exitCode: 2 })
      expect(refused.stderr).toContain('--take-over')
      frozen.kill('SIGCONT')
      bench.server.release()
      expect(await frozen.result).toMatchObject({ exitCode: 0 })
    }),
  )

  it.concurrent(
    'touches nothing when it wakes, while that one goes on',
    onBench(async bench => {
      await writeInput(bench)
      const { frozen, wake, successor } = await freezeAndTakeOver(bench)
      const partial = bench.workdir.join('out.csv.same.partial')
      const seen = await contentAt(partial)

      wake()
      const { exitCode, stderr } = await frozen.result

      expect(exitCode).toBe(3)
      expect(stderr).toContain('Another process has resumed, ended or removed batch same')
      expect(await contentAt(partial)).toEqual(seen)
      bench.server.release()
      expect(await successor.result).toMatchObject({ exitCode: 0 })
      await expectWhole(bench)
    }),
  )

  it.concurrent(
    'touches nothing when it wakes, after that one has ended',
    onBench(async bench => {
      await writeInput(bench)
      const { frozen, wake, successor } = await freezeAndTakeOver(bench)
      bench.server.release()
      expect(await successor.result).toMatchObject({ exitCode: 0 })
      const seen = await contentAt(bench.workdir.join('out.csv'))

      wake()

      expect(await frozen.result).toMatchObject({ exitCode: 3 })
      expect(await contentAt(bench.workdir.join('out.csv'))).toEqual(seen)
      await expectWhole(bench)
    }),
  )

  it.concurrent(
    'adds nothing to the output that it had begun',
    onBench(async bench => {
      await writeInput(bench)
      const frozen = bench.start(begin)
      bench.server.hold()
      await bench.server.arrived(4)
      const wake = await freeze(frozen)
      const successor = bench.start(takeOver)
      await bench.server.arrived(8)
      const seen = await contentAt(bench.workdir.join('out.csv'))

      bench.server.release()
      wake()
      const ended = await Promise.all([frozen.result, successor.result])

      expect(ended).toMatchObject([{ exitCode: 3 }, { exitCode: 0 }])
      expect(seen.text).not.toContain('word 29')
      await expectWhole(bench)
    }),
  )
})
