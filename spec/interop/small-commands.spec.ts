import { cp, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { runInProcess } from '../cli/run-in-process.js'
import {
  changedFiles,
  complaintOf,
  prepareFolder,
  type RecordedCommands,
  recordedCommands,
  smallCommands,
  withoutPlace,
  wordsFor,
} from '../support/small-commands.js'
import { useCommand } from '../support/use-command.js'
import { makeWorkdir, type Workdir } from '../support/workdir.js'
import { isPythonLlmThere, runPythonLlm } from './python-llm.js'

const describeWithPython = isPythonLlmThere || process.env.CI === 'true' ? describe : describe.skip

describeWithPython('llm’s small commands, beside Python’s llm 0.36', () => {
  const bench = useCommand()
  let theirs: Workdir
  beforeEach(async () => {
    theirs = await makeWorkdir()
  })
  afterEach(() => theirs.remove())

  const python = (folder: Workdir, commands: readonly (readonly string[])[]) => {
    const userPath = folder.join('llm-user')
    const asked = commands.map(words => wordsFor(words, userPath))
    return runPythonLlm({ version: '0.36', userPath, baseUrl: bench.server.url }, asked)
  }

  /** What Python's llm answers now, in the form of the recorded file. */
  async function recordAnew(): Promise<RecordedCommands> {
    await prepareFolder(theirs)
    const results = await python(theirs, smallCommands)
    const userPath = theirs.join('llm-user')
    const commands = results.map(({ exitCode, stdout = '', stderr = '' }, index) => ({
      words: smallCommands[index] ?? [],
      exitCode,
      stdout: withoutPlace(stdout, userPath),
      complaint: withoutPlace(complaintOf(stderr), userPath),
    }))
    const files: Record<string, string> = {}
    for (const name of changedFiles) files[name] = await theirs.read(`llm-user/${name}`)
    return { recordedWith: 'llm 0.36', commands, files }
  }

  it('gives the answers that are recorded for the specs without Python', async () => {
    const now = await recordAnew()
    // To record them again, after a change of the table: LLM_SPEC_RECORD=1.
    if (process.env.LLM_SPEC_RECORD === '1') {
      const path = resolve(import.meta.dirname, '../support/small-commands.json')
      await writeFile(path, `${JSON.stringify(now, undefined, 2)}\n`)
    }

    expect(await recordedCommands()).toEqual(now)
  }, 180_000)

  it('shows the fragments that Python stored to the byte, and Python shows ours', async () => {
    const reading = [
      ['fragments'],
      ['fragments', 'list', '--aliases', '-q', 'docs'],
      ['fragments', 'list', '--json'],
      ['fragments', 'show', 'wide'],
    ]
    const setting = smallCommands.filter(
      ([family, verb]) => family === 'fragments' && verb === 'set',
    )
    const userPath = bench.workdir.join('llm-user')
    await prepareFolder(theirs)
    await python(theirs, setting)
    await cp(theirs.join('llm-user'), userPath, { recursive: true })

    await expectAlike(reading)
    for (const [alias, name] of [['again', 'docs'] as const, ['mine', 'USER/mine.txt'] as const]) {
      await bench.workdir.write('llm-user/mine.txt', 'Ours: é\nand more\n')
      const words = wordsFor(['fragments', 'set', alias, name], userPath)
      expect(await runInProcess(words, { folder: userPath })).toMatchObject({ code: 0, error: '' })
    }
    await expectAlike(reading)
  }, 180_000)

  it.each(['0.36', '0.31.1'] as const)(
    'lets Python %s find the fragments of a batch in its log, those of the system prompt too',
    async version => {
      const userPath = bench.workdir.join('llm-user')
      const options = { version, userPath, baseUrl: bench.server.url }
      await runPythonLlm(options, [['fragments', 'set', 'docs', '-']])
      await bench.workdir.write('rules.txt', 'Be brief.')
      await bench.workdir.write('in.csv', 'prompt\none\n')
      const parts = ['-f', 'docs', '-f', 'rules.txt', '--sf', 'rules.txt', '-s', 'Be kind.']
      await bench.llm(['batch', 'in.csv', '--model', 'gpt-4o-mini', '-O', 'out.csv', ...parts])

      const [listed, found, continued] = await runPythonLlm(options, [
        ['logs', '--json', '-n', '0'],
        ['logs', '--json', '-f', bench.workdir.join('rules.txt')],
        ['-c', 'And two?', '--no-stream'],
      ])

      const [row] = JSON.parse(listed?.output ?? '')
      expect(row).toMatchObject({
        response: expect.stringContaining('one'),
        prompt_fragments: [{ aliases: ['docs'] }, { content: 'Be brief.' }],
        system_fragments: [{ content: 'Be brief.' }],
        system: version === '0.36' ? 'Be brief.\n\nBe kind.' : 'Be kind.',
      })
      expect(JSON.parse(found?.output ?? '')).toHaveLength(1)
      expect(continued?.exitCode).toBe(0)
      const [{ body }] = bench.server.requests.slice(-1) as any
      const { messages } = body
      expect(messages[0]).toEqual({
        role: 'system',
        content: 'Be brief.\n\nBe kind.',
      })
    },
    180_000,
  )

  it('shows the schemas that Python logged to the byte', async () => {
    const userPath = bench.workdir.join('llm-user')
    await runPythonLlm({ version: '0.31.1', userPath, baseUrl: bench.server.url }, [
      ['-m', 'gpt-4o-mini', '--no-stream', '--schema', 'name, age int: in years', 'one'],
      ['-m', 'gpt-4o-mini', '--no-stream', '--schema-multi', 'näme, tags', 'two'],
      ['-m', 'gpt-4o-mini', '--no-stream', '--schema', 'name, age int: in years', 'three'],
      [
        '-m',
        'gpt-4o-mini',
        '--no-stream',
        '--schema',
        '{"type":"object","properties":{"4":{"type":"object","properties":{"b":{"type":"array","items":{"type":"object","properties":{"c":{"minimum":1.0}}}}}}}}',
        'four',
      ],
    ])

    const { out } = await runInProcess(['schemas', '--nl'], { folder: userPath })
    const ids = out.trim().split('\n')
    expect(ids).toHaveLength(3)

    await expectAlike([
      ['schemas'],
      ['schemas', 'list', '--full'],
      ['schemas', 'list', '--json'],
      ['schemas', '--nl', '-q', 'age'],
      ['schemas', 'list', '-q', 'age', '-q', 'zzz'],
      ['schemas', 'list', '-d', 'USER/logs.db'],
      ...ids.map(line => ['schemas', 'show', JSON.parse(line).id]),
    ])
  }, 180_000)

  /** Both programs answer the same from the same folder. */
  async function expectAlike(commands: readonly (readonly string[])[]): Promise<void> {
    const userPath = bench.workdir.join('llm-user')
    const results = await python(bench.workdir, commands)
    for (const [index, words] of commands.entries()) {
      const ours = await runInProcess(wordsFor(words, userPath), { folder: userPath })
      const { exitCode, stdout } = results[index] ?? {}
      expect({ words, code: ours.code, out: ours.out }).toEqual({
        words,
        code: exitCode,
        out: stdout,
      })
    }
  }
})
