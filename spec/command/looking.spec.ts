import { createHash } from 'node:crypto'
import { chmod, mkdir, readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import sqlite3 from 'sqlite3'
import { inputOf, wordsOf } from '../support/answer-rows.js'
import type { CommandResult } from '../support/run-command.js'
import { scale } from '../support/scale.js'
import { useCommand } from '../support/use-command.js'
import { withoutRights } from '../support/without-rights.js'

const asked = ['--template', 'Say {word}', '--model', 'gpt-4o-mini', '--output', 'out.csv']

describe('llm batch, only looking', () => {
  const bench = useCommand()
  beforeEach(async () => {
    await bench.workdir.write('in.csv', inputOf('csv', wordsOf(3)))
    await mkdir(bench.workdir.join('kept'))
  })
  const path = (name: string): string => bench.workdir.join(name)

  /** A database of another program's, in SQLite's own default mode. */
  const makeOther = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const database = new sqlite3.Database(path('other.db'))
      database.exec('CREATE TABLE notes (text); INSERT INTO notes VALUES (1)')
      database.close(error => (error ? reject(error) : resolve()))
    })

  it('makes no database for a dry run, also where the template names a fragment', async () => {
    await bench.workdir.write('context.txt', 'Context.')
    const template = ['--template', '!fragment context.txt\nSay {word}']

    expect(await bench.inProcess(['batch', 'in.csv', ...asked, '--dry-run'])).toMatchObject({
      exitCode: 0,
    })
    expect(await bench.inProcess(['batch', 'in.csv', ...template, '--dry-run'])).toMatchObject({
      exitCode: 0,
    })

    await expect(stat(path('llm-user/logs.db'))).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it.each([['list'], ['status', 'none'], ['errors', 'none']])(
    "leaves another program's database as it is: %s",
    async (...command) => {
      await makeOther()
      const before = await readFile(path('other.db'))

      await bench.inProcess(['batch', ...command, '-d', 'other.db'])
      await bench.inProcess(['batch', 'in.csv', ...asked, '--dry-run', '-d', 'other.db'])

      expect(await readFile(path('other.db'))).toEqual(before)
      expect((await readdir(bench.workdir.path)).filter(name => name.startsWith('other'))).toEqual([
        'other.db',
      ])
    },
  )

  /** Each look, and what it says when it has found the batch, or for a dry run, the input. */
  const looks = [
    ['batch list', 'words'],
    ['batch status words', '3 of 3 rows: 2 answered'],
    ['batch errors words', 'word'],
    ["batch in.csv -t $'!fragment context.txt\\nSay {word}' -m gpt-4o-mini --dry-run", 'Say '],
  ] as const

  /**
   * What stands in a folder, by the hash of its bytes; but the index of a `-wal`, which every
   * reader may make anew.
   */
  async function contentOf(folder: string): Promise<Record<string, string>> {
    const names = await readdir(path(folder))
    const hashes = names.map(async name => {
      const bytes = await readFile(path(join(folder, name)))
      const hash = createHash('sha256').update(bytes).digest('hex')
      return [name, name.endsWith('-shm') ? '' : hash]
    })
    return Object.fromEntries(await Promise.all(hashes))
  }

  /** Runs a look for which file modes hold. */
  async function look(words: string): Promise<CommandResult> {
    return bench.shell(`${withoutRights}llm ${words} -d kept/logs.db`)
  }

  describe('at a finished batch', () => {
    beforeEach(async () => {
      await bench.workdir.write('context.txt', 'Context.')
      bench.script.fault = (_number, text) =>
        text.includes(wordsOf(1)[0] ?? '') ? { kind: 'reply', status: 400, body: {} } : undefined
      await bench.inProcess([
        'batch',
        'in.csv',
        ...asked,
        '--batch-id',
        'words',
        '-d',
        'kept/logs.db',
      ])
    })
    afterEach(() => chmod(path('kept'), 0o755))

    // `make test` looks at each database in some of the ways, `make soak` in all of them.
    it.each([
      ['that it may write to', 0o600, 0o755, looks.slice(0, 1)],
      ['that can be read and not written', 0o444, 0o755, looks.slice(1, 3)],
      ['in a folder where nothing can be written', 0o600, 0o555, looks.slice(2)],
    ])(
      'in a database %s, shows the batch and leaves nothing',
      async (_what, file, folder, some) => {
        const before = await contentOf('kept')
        await chmod(path('kept/logs.db'), file)
        await chmod(path('kept'), folder)

        for (const [words, found] of scale > 1 ? looks : some) {
          const { exitCode, stdout, stderr } = await look(words)

          expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 })
          expect(stdout).toContain(found)
        }
        expect(await contentOf('kept')).toEqual(before)
        expect(Object.keys(before)).toEqual(['logs.db'])
      },
    )
  })

  it('looks at a batch as it runs, from where nothing can be written', async () => {
    bench.server.hold()
    const words = ['batch', 'in.csv', ...asked, '--batch-id', 'words', '-d', 'kept/logs.db']
    const running = bench.start(words)
    await bench.server.arrived(1)
    await chmod(path('kept'), 0o555)
    const files = await readdir(path('kept'))

    const status = await look('batch status words')

    expect(status).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('running') })
    expect(await readdir(path('kept'))).toEqual(files)
    await chmod(path('kept'), 0o755)
    bench.server.release()
    expect(await running.result).toMatchObject({ exitCode: 0 })
    expect(await readdir(path('kept'))).toEqual(['logs.db'])
  })

  it('sees what a killed run left beside a database, from where nothing can be written', async () => {
    bench.server.hold()
    const words = ['batch', 'in.csv', ...asked, '--batch-id', 'words', '-d', 'kept/logs.db']
    const running = bench.start(words)
    await bench.server.arrived(1)
    running.kill('SIGKILL')
    await running.result
    const before = await contentOf('kept')
    expect(Object.keys(before)).toContain('logs.db-wal')
    await chmod(path('kept'), 0o555)

    const status = await look('batch status words')

    expect(status).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('words') })
    expect(await contentOf('kept')).toEqual(before)
    await chmod(path('kept'), 0o755)
  })

  it('leaves nothing beside the database when it watched a batch to its end', async () => {
    // A reader that has the file open in the moment in which the writer closes it cannot remove
    // SQLite's files. Three times in a row it has not.
    for (let tries = 0; tries < 3; tries += 1) {
      await watchToItsEnd(`words${tries}`)
      if ((await readdir(path('kept'))).length === 1) break
    }

    expect(await readdir(path('kept'))).toEqual(['logs.db'])
  })

  async function watchToItsEnd(id: string): Promise<void> {
    const before = bench.server.requestCount()
    bench.server.hold()
    const words = ['batch', 'in.csv', ...asked, '--batch-id', id, '-d', 'kept/logs.db']
    const running = bench.start([...words, '--overwrite'])
    await bench.server.arrived(before + 1)
    const watching = bench.start(['batch', 'status', id, '--watch', '-d', 'kept/logs.db'])
    await watching.printed('running')
    bench.server.release()

    expect(await running.result).toMatchObject({ exitCode: 0 })
    expect(await watching.result).toMatchObject({ exitCode: 0 })
  }
})
