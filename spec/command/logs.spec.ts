import { chmod, readdir, readFile, stat, truncate } from 'node:fs/promises'
import { resolve } from 'node:path'
import { llmSchemaSql } from '../../lib/store/llm-log/llm-schema.js'
import { inputOf, wordsOf } from '../support/answer-rows.js'
import { makeDatabase, setWal } from '../support/make-database.js'
import { queryDatabase } from '../support/query-database.js'
import { useCommand } from '../support/use-command.js'
import { withoutRights } from '../support/without-rights.js'

/** Made by `spec/interop/store-log-sample.py` from what Python's llm 0.31.1 and 0.36 logged. */
const sample = resolve(import.meta.dirname, 'logs-sample')
const sampleOf = (name: string) => readFile(resolve(sample, name), 'utf8')
const stored: Record<string, string[]> = JSON.parse(await sampleOf('commands.json'))
const rows = await sampleOf('rows.sql')

describe('llm logs', () => {
  const bench = useCommand()
  const path = (name: string) => bench.workdir.join(name)
  const makeSample = (name = 'sample.db') => makeDatabase(path(name), llmSchemaSql + rows)
  const makeHomeSample = async () => {
    await bench.workdir.write('llm-user/logs.db', '')
    await makeSample('llm-user/logs.db')
  }

  describe('refuses', () => {
    it.each([
      ['a query that FTS5 does not take', ['-q', '"'], 'Invalid search query: unterminated string'],
      ['a column in a query', ['--search', 'gpt-4o'], 'Invalid search query: no such column: 4o'],
      ['a fragment that is not there', ['-f', 'nope'], "Fragment 'nope' not found"],
      ['a schema that is not there', ['--schema', 'nope'], 'schema'],
      ['a template that is not there', ['--schema', 't:nope'], 'emplate'],
      ['a type that a schema does not have', ['--schema', 'a int, b what'], 'what'],
      ['a count that is not a number', ['-n', 'many'], '--count expects a whole number'],
      ['two forms at once', ['-s', '--json'], 'Cannot use --short and --json together'],
      ['an unknown batch', ['--batch', 'nope'], 'Unknown batch: nope'],
      ['an unknown option', ['--modle', 'x'], 'Did you mean --model?'],
      ['a word too many', ['list', 'pelican'], 'takes no further word: pelican'],
    ])('%s', async (_what, words, said) => {
      await makeSample()

      const { exitCode, stdout, stderr } = await bench.inProcess([
        'logs',
        ...words,
        '-d',
        'sample.db',
      ])

      expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
      expect(stderr).toContain('Error: ')
      expect(stderr).toContain(said)
      expect(stderr.trim().split('\n').length).toBeLessThanOrEqual(2)
    })

    it('a database that does not exist, and makes none', async () => {
      const results = [
        await bench.inProcess(['logs']),
        await bench.inProcess(['logs', '-d', 'none.db']),
        await bench.inProcess(['logs', 'backup', 'copy.db']),
      ]

      for (const { exitCode, stderr } of results) {
        expect({ exitCode, stderr }).toMatchObject({
          exitCode: 2,
          stderr: expect.stringContaining('No log database found at'),
        })
      }
      expect(await readdir(bench.workdir.path)).toEqual([])
    })

    it('a file that is not a database, and one that is cut off', async () => {
      await bench.workdir.write(
        'text.db',
        'This is a text, and not a database of SQLite. '.repeat(99),
      )
      await makeSample('cut.db')
      await truncate(path('cut.db'), 20_000)

      const text = await bench.inProcess(['logs', '-d', 'text.db'])
      const cut = await bench.inProcess(['logs', '-n', '0', '-d', 'cut.db'])

      expect(text).toMatchObject({
        exitCode: 2,
        stderr: expect.stringContaining('text.db is not a SQLite database'),
      })
      expect(cut).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('is damaged') })
    })

    it('a call whose messages are gone, and a log that a newer llm has changed', async () => {
      await makeSample('gap.db')
      await makeDatabase(path('gap.db'), "DELETE FROM messages WHERE role = 'user'")
      await makeDatabase(
        path('newer.db'),
        `${llmSchemaSql} ALTER TABLE turns RENAME COLUMN tip_message_hash TO tip`,
      )

      expect(await bench.inProcess(['logs', '-d', 'gap.db'])).toMatchObject({
        exitCode: 2,
        stderr: expect.stringContaining('messages of the call 01'),
      })
      expect(await bench.inProcess(['logs', '-d', 'newer.db'])).toMatchObject({
        exitCode: 2,
        stderr: expect.stringContaining('there is no turns.tip_message_hash'),
      })
    })

    it('to back up over a file, or into a folder that is not there', async () => {
      await makeHomeSample()
      await bench.workdir.write('kept.txt', 'Keep me.')

      const results = [
        await bench.inProcess(['logs', 'backup', 'kept.txt']),
        await bench.inProcess(['logs', 'backup', 'none/copy.db']),
      ]

      expect(results.map(({ exitCode }) => exitCode)).toEqual([2, 2])
      expect(await bench.workdir.read('kept.txt')).toBe('Keep me.')
    })
  })

  it.each(Object.keys(stored))('shows byte by byte what Python shows: %s', async name => {
    await makeSample()

    const { exitCode, stdout } = await bench.inProcess([
      'logs',
      ...(stored[name] as string[]),
      '-d',
      'sample.db',
    ])

    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: await sampleOf(name) })
  })

  it('takes the further names of options', async () => {
    await makeSample()
    await makeHomeSample()
    const [conversation] = stored['conversation.txt']?.slice(1) ?? []

    const shown: string[] = []
    for (const words of [
      ['--conversation', String(conversation)],
      ['list', `--cid=${conversation}`, '-p', 'sample.db'],
      ['--search', 'pelican', '-n', '0', '--path', 'sample.db'],
      ['-n', '0', '--extract-last'],
    ]) {
      shown.push((await bench.inProcess(['logs', ...words])).stdout)
    }

    const expected = ['conversation.txt', 'conversation.txt', 'search.txt', 'extract-last.txt']
    expect(shown).toEqual(await Promise.all(expected.map(sampleOf)))
  })

  it('shows nothing of a database without a log, and says so', async () => {
    await makeDatabase(path('other.db'), 'CREATE TABLE notes (text)')

    expect(await bench.inProcess(['logs', '-d', 'other.db'])).toMatchObject({
      exitCode: 0,
      stdout: '',
      stderr: 'This database has no log of llm.\n',
    })
    expect(await bench.inProcess(['logs', '-d', 'other.db', '--json', '-n', '0'])).toMatchObject({
      exitCode: 0,
      stdout: '[]\n',
    })
  })

  it('shows a log of an early llm, whose tables lack columns', async () => {
    await makeDatabase(
      path('early.db'),
      `CREATE TABLE conversations (id TEXT PRIMARY KEY, name TEXT, model TEXT);
       CREATE TABLE responses (id TEXT PRIMARY KEY, model TEXT, prompt TEXT, system TEXT,
         prompt_json TEXT, options_json TEXT, response TEXT, response_json TEXT,
         conversation_id TEXT, duration_ms INTEGER, datetime_utc TEXT);
       INSERT INTO responses VALUES ('01a', 'gpt-4', 'Hi', NULL, NULL, '{}', 'Hello', NULL, '01b', 5,
         '2023-09-01T10:00:00.5+00:00')`,
    )
    const words = ['-d', 'early.db', '--id-gt', '0', '-m', 'gpt-4', '-u']

    expect(await bench.inProcess(['logs', ...words])).toMatchObject({
      exitCode: 0,
      stdout: `# 2023-09-01T10:00:00    conversation: 01b id: 01a

Model: **gpt-4**

## Prompt

Hi

## Response

Hello

## Token usage

Duration: 5ms (0s)

`,
    })
    for (const filter of [['-f', 'nope.txt'], ['--tools'], ['-T', 'x'], ['--schema', 'a, b']]) {
      await bench.workdir.write('nope.txt', 'No call has this.')
      const { exitCode, stdout } = await bench.inProcess(['logs', '-d', 'early.db', ...filter])
      expect({ filter, exitCode, stdout }).toEqual({ filter, exitCode: 0, stdout: '' })
    }
  })

  it.each([
    ['that can be read and not written', 0o444, 0o755],
    ['in a folder where nothing can be written', 0o600, 0o555],
  ])('leaves nothing beside a database %s', async (_what, fileMode, mode) => {
    await bench.workdir.write('kept/empty', '')
    await makeSample('kept/logs.db')
    await setWal(path('kept/logs.db'))
    const before = await readFile(path('kept/logs.db'))
    await chmod(path('kept/logs.db'), fileMode)
    await chmod(path('kept'), mode)

    const shown = await bench.shell(`${withoutRights}llm logs -n 0 -u -d kept/logs.db`)

    expect(shown).toMatchObject({ exitCode: 0, stdout: await sampleOf('markdown.txt') })
    await chmod(path('kept'), 0o755)
    expect(await readFile(path('kept/logs.db'))).toEqual(before)
    expect((await readdir(path('kept'))).sort()).toEqual(['empty', 'logs.db'])
  })

  it('ends quietly if the reader closes the pipe', async () => {
    await makeSample()

    const { exitCode, stdout, stderr } = await bench.shell(
      'set -o pipefail; for n in 1 2 3; do llm logs -n 0 --json -d sample.db | head -n 1 || exit; done',
    )

    expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 0, stdout: '[\n[\n[\n', stderr: '' })
  })

  it('shows the rows of a batch in the order of its input, whatever else is logged', async () => {
    await bench.workdir.write('in.csv', inputOf('csv', wordsOf(12)))
    bench.script.latencyMs = text => (text.includes(wordsOf(1)[0] ?? '') ? 50 : 0)
    const asked = ['--template', 'Say {word}', '--model', 'gpt-4o-mini', '--concurrency', '4']
    await bench.inProcess(['batch', 'in.csv', ...asked, '--output', 'a.csv', '--batch-id', 'first'])
    await bench.inProcess([
      'batch',
      'in.csv',
      ...asked,
      '--output',
      'b.csv',
      '--batch-id',
      'second',
    ])

    const prompts = async (...words: string[]) => {
      const { stdout } = await bench.inProcess(['logs', '--batch', 'first', '--json', ...words])
      return JSON.parse(stdout).map(({ prompt }: { prompt: string }) => prompt)
    }

    const all = wordsOf(12).map(word => `Say ${word}`)
    expect(await prompts()).toEqual(all)
    expect(await prompts('-n', '5')).toEqual(all.slice(0, 5))
    expect(await prompts('-q', `"${wordsOf(12)[3]}"`)).toEqual([all[3]])
    expect(await prompts('-m', '4o')).toEqual([])
    const { stdout } = await bench.inProcess(['logs', '--batch', 'first', '-r'])
    expect(stdout).toBe(`Answer to: ${all.at(-1)}\n`)
  })

  it('shows each answer of a row that calls tools, also of a row that fails so', async () => {
    await bench.workdir.write('in.txt', 'CALL llm_version\nCALL llm_version FOREVER\nPlain\n')
    const asked = ['-m', 'gpt-4o-mini', '-T', 'llm_version', '--chain-limit', '2']
    const { exitCode } = await bench.inProcess([
      ...['batch', 'in.txt', ...asked, '--output', 'a.csv', '--batch-id', 'tools'],
    ])
    expect(exitCode).toBe(1)

    const { stdout } = await bench.inProcess(['logs', '--batch', 'tools', '--json'])
    const calls: any[] = JSON.parse(stdout)

    const shown = calls.map(({ prompt, tool_calls, tool_results }) => [
      prompt,
      tool_calls.length,
      tool_results.length,
    ])
    expect(shown).toEqual([
      ['CALL llm_version', 1, 0],
      ['', 0, 1],
      ['CALL llm_version FOREVER', 1, 0],
      ['', 1, 1],
      ['Plain', 0, 0],
    ])
    const used = await bench.inProcess(['logs', '--batch', 'tools', '--tools', '--short'])
    expect(used.stdout.match(/^- model:/gm)).toHaveLength(2)
  })

  describe('path, status, on, off and backup', () => {
    it('prints the path, and turns logging off and on', async () => {
      const folder = path('llm-user')
      expect((await bench.inProcess(['logs', 'path'])).stdout).toBe(`${folder}/logs.db\n`)
      expect((await bench.inProcess(['logs', 'status'])).stdout).toBe(
        `No log database found at ${folder}/logs.db\n`,
      )

      expect(await bench.inProcess(['logs', 'off'])).toMatchObject({ exitCode: 0, stdout: '' })
      expect(await readdir(folder)).toEqual(['logs-off'])
      expect(await bench.inProcess(['logs', 'off'])).toMatchObject({ exitCode: 0 })

      expect(await bench.inProcess(['logs', 'on'])).toMatchObject({ exitCode: 0, stdout: '' })
      expect(await bench.inProcess(['logs', 'on'])).toMatchObject({ exitCode: 0 })
      expect(await readdir(folder)).toEqual([])
    })

    it('tells how much is logged', async () => {
      await makeHomeSample()
      await bench.inProcess(['logs', 'off'])
      const count = async (table: string) =>
        (await queryDatabase(path('llm-user/logs.db'), `SELECT count(*) AS n FROM ${table}`))[0].n
      const { size } = await stat(path('llm-user/logs.db'))

      expect((await bench.inProcess(['logs', 'status'])).stdout).toBe(
        [
          'Logging is OFF',
          `Found log database at ${path('llm-user/logs.db')}`,
          `Number of threads logged:\t${await count('threads')}`,
          `Number of turns logged:\t\t${await count('turns')}`,
          `Number of legacy conversations:\t${await count('conversations')}`,
          `Number of legacy responses:\t${await count('responses')}`,
          `Database file size: \t\t${(size / 1024).toFixed(2)}KB\n`,
        ].join('\n'),
      )
    })

    it('copies the database whole, for its owner only', async () => {
      await makeHomeSample()

      const { exitCode, stdout } = await bench.inProcess(['logs', 'backup', 'copy.db'])

      const { size, mode } = await stat(path('copy.db'))
      expect(exitCode).toBe(0)
      expect(stdout).toBe(`Backed up ${(size / 1024).toFixed(2)}KB to copy.db\n`)
      expect(mode & 0o777).toBe(0o600)
      expect(await queryDatabase(path('copy.db'), 'PRAGMA integrity_check')).toEqual([
        { integrity_check: 'ok' },
      ])
      const shown = await bench.inProcess(['logs', '-n', '0', '-u', '-d', 'copy.db'])
      expect(shown.stdout).toBe(await sampleOf('markdown.txt'))
    })
  })
})
