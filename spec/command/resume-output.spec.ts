import { lstat, readdir, rm, symlink } from 'node:fs/promises'
import { inputOf, outputOf, wordsOf } from '../support/answer-rows.js'
import type { CommandResult } from '../support/run-command.js'
import { faults } from '../support/stub-faults.js'
import { until } from '../support/until.js'
import { useCommand } from '../support/use-command.js'

const words = wordsOf(12)
const asked = ['--template', 'Say {word}', '--model', 'gpt-4o-mini']
const begin = ['batch', 'in.csv', ...asked, '--output', 'out.csv', '--batch-id', 'words']
const resume = ['batch', 'in.csv', '--resume', '--batch-id', 'words']
const whole = outputOf('csv', words)

describe('the output of a batch that is gone on with', () => {
  const bench = useCommand()
  beforeEach(() => bench.workdir.write('in.csv', inputOf('csv', words)))

  const output = (name = 'out.csv') => bench.workdir.read(name)
  const partials = async () =>
    (await readdir(bench.workdir.path)).filter(name => name.endsWith('.partial'))

  /** Begins the batch and leaves it unfinished, with as many rows answered. */
  const paused = (rows = 4) => bench.inProcess([...begin, '--limit', `${rows}`])

  /** Gives the command time for this many more calls, and kills it. */
  async function killed(args: readonly string[], calls = 4): Promise<void> {
    const before = bench.server.requestCount()
    bench.script.latencyMs = 30
    const running = bench.start(args)
    await until(() => bench.server.requestCount() >= before + calls)
    running.kill('SIGKILL')
    await running.result
    bench.script.latencyMs = 0
  }

  /** The same, but told to stop. */
  async function interrupted(args: readonly string[], calls: number): Promise<CommandResult> {
    const before = bench.server.requestCount()
    bench.script.latencyMs = 30
    const running = bench.start(args)
    await until(() => bench.server.requestCount() >= before + calls)
    running.kill('SIGINT')
    const result = await running.result
    bench.script.latencyMs = 0
    return result
  }

  describe('under a limit of one run', () => {
    it('stays as it was, and the batch unfinished; it is whole in the next run', async () => {
      await killed(begin, 8)
      const before = await output()

      const { exitCode, stderr } = await bench.inProcess([...resume, '--limit', '3'])

      expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 })
      expect(stderr).toContain('Paused: this run took the rows of --limit.')
      expect(stderr).toMatch(/Output: .*out\.csv \(as before\)/)
      expect(stderr).toContain('Resume with: llm batch in.csv --resume --batch-id words')
      expect(await output()).toBe(before)
      const { stdout } = await bench.inProcess(['batch', 'status', 'words', '--json'])
      expect(JSON.parse(stdout)).toMatchObject({ status: 'paused', total_prompts: 12 })

      expect(await bench.inProcess(resume)).toMatchObject({ exitCode: 0 })

      expect(await output()).toBe(whole)
      expect(bench.server.requestCount()).toBeLessThanOrEqual(words.length + 1)
    })

    it('is said to hold a part, where it is a new one', async () => {
      await paused(8)
      const { stderr } = await bench.inProcess([...resume, '--limit', '3', '--output', 'other.csv'])

      expect(stderr).toContain('All answers are recorded; the output has a part of them.')
      expect(await output('other.csv')).toBe(outputOf('csv', words.slice(0, 3)))
    })

    it('stays as it was when that run is interrupted, and so do the counts', async () => {
      await paused(8)
      await interrupted([...resume, '--limit', '11'], 1)

      const { stdout } = await bench.inProcess(['batch', 'status', 'words', '--json'])
      const { total_prompts: total, completed_prompts: answered } = JSON.parse(stdout)
      expect(total).toBe(12)
      expect(answered).toBeGreaterThanOrEqual(7)
    })

    it('is whole at once where the input has no more rows than that', async () => {
      await paused(8)
      const { stderr } = await bench.inProcess([...resume, '--limit', '12'])

      expect(stderr).not.toContain('Paused')
      expect(await output()).toBe(whole)
    })
  })

  it('has all rows in the run after one with a limit, also where that was the first', async () => {
    const first = await bench.inProcess([...begin, '--limit', '8'])
    expect(first).toMatchObject({ exitCode: 0 })
    expect(first.stderr).toContain('Paused: this run took the rows of --limit.')
    expect(await output()).toBe(outputOf('csv', words.slice(0, 8)))

    expect(await bench.inProcess(resume)).toMatchObject({ exitCode: 0 })

    expect(await output()).toBe(whole)
    expect(bench.server.requestCount()).toBe(words.length)
  })

  it('is no other file than its own: one that is there is not replaced unasked', async () => {
    await paused()
    await bench.workdir.write('mine.csv', 'precious')

    const refused = await bench.inProcess([...resume, '--output', 'mine.csv'])

    expect(refused).toMatchObject({ exitCode: 2 })
    expect(refused.stderr).toContain('The output already exists: mine.csv')
    expect(await output('mine.csv')).toBe('precious')
    const input = await bench.inProcess([...resume, '--output', 'in.csv', '--overwrite'])
    expect(input).toMatchObject({ exitCode: 2 })
    expect(await output('in.csv')).toBe(inputOf('csv', words))
    expect(await bench.inProcess([...resume, '--output', 'mine.csv', '--overwrite'])).toMatchObject(
      {
        exitCode: 0,
      },
    )
    expect(await output('mine.csv')).toBe(whole)
  })

  it('is not that of another batch that has been written there since', async () => {
    await paused()
    const other = ['--template', 'Write {word}', '--output', 'out.csv', '--overwrite']
    await bench.inProcess([
      'batch',
      'in.csv',
      ...other,
      '--batch-id',
      'other',
      '--model',
      'gpt-4o-mini',
    ])
    const before = await output()
    const calls = bench.server.requestCount()

    const refused = await bench.inProcess(['batch', 'in.csv', '--resume'])

    expect(refused).toMatchObject({ exitCode: 2 })
    expect(refused.stderr).toContain('out.csv now holds the answers of batch other')
    expect(await output()).toBe(before)
    expect(bench.server.requestCount()).toBe(calls)
    expect(await bench.inProcess([...resume, '--overwrite'])).toMatchObject({ exitCode: 0 })
    expect(await output()).toBe(whole)
  })

  it('may be named by a link to it, whether it is finished or not', async () => {
    await paused()
    await symlink('out.csv', bench.workdir.join('l2.csv'))
    const toLink = [...resume, '--output', 'l2.csv']

    expect(await bench.inProcess([...toLink, '--dry-run'])).toMatchObject({ exitCode: 0 })
    expect(await bench.inProcess(toLink)).toMatchObject({ exitCode: 0 })

    expect(await output()).toBe(whole)
    expect(await partials()).toEqual([])
    expect((await lstat(bench.workdir.join('l2.csv'))).isSymbolicLink()).toBe(true)
    for (const args of [toLink, [...resume, '--output', 'out.csv']]) {
      const { exitCode, stderr } = await bench.inProcess(args)
      expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 })
      expect(stderr).toContain('Batch words is completed: 12 answered.')
    }
  })

  it('is written where a link leads that was left without its file', async () => {
    await symlink('real.csv', bench.workdir.join('out.csv'))
    await bench.inProcess([...begin, '--overwrite', '--limit', '4'])
    await rm(bench.workdir.join('real.csv'))

    expect(await bench.inProcess(resume)).toMatchObject({ exitCode: 0 })

    expect(await output('real.csv')).toBe(whole)
    expect((await lstat(bench.workdir.join('out.csv'))).isSymbolicLink()).toBe(true)
  })

  it('may be a pipe that a link of the system leads to', async () => {
    await paused()

    const { stdout, stderr } = await bench.shell(
      `llm ${resume.join(' ')} --output /dev/fd/3 --format csv 3>&1 > /dev/null | cat`,
    )

    expect(stderr).toContain('12 rows read = 12 answered')
    expect(stdout).toBe(whole)
  })

  it('is written again when it is gone, or wanted elsewhere, and nothing is asked', async () => {
    await bench.inProcess(begin)
    await rm(bench.workdir.join('out.csv'))

    expect(await bench.inProcess(resume)).toMatchObject({ exitCode: 0 })
    expect(await output()).toBe(whole)
    expect(await bench.inProcess([...resume, '--output', 'new.csv'])).toMatchObject({ exitCode: 0 })
    expect(await output('new.csv')).toBe(whole)

    expect(bench.server.requestCount()).toBe(words.length)
  })

  it('has the failed rows answered once they are asked again, which every resume does', async () => {
    bench.script.fault = (_number, text) =>
      text === 'Say word 3' ? faults.badRequest() : undefined
    const first = await bench.inProcess(begin)
    expect(first).toMatchObject({ exitCode: 1 })
    expect(first.stderr).toContain(
      'Batch words: 1 row failed. Ask it again with: llm batch in.csv --resume --batch-id words',
    )
    const again = await bench.inProcess([...resume, '--limit', '3'])
    expect(again.stderr).toContain('Paused: this run took the rows of --limit')
    bench.script = {}

    expect(await bench.inProcess(resume)).toMatchObject({ exitCode: 0 })

    expect(await output()).toBe(whole)
    expect(bench.server.requestCount()).toBe(words.length + 1)
  })

  it('is valid after an interruption, also where a kill had torn the old one', async () => {
    const json = ['--output', 'out.json', '--batch-id', 'words']
    await killed(['batch', 'in.csv', ...asked, ...json], 5)
    const torn = await output('out.json')
    expect(() => JSON.parse(torn)).toThrow()

    const { exitCode, stderr } = await interrupted(resume, 3)

    expect(exitCode).toBe(130)
    expect(stderr).toContain('The output is valid and has all answers so far.')
    const rows: unknown[] = JSON.parse(await output('out.json'))
    expect(rows.length).toBeGreaterThanOrEqual(5)
    expect(await partials()).toEqual([])
    const before = await output('out.json')
    const again = await interrupted(resume, 2)
    expect(again.stderr).toContain('the output is as before')
    expect(await output('out.json')).toBe(before)
    expect(await bench.inProcess(resume)).toMatchObject({ exitCode: 0 })
    expect(JSON.parse(await output('out.json'))).toHaveLength(12)
  })

  it('is valid after an interruption of a resume that had not come as far', async () => {
    const json = ['--output', 'out.json', '--batch-id', 'words']
    await killed(['batch', 'in.csv', ...asked, ...json], 8)
    const torn = await output('out.json')
    expect(() => JSON.parse(torn)).toThrow()
    await bench.workdir.write('in.csv', inputOf('csv', ['new', ...words]))

    const { exitCode } = await interrupted(resume, 1)

    expect(exitCode).toBe(130)
    const rows: unknown[] = JSON.parse(await output('out.json'))
    expect(rows.length).toBeGreaterThanOrEqual(6)
  })

  it("leaves the user's own files alone", async () => {
    await bench.workdir.write('out.csv.partial', 'mine')
    await paused()

    await bench.inProcess(resume)

    expect(await output('out.csv.partial')).toBe('mine')
  })

  describe('after a resume that was killed', () => {
    beforeEach(async () => {
      await paused()
      await killed(resume, 3)
      expect(await partials()).toEqual(['out.csv.words.partial'])
    })

    it.each([
      ['is finished', resume],
      ['is finished under another output', [...resume, '--output', 'other.csv']],
      ['is cancelled', ['batch', 'cancel', 'words']],
      ['is removed', ['batch', 'remove', 'words', '--yes']],
      ['is begun anew', [...begin.slice(0, -2), '--overwrite']],
    ])('leaves nothing beside it when the batch %s', async (_how, args) => {
      expect(await bench.inProcess(args)).toMatchObject({ exitCode: 0 })

      expect(await partials()).toEqual([])
    })
  })

  it('is not mixed with that of another batch under another name', async () => {
    await bench.workdir.write('real/x', '')
    await symlink(bench.workdir.join('real'), bench.workdir.join('link'))
    const to = (path: string) => ['batch', 'in.csv', ...asked, '--output', path]
    bench.server.hold()
    const first = bench.inProcess(to('real/out.csv'))
    await bench.server.arrived(1)

    const second = await bench.inProcess(to('link/out.csv'))

    expect(second).toMatchObject({ exitCode: 2 })
    expect(second.stderr).toContain('is running and writes to')
    bench.server.release()
    expect(await first).toMatchObject({ exitCode: 0 })
    expect(await output('real/out.csv')).toBe(whole)
  })
})
