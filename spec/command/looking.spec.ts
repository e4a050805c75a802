import { chmod, readdir, readFile, stat } from 'node:fs/promises'
import sqlite3 from 'sqlite3'
import { inputOf, wordsOf } from '../support/answer-rows.js'
import { useCommand } from '../support/use-command.js'

const asked = ['--template', 'Say {word}', '--model', 'gpt-4o-mini', '--output', 'out.csv']

describe('llm batch, only looking', () => {
  const bench = useCommand()
  beforeEach(() => bench.workdir.write('in.csv', inputOf('csv', wordsOf(3))))
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

    expect(await bench.llm(['batch', 'in.csv', ...asked, '--dry-run'])).toMatchObject({
      exitCode: 0,
    })
    expect(await bench.llm(['batch', 'in.csv', ...template, '--dry-run'])).toMatchObject({
      exitCode: 0,
    })

    await expect(stat(path('llm-user/logs.db'))).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it.each([['list'], ['status', 'none'], ['errors', 'none']])(
    "leaves another program's database as it is: %s",
    async (...command) => {
      await makeOther()
      const before = await readFile(path('other.db'))

      await bench.llm(['batch', ...command, '-d', 'other.db'])
      await bench.llm(['batch', 'in.csv', ...asked, '--dry-run', '-d', 'other.db'])

      expect(await readFile(path('other.db'))).toEqual(before)
      expect((await readdir(bench.workdir.path)).filter(name => name.startsWith('other'))).toEqual([
        'other.db',
      ])
    },
  )

  it('lists and shows what is in a database that can be read and not written', async () => {
    await bench.llm(['batch', 'in.csv', ...asked, '--batch-id', 'words', '-d', 'kept.db'])
    await chmod(path('kept.db'), 0o444)

    const list = await bench.llm(['batch', 'list', '-d', 'kept.db'])
    const status = await bench.llm(['batch', 'status', 'words', '-d', 'kept.db'])

    expect({ exitCode: list.exitCode, stderr: list.stderr }).toMatchObject({ exitCode: 0 })
    expect(list.stdout).toContain('words')
    expect({ exitCode: status.exitCode, stderr: status.stderr }).toMatchObject({ exitCode: 0 })
    expect(status.stdout).toContain('3 of 3 rows: 3 answered')
  })
})
