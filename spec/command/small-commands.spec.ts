import { chmod, stat } from 'node:fs/promises'
import {
  changedFiles,
  complaintOf,
  prepareFolder,
  recordedCommands,
  withoutPlace,
  wordsFor,
} from '../support/small-commands.js'
import { useCommand } from '../support/use-command.js'

const recorded = await recordedCommands()

/**
 * Where our words on standard error are others: what llm says of a wrong option does not say what
 * is right.
 */
const otherWords = [['models', 'options', 'set', '5', 'b', 'c'].join(' ')]

describe('llm’s small commands, as recorded from Python’s llm 0.36', () => {
  const bench = useCommand()

  it('answer with its bytes and exit codes, and leave its files', async () => {
    await prepareFolder(bench.workdir)
    const userPath = bench.workdir.join('llm-user')
    const answers = []
    for (const { words } of recorded.commands) {
      const result = await bench.inProcess(wordsFor(words, userPath))
      const { exitCode, stdout, stderr } = result
      answers.push({
        words,
        exitCode,
        stdout: withoutPlace(stdout, userPath),
        complaint: withoutPlace(complaintOf(stderr), userPath),
      })
    }

    const comparable = (commands: typeof recorded.commands) =>
      commands.map(command =>
        otherWords.includes(command.words.join(' ')) ? { ...command, complaint: '' } : command,
      )
    expect(comparable(answers as typeof recorded.commands)).toEqual(comparable(recorded.commands))
    const files: Record<string, string> = {}
    for (const name of changedFiles) files[name] = await bench.workdir.read(`llm-user/${name}`)
    expect(files).toEqual(recorded.files)
  }, 120_000)
})

describe('llm aliases', () => {
  const bench = useCommand()

  it('lists llm’s aliases, those of embeddings too, and the user’s', async () => {
    await bench.inProcess(['aliases', 'set', 'nowhere', 'no-such-model'])
    const { stdout } = await bench.inProcess(['aliases'])
    const json = await bench.inProcess(['aliases', 'list', '--json'])

    expect(stdout).toMatch(/^4o +: gpt-4o$/m)
    expect(stdout).toMatch(/^3-small +: text-embedding-3-small \(embedding\)$/m)
    expect(stdout).toMatch(/^nowhere +: no-such-model$/m)
    expect(JSON.parse(json.stdout)).toMatchObject({
      chatgpt: 'gpt-3.5-turbo',
      nowhere: 'no-such-model',
    })
  })

  it('refuses a broken file instead of writing over it, and shows nothing of a broken keys.json', async () => {
    await bench.workdir.write('llm-user/aliases.json', '{"a": "b",\n oops}')
    await bench.workdir.write('llm-user/keys.json', '{"openai": "sk-secret-1" oops}')

    const alias = await bench.inProcess(['aliases', 'set', 'x', 'gpt-4o'])
    const key = await bench.inProcess(['keys', 'set', 'x', '--value', 'sk-secret-2'])

    expect(alias).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('(line 2)') })
    expect(key.exitCode).toBe(2)
    expect(key.stderr).not.toContain('secret')
    expect(await bench.workdir.read('llm-user/aliases.json')).toContain('oops')
    expect(await bench.workdir.read('llm-user/keys.json')).toContain('sk-secret-1')
  })

  it('keeps the mode of a file that others may read, but never lets them read keys', async () => {
    for (const name of ['aliases.json', 'keys.json']) {
      await chmod(await bench.workdir.write(`llm-user/${name}`, '{}\n'), 0o644)
    }

    await bench.inProcess(['aliases', 'set', 'x', 'gpt-4o'])
    await bench.inProcess(['keys', 'set', 'x', '--value', 'y'])

    const modes = ['aliases.json', 'keys.json'].map(async name => {
      return (await stat(bench.workdir.join('llm-user', name))).mode & 0o777
    })
    expect(await Promise.all(modes)).toEqual([0o644, 0o600])
  })
})

describe('llm fragments', () => {
  const bench = useCommand()

  it('stores standard input under an alias', async () => {
    await bench.llm(['fragments', 'set', 'piped', '-'], { stdin: 'from a pipe\r\n' })
    const list = await bench.inProcess(['fragments', '--json'])

    expect(JSON.parse(list.stdout)).toMatchObject([
      { aliases: ['piped'], source: '-', content: 'from a pipe\n' },
    ])
  })

  it('lists nothing where there is no database, and makes none', async () => {
    expect(await bench.inProcess(['fragments'])).toMatchObject({
      exitCode: 0,
      stdout: '',
      stderr: '',
    })
    await expect(bench.workdir.read('llm-user/logs.db')).rejects.toThrow('ENOENT')
  })

  it('refuses a file that is not a database', async () => {
    await bench.workdir.write(
      'llm-user/logs.db',
      'not a database, but long enough to be one'.repeat(9),
    )

    for (const words of [['fragments'], ['fragments', 'remove', 'x'], ['schemas']]) {
      expect(await bench.inProcess(words)).toMatchObject({
        exitCode: 2,
        stderr: expect.stringContaining('logs.db'),
      })
    }
  })
})

describe('llm schemas', () => {
  const bench = useCommand()

  it('refuses a database that is not there, and a notation that is wrong', async () => {
    const results = [
      await bench.inProcess(['schemas']),
      await bench.inProcess(['schemas', 'list', '-d', 'none.db']),
      await bench.inProcess(['schemas', 'dsl', 'name, age integer']),
      await bench.inProcess(['schemas', 'dsl', 'name, name int']),
      await bench.inProcess(['schemas', 'dsl', ': nameless']),
    ]

    expect(results.map(({ stderr }) => stderr.split('\n')[0])).toEqual([
      `Error: No log database found at ${bench.workdir.join('llm-user/logs.db')}`,
      "Error: Invalid value for '-d' / '--database': File 'none.db' does not exist.",
      "Error: Invalid schema DSL: unknown type 'integer' for field 'age'",
      "Error: Invalid schema DSL: duplicate field name 'name'",
      "Error: Invalid schema DSL: field ': nameless' is missing a name before ':'",
    ])
  })
})
