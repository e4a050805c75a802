import {
  copyFile,
  link,
  mkdir,
  readdir,
  readFile,
  rename,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises'
import { inputOf, outputOf } from '../support/answer-rows.js'
import { begin, resume, words } from '../support/named-batch.js'
import type { CommandResult } from '../support/run-command.js'
import { until } from '../support/until.js'
import { useCommand } from '../support/use-command.js'

const bench = useCommand()
const home = (name = '') => bench.workdir.join(`llm-user/${name}`)

beforeEach(() => bench.workdir.write('in.csv', inputOf('csv', words)))

async function moveDatabase(from: string, to: string): Promise<void> {
  for (const end of ['', '-wal', '-shm']) {
    await rename(home(`${from}${end}`), home(`${to}${end}`)).catch(() => undefined)
  }
}

/** The run says where its answers are, and one of them is there. */
async function expectStopped({ exitCode, stderr }: CommandResult, answer: string): Promise<void> {
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 3 })
  expect(stderr).toContain('was removed, replaced or overwritten')
  const journal = /answers are in (\S+\.journal)/.exec(stderr)?.[1] ?? ''
  expect(await readFile(journal, 'utf8')).toContain(answer)
}

async function expectWholeAfterResume(): Promise<void> {
  const resumed = await bench.inProcess([...resume, '--overwrite'])
  expect({ ...resumed }).toMatchObject({ exitCode: 0 })
  expect(bench.server.requestCount()).toBe(words.length)
  expect(await bench.workdir.read('out.csv')).toBe(outputOf('csv', words))
}

describe('a database that goes away while a batch runs', () => {
  it.each([
    ['removed', false],
    ['replaced', true],
  ])('stops the run when it is %s, which says where its answers are', async (_how, isReplaced) => {
    bench.server.hold()
    const running = bench.inProcess(begin)
    await bench.server.arrived(4)
    await moveDatabase('logs.db', 'moved.db')
    if (isReplaced) await writeFile(home('logs.db'), '')

    bench.server.release()
    const ended = await running

    await expectStopped(ended, 'Answer to: Say word 0')
    await moveDatabase('moved.db', 'logs.db')
    await expectWholeAfterResume()
  })

  it.each([
    ['emptied', () => Buffer.alloc(0)],
    ['overwritten by an older one', () => readFile(home('older.db'))],
    ['overwritten by something else', () => Buffer.from('something else '.repeat(5000))],
  ])('stops the run when it is %s in place, and all answers can be had', async (_how, content) => {
    await bench.inProcess([
      'batch',
      'in.csv',
      '-t',
      '{word}',
      '-m',
      'echo',
      '--output',
      'older.csv',
    ])
    await copyFile(home('logs.db'), home('older.db'))
    bench.server.hold()
    const running = bench.start(begin)
    await bench.server.arrived(4)
    await until(async () => (await readFile(home('logs.db'))).includes('/out.csv'))
    await copyFile(home('logs.db'), home('backup.db'))
    await writeFile(home('logs.db'), await content())

    bench.server.release()
    const ended = await running.result

    await expectStopped(ended, 'Answer to: Say word')
    await bench.shell('rm llm-user/logs.db llm-user/logs.db-wal llm-user/logs.db-shm')
    await copyFile(home('backup.db'), home('logs.db'))
    await expectWholeAfterResume()
  })

  it('keeps the answers of a run also when its journal was removed with it', async () => {
    const different = Array.from({ length: 30 }, (_, index) => `word ${index}`)
    await bench.workdir.write('in.csv', inputOf('csv', different))
    bench.server.hold()
    const running = bench.start(begin)
    await bench.server.arrived(4)
    const { stderr } = await bench.shell('rm llm-user/logs.db*')
    expect(stderr).toBe('')

    bench.server.release()
    const ended = await running.result

    expect(ended).toMatchObject({ exitCode: 3 })
    const journals = (await readdir(home())).filter(name => name.endsWith('.journal'))
    const kept = await Promise.all(journals.map(name => readFile(home(name), 'utf8')))
    const answers = kept.join('').match(/Answer to: Say word \d+/g)
    expect(new Set(answers).size).toBe(bench.server.requestCount())
  })
})

describe('an output that another program changes while it is written', () => {
  it.each([
    ['empties', () => truncate(bench.workdir.join('out.csv'))],
    ['adds to', () => writeFile(bench.workdir.join('out.csv'), 'mine', { flag: 'a' })],
  ])('stops the run, and is left as it is: one that it %s', async (_how, change) => {
    bench.server.hold()
    const running = bench.inProcess(begin)
    await bench.server.arrived(4)
    bench.server.release(4)
    await until(async () => (await bench.workdir.read('out.csv')).includes('word 3'))
    await bench.server.arrived(8)
    await change()
    const changed = await bench.workdir.read('out.csv')

    bench.server.release()
    const { exitCode, stderr } = await running

    expect({ exitCode, stderr }).toMatchObject({ exitCode: 3 })
    expect(stderr).toContain('Another program changed the output')
    expect(await bench.workdir.read('out.csv')).toBe(changed)
    await expectWholeAfterResume()
  })
})

describe('an output that is what batches need', () => {
  const ask = ['batch', 'in.csv', '--template', 'Say {word}', '--overwrite', '--format', 'csv']

  beforeEach(async () => {
    await bench.inProcess([...begin.slice(0, -2), '--limit', '1'])
    await writeFile(home('keys.json'), '{}')
    await mkdir(bench.workdir.join('.llm'))
    await bench.workdir.write('.llm/batch-config.yaml', '')
    await writeFile(home('logs.db-left-1-a.journal'), '')
  })

  it.each([
    ['the database', 'llm-user/logs.db', undefined],
    ['its -wal, which is not there', 'llm-user/logs.db-wal', undefined],
    ['a journal that a killed run left', 'llm-user/logs.db-left-1-a.journal', undefined],
    ['keys', 'llm-user/keys.json', undefined],
    ['keys, by a link', 'llm-user/keys.json', symlink],
    ['keys, by a second name', 'llm-user/keys.json', link],
    ['the database, by a second name', 'llm-user/logs.db', link],
    ['the config', '.llm/batch-config.yaml', undefined],
  ])('is refused before any call: %s', async (_what, path, linked) => {
    const asked = bench.server.requestCount()
    const target = bench.workdir.join(path)
    const before = await readFile(target).catch(() => undefined)
    await linked?.(target, bench.workdir.join('linked'))

    const refused = await bench.inProcess([...ask, '--output', linked ? 'linked' : path])

    expect(refused).toMatchObject({ exitCode: 2, stdout: '' })
    expect(refused.stderr).toContain('llm keeps what it needs in')
    expect(await readFile(target).catch(() => undefined)).toEqual(before)
    expect(bench.server.requestCount()).toBe(asked)
  })
})

describe('a folder for temporary files that is not there', () => {
  it('is found before any call, by a run that may need it', async () => {
    const env = { TMPDIR: bench.workdir.join('missing') }

    const refused = await bench.llm(begin, { env })
    const unordered = await bench.llm([...begin, '--unordered'], { env })

    expect(refused).toMatchObject({ exitCode: 2, stdout: '' })
    expect(refused.stderr).toMatch(/missing.*\n.*TMPDIR.*--unordered/)
    expect(unordered).toMatchObject({ exitCode: 0 })
    expect(bench.server.requestCount()).toBe(words.length)
  })
})
