import { readdir, readFile, stat } from 'node:fs/promises'
import { inputOf, outputOf } from '../support/answer-rows.js'
import { begin, resume, words } from '../support/named-batch.js'
import { faults } from '../support/stub-faults.js'
import { until } from '../support/until.js'
import { useCommand } from '../support/use-command.js'

const bench = useCommand()
const takeOver = [...resume, '--take-over']

/** As long as a process must stand still to know that it did. */
async function freeze(running: { kill: (signal: NodeJS.Signals) => void }): Promise<() => void> {
  running.kill('SIGSTOP')
  const wakesAtMs = performance.now() + 4000
  await until(() => performance.now() > wakesAtMs)
  return () => running.kill('SIGCONT')
}

async function contentAt(path: string) {
  const { ino } = await stat(bench.workdir.join(path))
  return { ino, text: await readFile(bench.workdir.join(path), 'utf8') }
}

describe('a run that stood still while another took its batch over', () => {
  beforeEach(() => bench.workdir.write('in.csv', inputOf('csv', words)))

  it('refuses to be taken over without a word, and says how', async () => {
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
  })

  it.each([
    ['while that one goes on', false],
    ['after that one has ended', true],
  ])('touches nothing when it wakes, %s', async (_when, isEnded) => {
    bench.script.fault = (_number, text) =>
      text === 'Say word 5' ? faults.keyRefused() : undefined
    await bench.llm(begin)
    bench.script = {}
    const before = bench.server.requestCount()
    bench.server.hold()
    const frozen = bench.start(resume)
    await bench.server.arrived(before + 4)
    const wake = await freeze(frozen)
    const successor = bench.start(takeOver)
    await bench.server.arrived(before + 8)
    if (isEnded) {
      bench.server.release()
      expect(await successor.result).toMatchObject({ exitCode: 0 })
    }
    const watched = isEnded ? 'out.csv' : 'out.csv.same.partial'
    const seen = await contentAt(watched)

    wake()
    if (!isEnded) {
      const { stderr } = await frozen.result
      expect(stderr).toContain('Another process has resumed, ended or removed batch same')
      expect(await contentAt(watched)).toEqual(seen)
      bench.server.release()
      expect(await successor.result).toMatchObject({ exitCode: 0 })
    }

    expect(await frozen.result).toMatchObject({ exitCode: 3 })
    if (isEnded) expect(await contentAt(watched)).toEqual(seen)
    expect(await bench.workdir.read('out.csv')).toBe(outputOf('csv', words))
    expect((await readdir(bench.workdir.path)).sort()).toEqual(['in.csv', 'llm-user', 'out.csv'])
  })

  it('adds nothing to the output that it had begun', async () => {
    const frozen = bench.start(begin)
    bench.server.hold()
    await bench.server.arrived(4)
    const wake = await freeze(frozen)
    const successor = bench.start(takeOver)
    await bench.server.arrived(8)
    const seen = await contentAt('out.csv')

    bench.server.release()
    wake()
    const ended = await Promise.all([frozen.result, successor.result])

    expect(ended).toMatchObject([{ exitCode: 3 }, { exitCode: 0 }])
    expect(seen.text).not.toContain('word 29')
    expect(await bench.workdir.read('out.csv')).toBe(outputOf('csv', words))
    expect((await readdir(bench.workdir.path)).sort()).toEqual(['in.csv', 'llm-user', 'out.csv'])
  })
})
