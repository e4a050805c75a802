import { readdir } from 'node:fs/promises'
import { inputOf, outputOf } from '../support/answer-rows.js'
import { begin, resume, words } from '../support/named-batch.js'
import { queryDatabase } from '../support/query-database.js'
import type { CommandResult } from '../support/run-command.js'
import { scale } from '../support/scale.js'
import { faults } from '../support/stub-faults.js'
import { useCommand } from '../support/use-command.js'

const bench = useCommand()
const rounds = scale > 1 ? 30 : 1

beforeEach(() => bench.workdir.write('in.csv', inputOf('csv', words)))

async function expectWhole(): Promise<void> {
  expect(await bench.workdir.read('out.csv')).toBe(outputOf('csv', words))
  expect((await readdir(bench.workdir.path)).sort()).toEqual(['in.csv', 'llm-user', 'out.csv'])
}

describe('two runs of one batch at the same time', () => {
  it('refuses the second while the first begins, and harms nothing', async () => {
    bench.server.hold()
    const first = bench.start(begin)
    await bench.server.arrived(4)

    const resumed = await bench.inProcess(resume)
    const begun = await bench.inProcess([...begin, '--overwrite'])

    expect(resumed).toMatchObject({ exitCode: 2, stdout: '' })
    expect(resumed.stderr).toMatch(/^Error: Batch same is running: process \d+ on /)
    expect(resumed.stderr).toContain('llm batch cancel same')
    expect(begun).toMatchObject({ exitCode: 2, stdout: '' })
    expect(begun.stderr).toContain('Batch same already exists')
    bench.server.release()
    expect(await first.result).toMatchObject({ exitCode: 0 })
    expect(bench.server.requestCount()).toBe(words.length)
    await expectWhole()
  })

  it('refuses the second while the first is resumed, and leaves its .partial alone', async () => {
    bench.script.fault = (_number, text) =>
      text === 'Say word 5' ? faults.keyRefused() : undefined
    await bench.inProcess(begin)
    bench.script = {}
    const before = bench.server.requestCount()
    bench.server.hold()
    const first = bench.start(resume)
    await bench.server.arrived(before + 4)

    const second = await bench.inProcess(resume)

    expect(second).toMatchObject({ exitCode: 2 })
    expect(second.stderr).toContain('Batch same is running')
    expect(await readdir(bench.workdir.path)).toContain('out.csv.same.partial')
    bench.server.release()
    expect(await first.result).toMatchObject({ exitCode: 0 })
    await expectWhole()
  })

  it.each(Array.from({ length: rounds }, (_, index) => index + 1))(
    'lets one of three that begin in the same moment have it: round %s',
    async () => {
      const ended = await Promise.all([bench.llm(begin), bench.llm(begin), bench.llm(begin)])

      expectOneWinner(ended)
      expect(bench.server.requestCount()).toBe(words.length)
      await expectWhole()
    },
  )

  it.each(Array.from({ length: rounds }, (_, index) => index + 1))(
    'lets one of three that resume in the same moment have it: round %s',
    async () => {
      bench.script.fault = (_number, text) =>
        text === 'Say word 5' ? faults.keyRefused() : undefined
      bench.script.latencyMs = 20
      await bench.inProcess(begin)
      bench.script = {}
      bench.server.hold()

      const running = [bench.start(resume), bench.start(resume), bench.start(resume)]
      const isRefused = running.map(one => one.result.then(() => 'ended'))
      await Promise.race([
        Promise.all([Promise.race(isRefused), bench.server.arrived(9)]),
        Promise.all(isRefused),
      ])
      bench.server.release()
      const ended = await Promise.all(running.map(one => one.result))

      expectOneWinner(ended)
      await expectWhole()
      expect(
        await queryDatabase(
          bench.workdir.join('llm-user/logs.db'),
          'SELECT count(*) AS turns FROM turns',
        ),
      ).toEqual([{ turns: words.length }])
    },
  )

  it('refuses a batch to an output that another batch is writing', async () => {
    bench.server.hold()
    const first = bench.start(begin)
    await bench.server.arrived(4)

    const others = await Promise.all([
      bench.inProcess([...begin.slice(0, -4), '--batch-id', 'other']),
      bench.inProcess([...begin.slice(0, -4), '--batch-id', 'third', '--overwrite']),
    ])

    for (const { exitCode, stderr } of others) {
      expect(exitCode).toBe(2)
      expect(stderr).toMatch(/batch same|exists already/i)
    }
    bench.server.release()
    expect(await first.result).toMatchObject({ exitCode: 0 })
    expect(bench.server.requestCount()).toBe(words.length)
    await expectWhole()
  })

  it('refuses to resume a batch to an output that another is writing, and leaves it as it was', async () => {
    await bench.inProcess(begin)
    bench.server.hold()
    const other = bench.start([...begin, '--batch-id', 'other', '--overwrite'])
    await bench.server.arrived(words.length + 4)

    const resumed = await bench.inProcess(resume)

    expect(resumed).toMatchObject({ exitCode: 2, stdout: '' })
    expect(resumed.stderr).toContain('Batch other is running')
    const { stdout } = await bench.inProcess(['batch', 'status', 'same', '--json'])
    expect(JSON.parse(stdout)).toMatchObject({ status: 'completed', completed_prompts: 30 })
    bench.server.release()
    expect(await other.result).toMatchObject({ exitCode: 0 })
    await expectWhole()
  })

  function expectOneWinner(ended: readonly CommandResult[]): void {
    const said = ended.map(({ stderr }) => stderr).join('\n---\n')
    const codes = ended.map(({ exitCode }) => exitCode)
    if (codes.filter(code => code === 0).length === 0) throw new Error(`${codes}: ${said}`)
    for (const { exitCode, stderr } of ended) {
      if (exitCode === 0) continue
      expect(exitCode).toBe(2)
      expect(stderr).toMatch(/running|already/)
    }
  }
})
