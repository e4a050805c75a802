import { copyFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { runInProcess } from '../cli/run-in-process.js'
import { inputOf, wordsOf } from '../support/answer-rows.js'
import { queryDatabase } from '../support/query-database.js'
import { scale } from '../support/scale.js'
import { openBench } from '../support/use-command.js'
import { makeWorkdir, type Workdir } from '../support/workdir.js'
import { isPythonLlmThere, type PythonVersion, runPythonLlm } from './python-llm.js'

// Skipped where it is absent: `sh spec/support/install-python-llm.sh` gets it. CI may not skip it.
const describeWithPython = isPythonLlmThere || process.env.CI === 'true' ? describe : describe.skip

/** What a table of commands needs to know of a database. */
interface Known {
  readonly ids: readonly string[]
  readonly conversations: readonly string[]
  readonly fragments: readonly string[]
  readonly schemas: readonly string[]
}

/** Words after `llm logs list`, for every option, alone and together. */
function commandsOf({ ids, conversations, fragments, schemas }: Known): readonly string[][] {
  const all = ['-n', '0']
  const [id = ''] = ids.slice(5)
  const views = [
    [],
    ['-s'],
    ['-u'],
    ['-su'],
    ['-e'],
    ['-t'],
    ['-ste'],
    ['--json'],
    ['--json', '-e'],
  ]
  const filters = [
    [],
    ['-m', 'gpt-4o-mini'],
    ['-m', '4o-mini'],
    ['-m', 'fake-2026-01-01'],
    ['-m', 'nobody-knows'],
    ['-q', 'pelican'],
    ['-q', 'pelican', '-l'],
    ['-q', 'answer OR walrus'],
    ['-q', 'nothing-of-this AND'],
    ['-q', '"nothing of this"'],
    ['--tools'],
    ['-T', 'add'],
    ['-T', 'add', '-T', 'say'],
    ['-T', 'nobody'],
    ['--schema', 'name, age int'],
    ['--schema-multi', 'name, age int'],
    ['--id-gt', id],
    ['--id-gte', id],
    ['--id-gt', 'zz'],
    ['-c'],
    ...fragments.map(hash => ['-f', hash]),
    ...(fragments.length > 1 ? [['-f', String(fragments[0]), '-f', String(fragments[1])]] : []),
    ...schemas.map(schema => ['--schema', schema]),
  ]
  const counts = [['-n', '1'], ['-n', '2'], ['-n', '7'], ['-n', '-1'], []]
  const singles = [['-r'], ['-x'], ['--xl'], ['-rt'], ['-xt'], ['-r', '--xl'], ['-x', '-s']]
  const objects = [
    ['--data'],
    ['--data-array'],
    ['--data-ids'],
    ['--data', '--data-key', 'items'],
    ['--data-key', 'items', '--data-array', '--data-ids'],
    ['--data-key', 'nobody'],
  ]
  return [
    ...views.map(view => [...all, ...view]),
    ...filters.flatMap(filter => [
      [...all, ...filter],
      [...filter, '--json'],
    ]),
    ...counts.flatMap(count => [
      [...count, '-s'],
      [...count, '-q', 'answer', '-s'],
    ]),
    ...singles.flatMap(single => [single, [...all, ...single]]),
    ...objects.flatMap(object => [
      [...all, ...object, '-q', 'nothingofthis'],
      ...schemas.map(schema => [...all, ...object, '--schema', schema]),
    ]),
    ...conversations.flatMap(conversation => [
      ['--cid', conversation],
      ['--cid', conversation, '-u', '-n', '2'],
      ['--conversation', conversation, '-s'],
      ['--cid', conversation, '-r'],
    ]),
  ]
}

describeWithPython('llm logs and the real Python llm 0.36', () => {
  let workdir: Workdir

  beforeAll(async () => {
    workdir = await makeWorkdir()
    await workdir.write('files/.keep', '')
    await log('0.31.1', 'older.db')
    await log('0.36', 'newer.db')
    await copyFile(workdir.join('older.db'), workdir.join('both.db'))
    await log('0.36', 'both.db')
  }, 300_000)
  afterAll(() => workdir.remove())

  const python = (version: PythonVersion, commands: readonly (readonly string[])[]) =>
    runPythonLlm({ version, userPath: workdir.path, baseUrl: 'http://127.0.0.1:9' }, commands)

  async function log(version: PythonVersion, name: string): Promise<void> {
    const script = resolve(import.meta.dirname, 'make-log.py')
    await python(version, [['script', script, '', workdir.join(name), workdir.join('files')]])
  }

  async function lookAt(path: string): Promise<Known> {
    const column = async (sql: string) =>
      (await queryDatabase(path, sql).catch(() => [])).map(row => String(Object.values(row)[0]))
    const ids = [
      ...(await column('SELECT id FROM responses')),
      ...(await column('SELECT id FROM turns')),
    ]
    const conversations = [
      ...(await column(
        'SELECT conversation_id FROM responses GROUP BY conversation_id HAVING count(*) > 1',
      )),
      ...(await column('SELECT thread_id FROM turns GROUP BY thread_id HAVING count(*) > 1')),
    ]
    return {
      ids: ids.sort(),
      conversations: [...new Set(conversations)],
      fragments: await column('SELECT hash FROM fragments'),
      schemas: await column('SELECT id FROM schemas'),
    }
  }

  /** Runs both on copies of their own, because Python's llm migrates what it opens. */
  async function expectEqual(path: string, { isPart = false } = {}): Promise<void> {
    await copyFile(path, `${path}.python`)
    const all = commandsOf(await lookAt(path))
    expect(all.length).toBeGreaterThan(80)
    const commands = isPart && scale === 1 ? all.filter((_, index) => index % 3 === 0) : all
    const theirs = await python(
      '0.36',
      commands.map(words => ['logs', 'list', '-d', `${path}.python`, ...words]),
    )

    const differing: unknown[] = []
    for (const [index, words] of commands.entries()) {
      const { exitCode, output } = theirs[index] ?? { exitCode: -1, output: '' }
      const given = ['logs', 'list', '-d', path, ...words]
      const ours = await runInProcess(given, { folder: workdir.path })
      const isEqual = exitCode === 0 ? ours.out === output && ours.code === 0 : ours.code === 2
      if (!isEqual) differing.push({ words, exitCode, output, ...ours })
    }
    expect(differing).toEqual([])
  }

  it.each(['older.db', 'newer.db', 'both.db'])(
    'print the same bytes of what Python logged, for every option: %s',
    // The file of both generations meets every option; the others meet a third in `make test`.
    name => expectEqual(workdir.join(name), { isPart: name !== 'both.db' }),
    600_000,
  )

  it('print the same bytes of what our batch logged', async () => {
    const bench = await openBench()
    try {
      await bench.workdir.write('in.csv', inputOf('csv', wordsOf(6)))
      await bench.workdir.write('context.txt', 'Context 😀 of all.\n')
      const template = '!fragment context.txt\nSay {word} of a pelican'
      bench.script.answer = text => `Answer ünï to: ${text}\n\n\`\`\`json\n{"a": 1.0}\n\`\`\`\n`
      const batch = ['batch', 'in.csv', '--output', 'o.csv', '--system', 'Be nice']
      const options = ['-m', 'gpt-4o-mini', '-o', 'temperature', '0.5', '-o', 'stop', "it's"]
      const ran = await bench.llm([...batch, ...options, '--template', template])
      expect(ran).toMatchObject({ exitCode: 0 })

      await expectEqual(bench.workdir.join('llm-user/logs.db'), { isPart: true })
    } finally {
      await bench.close()
    }
  }, 600_000)

  it('print the same path, status and backup, and switch the same file', async () => {
    await copyFile(workdir.join('both.db'), workdir.join('logs.db'))
    const ours = async (...words: string[]) =>
      (await runInProcess(['logs', ...words], { folder: workdir.path })).out
    const theirs = (...commands: string[][]) =>
      python(
        '0.36',
        commands.map(words => ['logs', ...words]),
      )
    await ours('off')
    const [path, off, , on, backup] = await theirs(
      ['path'],
      ['status'],
      ['on'],
      ['status'],
      ['backup', workdir.join('theirs.db')],
    )

    expect(await ours('path')).toBe(path?.output)
    expect(await ours('status')).toBe(on?.output)
    expect(await ours('backup', workdir.join('ours.db'))).toBe(
      backup?.output.replace('theirs.db', 'ours.db'),
    )
    await ours('off')
    expect(await ours('status')).toBe(off?.output)
  })
})
