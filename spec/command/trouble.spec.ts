import { chmod, mkdir, readdir, rename, rm } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { lockDatabase } from '../store/edit-database.js'
import { inputOf, outputOf } from '../support/answer-rows.js'
import { queryDatabase } from '../support/query-database.js'
import { scale } from '../support/scale.js'
import { canMount, mountSmallDisk, type SmallDisk } from '../support/small-disk.js'
import { until } from '../support/until.js'
import { useCommand } from '../support/use-command.js'
import { withoutRights } from '../support/without-rights.js'

// Before the bench's own, which removes the folders that they are mounted at.
const disks: SmallDisk[] = []
afterEach(async () => {
  for (const disk of disks.splice(0)) await disk.unmount()
})
const bench = useCommand()

const database = (): string => bench.workdir.join('llm-user/logs.db')
const words = Array.from({ length: 200 }, (_, index) => `word ${index}`)
const begin = (output: string): string[] => [
  ...['batch', 'in.csv', '--template', 'Say {word}', '--model', 'gpt-4o-mini'],
  ...['--output', output, '--batch-id', 'trouble', '--concurrency', '4'],
]
const resume = ['batch', 'in.csv', '--resume', '--batch-id', 'trouble']

beforeEach(() => bench.workdir.write('in.csv', inputOf('csv', words)))

/**
 * Every prompt was asked, those that could not be recorded once more; llm's log has each answer
 * once.
 */
async function expectWhole(output: string, { repeated }: { repeated: number }): Promise<void> {
  expect(await bench.workdir.read(output)).toBe(outputOf('csv', words))
  expect(bench.server.calls.size).toBe(words.length)
  expect(bench.server.requestCount()).toBeLessThanOrEqual(words.length + repeated)
  expect(await queryDatabase(database(), 'SELECT count(*) AS turns FROM turns')).toEqual([
    { turns: words.length },
  ])
}

const isMountable = await canMount()
const withDisk = isMountable ? it : it.skip
async function disk(folder: string, kilobytes: number): Promise<SmallDisk> {
  const mounted = await mountSmallDisk(bench.workdir.join(folder), kilobytes)
  disks.push(mounted)
  return mounted
}

describe(`llm batch in trouble${isMountable ? '' : ' (full disks skipped: mounting one needs root)'}`, () => {
  withDisk(
    'stops when the disk of the output is full, and goes on when there is room',
    async () => {
      const small = await disk('small', 4)

      const stopped = await bench.llm(begin('small/out.csv'))

      expect(stopped).toMatchObject({ exitCode: 3, stdout: '' })
      expect(stopped.stderr).toMatch(/^Error: Cannot write .*out\.csv: the disk is full$/m)
      expect(stopped.stderr).toContain('Resume with: llm batch in.csv --resume --batch-id trouble')
      const written = await bench.workdir.read('small/out.csv')
      expect(outputOf('csv', words).startsWith(written) && written.endsWith('\n')).toBe(true)
      await small.grow(1000)
      expect(await bench.inProcess(resume)).toMatchObject({ exitCode: 0 })
      await expectWhole('small/out.csv', { repeated: 0 })
      expect(await readdir(bench.workdir.join('small'))).toEqual(['out.csv'])
    },
  )

  withDisk('keeps the old output when the disk is full while a new one is written', async () => {
    const small = await disk('small', 4)
    await bench.inProcess(begin('small/out.csv'))
    const before = await bench.workdir.read('small/out.csv')

    const stopped = await bench.inProcess(resume)

    expect(stopped).toMatchObject({ exitCode: 3 })
    expect(stopped.stderr).toContain('the disk is full')
    expect(await bench.workdir.read('small/out.csv')).toBe(before)
    expect(await readdir(bench.workdir.join('small'))).toEqual(['out.csv'])
    await small.grow(1000)
    expect(await bench.inProcess(resume)).toMatchObject({ exitCode: 0 })
    await expectWhole('small/out.csv', { repeated: 0 })
  })

  withDisk('calls nothing when the disk of the database is full from the start', async () => {
    await disk('llm-user', 32)

    const refused = await bench.inProcess(begin('out.csv'))

    expect(refused).toMatchObject({ exitCode: 2, stdout: '' })
    expect(refused.stderr).toMatch(/^Error: The database .* cannot be read or written: /)
    expect(refused.stderr).toContain('See that its disk has room')
    expect(bench.server.requestCount()).toBe(0)
    expect(await readdir(bench.workdir.path)).not.toContain('out.csv')
  })

  withDisk(
    'stops when the disk of the database fills up, and loses at most what was in flight',
    async () => {
      const small = await disk('llm-user', 720)

      const stopped = await bench.inProcess(begin('out.csv'))

      expect(stopped).toMatchObject({ exitCode: 3, stdout: '' })
      expect(stopped.stderr).toMatch(/^Error: The disk is full: the (database|journal) .* cannot /m)
      await small.grow(20_000)
      expect(await bench.inProcess(resume)).toMatchObject({ exitCode: 0 })
      await expectWhole('out.csv', { repeated: 4 })
    },
  )

  withDisk('looks at a database on a read-only disk, and says what to do to write', async () => {
    const frozen = await disk('llm-user', 2000)
    await bench.inProcess(['batch', 'in.csv', '-t', '{word}', '-m', 'echo', '--limit', '1'])
    await frozen.freeze()

    const list = await bench.inProcess(['batch', 'list'])
    const refused = await bench.inProcess(begin('out.csv'))

    expect(list).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('in.csv') })
    expect(refused).toMatchObject({ exitCode: 2, stdout: '' })
    expect(refused.stderr).toMatch(
      /^Error: The database .*logs\.db cannot be written: the file or its/,
    )
    expect(refused.stderr).toMatch(/^Make both writable, or use .* -d PATH\.$/m)
    expect(refused.stderr).not.toContain('SQLITE_')
    expect(bench.server.requestCount()).toBe(0)
  })

  it.each([
    ['removed', (folder: string) => rm(folder, { recursive: true })],
    ['renamed', (folder: string) => rename(folder, `${folder}-elsewhere`)],
  ])(
    'says so when the folder of the output is %s on the way, and goes on when it is back',
    async (_done, undo) => {
      await mkdir(bench.workdir.join('folder'))
      bench.server.hold()
      const running = bench.start(begin('folder/out.csv'))
      await bench.server.arrived(4)
      bench.server.release(4)
      await bench.server.arrived(8)
      await undo(bench.workdir.join('folder'))
      bench.server.release()

      const stopped = await running.result

      expect(stopped).toMatchObject({ exitCode: 3 })
      expect(stopped.stderr).toMatch(/^Error: The output was removed or replaced .*out\.csv$/m)
      expect(await bench.inProcess(resume)).toMatchObject({ exitCode: 2 })
      await mkdir(bench.workdir.join('folder'))
      expect(await bench.inProcess(resume)).toMatchObject({ exitCode: 0 })
      await expectWhole('folder/out.csv', { repeated: 0 })
    },
  )

  it('waits while another program holds the database, once the journal is at its bound', async () => {
    const long = 'long '.repeat(6_000)
    bench.script.answer = () => long
    bench.server.hold()
    const running = bench.start(begin('out.csv'))
    await bench.server.arrived(4)
    const lock = await lockDatabase(database())
    bench.server.release()
    await untilStable(() => bench.server.requestCount())
    expect(bench.server.requestCount()).toBeGreaterThan(4)
    expect(bench.server.requestCount()).toBeLessThan(words.length)
    await lock.release()

    expect(await running.result).toMatchObject({ exitCode: 0 })
    expect(bench.server.requestCount()).toBe(words.length)
    const answers = (await bench.workdir.read('out.csv')).match(/long long /g) ?? []
    expect(answers).toHaveLength((words.length * 6_000) / 2)
  }, 60_000)

  it('calls nothing when the database is read-only', async () => {
    await bench.inProcess(['batch', 'in.csv', '-t', '{word}', '-m', 'echo', '--limit', '1'])
    await chmod(database(), 0o400)
    const refused = await bench.shell(
      `${withoutRights}llm ${begin('out.csv').map(quoted).join(' ')}`,
    )

    expect(refused).toMatchObject({ exitCode: 2, stdout: '' })
    expect(refused.stderr).toMatch(/^Error: The database .*logs\.db cannot be written/m)
    expect(bench.server.requestCount()).toBe(0)
    expect(await readdir(bench.workdir.path)).not.toContain('out.csv')
    expect(await readdir(bench.workdir.join('llm-user'))).toEqual(['logs.db'])
    await chmod(database(), 0o600)
    expect(await bench.inProcess(begin('out.csv'))).toMatchObject({ exitCode: 0 })
  })

  it('waits for a reader that is slow, holds few rows meanwhile, and loses none', async () => {
    const many = Array.from({ length: 4000 }, (_, index) => `${index} ${'long '.repeat(40)}`)
    await bench.workdir.write('in.csv', inputOf('csv', many))
    const command = 'llm batch in.csv -t "Say {word}" -m gpt-4o-mini --concurrency 50 --format csv'

    const slow = bench.shell(`${command} | (until [ -e read ]; do sleep 0.1; done; cat > out.csv)`)
    let callsBefore = -1
    await until(async () => {
      await sleep(700)
      const isStill = bench.server.requestCount() > 0 && callsBefore === bench.server.requestCount()
      callsBefore = bench.server.requestCount()
      return isStill
    })
    // It stands still for as long as nobody reads; in the soak that is a minute.
    await sleep(scale > 1 ? 60_000 : 0)

    expect(bench.server.requestCount()).toBeLessThan(2000)
    await bench.workdir.write('read', '')
    expect(await slow).toMatchObject({ exitCode: 0 })
    expect(await bench.workdir.read('out.csv')).toBe(outputOf('csv', many))
    expect(bench.server.requestCount()).toBe(many.length)
  }, 120_000)
})

function quoted(word: string): string {
  return `'${word}'`
}

/** Resolves once a count has stood still for a second. */
async function untilStable(count: () => number): Promise<void> {
  for (let before = -1; before !== count(); ) {
    before = count()
    await sleep(1_000)
  }
}
