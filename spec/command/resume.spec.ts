import { readdir, readFile } from 'node:fs/promises'
import { inputOf, outputOf } from '../support/answer-rows.js'
import { queryDatabase } from '../support/query-database.js'
import { faults } from '../support/stub-faults.js'
import { useCommand } from '../support/use-command.js'

const bench = useCommand()
const words = [...'abcdefgh']
const asked = ['--template', 'Say {word}', '--model', 'gpt-4o-mini']
const begin = ['batch', 'in.csv', ...asked, '--output', 'out.csv', '--batch-id', 'letters']
const stopAt = (word: string): void => {
  bench.script.fault = (_number, text) => (text === `Say ${word}` ? faults.keyRefused() : undefined)
}
const goOn = (): void => {
  bench.script = {}
}

beforeEach(() => bench.workdir.write('in.csv', inputOf('csv', words)))

describe('llm batch --resume, refused', () => {
  beforeEach(async () => {
    stopAt('e')
    expect(await bench.inProcess(begin)).toMatchObject({ exitCode: 3 })
    goOn()
  })

  it.each([
    ['model', ['--model', 'gpt-4o']],
    ['template', ['--template', 'Shout {word}']],
    ['system', ['--system', 'Be brief.']],
    ['options', ['-o', 'temperature', '0.2']],
  ])(
    'names a changed %s, exits 2 and asks nothing; --restart begins a new batch',
    async (name, change) => {
      const before = bench.server.requestCount()
      const output = await bench.workdir.read('out.csv')
      const resume = ['batch', 'in.csv', '--output', 'out.csv', ...change]

      const refused = await bench.inProcess([...resume, '--resume'])

      expect(refused).toMatchObject({ exitCode: 2, stdout: '' })
      expect(refused.stderr).toMatch(
        new RegExp(`^Error: Batch letters started with another ${name}\\b.*\\n.*--restart`),
      )
      expect(bench.server.requestCount()).toBe(before)
      expect(await bench.workdir.read('out.csv')).toBe(output)

      const begun = ['--template', 'Say {word}', '--model', 'gpt-4o-mini', ...change]
      const restarted = await bench.inProcess([
        'batch',
        'in.csv',
        '-O',
        'out.csv',
        ...begun,
        '--restart',
      ])

      expect(restarted).toMatchObject({ exitCode: 0 })
      expect(bench.server.requestCount()).toBe(before + words.length)
      expect((await bench.workdir.read('out.csv')).trimEnd().split('\n')).toHaveLength(9)
    },
  )

  it('names the nearest of an unknown id, and a batch that has the id already', async () => {
    const unknown = await bench.inProcess(['batch', 'in.csv', '--resume', '--batch-id', 'leters'])
    const taken = await bench.inProcess([...begin, '--overwrite'])

    expect(unknown).toMatchObject({ exitCode: 2 })
    expect(unknown.stderr).toBe('Error: Unknown batch: leters\nDid you mean letters?\n')
    expect(taken).toMatchObject({ exitCode: 2 })
    expect(taken.stderr).toContain('Batch letters already exists')
    expect(taken.stderr).toContain('--resume')
  })

  it('lists the candidates when several differ', async () => {
    stopAt('e')
    await bench.inProcess([...begin.slice(0, -4), '--output', 'other.csv', '--batch-id', 'others'])
    goOn()

    const ambiguous = await bench.inProcess(['batch', 'in.csv', '--resume'])
    const named = await bench.inProcess(['batch', 'in.csv', '--resume', '--output', 'other.csv'])

    expect(ambiguous).toMatchObject({ exitCode: 2 })
    expect(ambiguous.stderr).toMatch(/--batch-id: others \(.*other\.csv\); letters \(.*out\.csv\)/)
    expect(named).toMatchObject({ exitCode: 0 })
    expect(await bench.workdir.read('other.csv')).toBe(outputOf('csv', words))
  })
})

describe('llm batch, run again', () => {
  it('resumes by itself with resume_on_failure, says so, and asks nothing once it is completed', async () => {
    await bench.workdir.write('.llm/batch-config.yaml', 'defaults: { resume_on_failure: true }\n')
    const same = ['batch', 'in.csv', ...asked, '--output', 'out.csv']
    stopAt('e')
    await bench.inProcess(same)
    goOn()
    const before = bench.server.requestCount()

    const resumed = await bench.inProcess(same)
    const completed = await bench.inProcess([...same, '--resume'])

    expect(resumed).toMatchObject({ exitCode: 0 })
    expect(resumed.stderr).toMatch(/^Resuming batch in-\w+: 4 answered, 1 failed so far\.\n/)
    expect(completed).toMatchObject({ exitCode: 0, stdout: '' })
    expect(completed.stderr).toMatch(
      /is completed: 8 answered\. Only new and changed rows are asked\./,
    )
    expect(bench.server.requestCount()).toBe(before + 4)
    expect(await bench.workdir.read('out.csv')).toBe(outputOf('csv', words))
  })

  it('goes on with a batch from standard input: prints all again, or with --only-new the new ones', async () => {
    const line = (word: string): string => `${JSON.stringify({ word })}\n`
    const answer = (word: string): string =>
      `${JSON.stringify({ word, response: `Answer to: Say ${word}` })}\n`
    const text = (words: string, each: (word: string) => string): string =>
      [...words].map(each).join('')
    const nightly = ['batch', '-', ...asked, '--batch-id', 'nightly']
    stopAt('c')
    const stopped = await bench.inProcess(nightly, { stdin: text('abcd', line) })
    goOn()
    await bench.workdir.write('data.jsonl', text('abcd', line))

    const resumed = await bench.shell('cat data.jsonl | llm batch - --batch-id nightly --resume')
    await bench.workdir.write('data.jsonl', text('abXcdY', line))
    stopAt('Y')
    const more = await bench.shell(
      'cat data.jsonl | llm batch - --batch-id nightly --resume --only-new',
    )
    goOn()
    const last = await bench.shell(
      'cat data.jsonl | llm batch - --batch-id nightly --resume --only-new',
    )

    expect(stopped.exitCode).toBe(3)
    expect(resumed).toMatchObject({ exitCode: 0, stdout: text('abcd', answer) })
    expect(more.stdout.split('\n')[0]).toBe(answer('X').trimEnd())
    expect(last).toMatchObject({ exitCode: 0, stdout: answer('Y') })
    expect(Object.fromEntries(bench.server.calls)).toEqual({
      ...{ 'Say a': 1, 'Say b': 1, 'Say c': 2, 'Say d': 1, 'Say X': 1, 'Say Y': 2 },
    })
  })

  it('keeps answers with --no-log until the batch is finished, and not one byte of them longer', async () => {
    const secret = 'the-answer-that-nobody-may-read'
    bench.script.answer = text => `${secret} ${text}`
    stopAt('e')
    await bench.inProcess([...begin, '--no-log'])
    expect(await bytesOfDatabase()).toContain(secret)
    delete bench.script.fault

    expect(await bench.inProcess(['batch', 'in.csv', '--resume'])).toMatchObject({ exitCode: 0 })

    expect(await bench.workdir.read('out.csv')).toContain(`${secret} Say a`)
    const bytes = await bytesOfDatabase()
    expect(bytes).not.toContain(secret)
    expect(bytes).toContain('letters')
    expect(await queryDatabase(bench.workdir.join('llm-user/logs.db'), llmTables)).toEqual([])
  })

  const llmTables = "SELECT name FROM sqlite_master WHERE name IN ('turns', 'responses')"

  /** Of the file and of whatever SQLite left beside it. */
  async function bytesOfDatabase(): Promise<string> {
    const names = await readdir(bench.workdir.join('llm-user'))
    const files = names.filter(name => name.startsWith('logs.db'))
    const bytes = files.map(name => readFile(bench.workdir.join('llm-user', name), 'latin1'))
    return (await Promise.all(bytes)).join('')
  }
})
