import { chmod, mkdir, symlink } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { useCommand } from '../support/use-command.js'

const builtCommand = resolve(import.meta.dirname, '../../dist/bin/llm.js')
const node = dirname(process.execPath)

/** Stands for Python's llm: prints its words, and its standard input if that is asked for. */
const otherLlm = `#!/bin/bash
case "$1" in
  cat) exec cat ;;
  fail) echo "it complains" >&2; exit 7 ;;
  die) kill -KILL $$ ;;
  wait) trap 'echo "got a signal"; exit 5' TERM INT; echo ready; while :; do sleep 0.05; done ;;
  large) head -c 3000000 /dev/zero; exit 0 ;;
esac
printf '[%s]' "$@"
`

describe('a command that llm-batch does not have', () => {
  const bench = useCommand()

  /** A PATH with our own command first, and then the given folders. */
  const pathWith = (...folders: readonly string[]) => ({
    PATH: [...folders, node, '/usr/bin', '/bin'].join(':'),
  })

  async function install(folder: string, script: string): Promise<string> {
    const path = await bench.workdir.write(`${folder}/llm`, script)
    await chmod(path, 0o755)
    return dirname(path)
  }

  it.each([
    [['chat', '-m', 'gpt-4o'], '[chat][-m][gpt-4o]'],
    [['Name a lake in Italy', '--no-stream'], '[Name a lake in Italy][--no-stream]'],
    [['-m', '4o', 'hi'], '[-m][4o][hi]'],
    [['templates', 'edit', 'x'], '[templates][edit][x]'],
    [['fragments', 'loaders'], '[fragments][loaders]'],
    [['models', 'options', 'everything'], '[models][options][everything]'],
    [['prompt', '', '--', '-x', "it's $HOME", 'ü'], "[prompt][][--][-x][it's $HOME][ü]"],
  ])('goes to the next llm on the PATH with its words: %j', async (words, expected) => {
    const env = pathWith(await install('python', otherLlm))

    expect(await bench.llm(words, { env })).toEqual({
      exitCode: 0,
      signal: undefined,
      stdout: expected,
      stderr: '',
    })
  })

  it('has the standard streams, and gives its exit code', async () => {
    const env = pathWith(await install('python', otherLlm))

    const [cat, fail, die, large] = [
      await bench.llm(['cat'], { env, stdin: 'from a pipe' }),
      await bench.llm(['fail'], { env }),
      await bench.llm(['die'], { env }),
      await bench.llm(['large'], { env }),
    ]

    expect(cat).toMatchObject({ exitCode: 0, stdout: 'from a pipe' })
    expect(fail).toMatchObject({ exitCode: 7, stderr: 'it complains\n' })
    expect(die).toMatchObject({ exitCode: 137 })
    expect(large.stdout).toHaveLength(3_000_000)
  })

  it.each(['SIGTERM', 'SIGINT'] as const)('gets the signal %s', async signal => {
    const env = pathWith(await install('python', otherLlm))
    const running = bench.start(['wait'], { env })
    await running.printed('ready')

    running.kill(signal)

    expect(await running.result).toMatchObject({ exitCode: 5, stdout: 'ready\ngot a signal\n' })
  })

  it('passes our own command over, whatever its name on the PATH is', async () => {
    const python = await install('python', otherLlm)
    const linked = bench.workdir.join('linked')
    await mkdir(linked)
    await symlink(builtCommand, bench.workdir.join('linked/llm'))
    const shim = await install(
      'shim',
      `#!/bin/sh\nexec "${process.execPath}" "${builtCommand}" "$@"\n`,
    )
    const child = await install(
      'child',
      `#!/bin/sh\n"${process.execPath}" "${builtCommand}" "$@"\n`,
    )
    await bench.workdir.write('copy/package.json', '{"name": "llm-batch"}')
    await bench.workdir.write('copy/dist/bin/llm', '#!/bin/sh\necho "a copy"\n')
    await chmod(bench.workdir.join('copy/dist/bin/llm'), 0o755)
    const folders = [linked, shim, bench.workdir.join('copy/dist/bin'), child]

    const found = await bench.shell('llm chat x', { env: pathWith(...folders, python) })
    const none = await bench.shell('llm chat x', { env: pathWith(...folders) })

    expect(found).toMatchObject({ exitCode: 0, stdout: '[chat][x]', stderr: '' })
    expect(none).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(/^Error: Unknown command: chat\n.*uv tool install llm/),
    })
  })

  it('does not take a folder, or a file that cannot be run, for an llm', async () => {
    const python = await install('python', otherLlm)
    await bench.workdir.write('text/llm', 'notes')
    await mkdir(bench.workdir.join('folder/llm'), { recursive: true })
    const env = pathWith(bench.workdir.join('text'), bench.workdir.join('folder'), python)

    expect(await bench.llm(['chat'], { env })).toMatchObject({ exitCode: 0, stdout: '[chat]' })
  })

  it('says so if the other llm cannot be started', async () => {
    const env = pathWith(await install('broken', '#!/no/such/interpreter\n'))

    expect(await bench.llm(['chat'], { env })).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('/broken/llm cannot be started'),
    })
  })

  it('says how to get the other llm where there is none', async () => {
    const results = [
      await bench.llm(['chat']),
      await bench.llm(['Name a lake']),
      await bench.llm(['-m', '4o', 'hi']),
    ]

    for (const { exitCode, stderr } of results) {
      expect(exitCode).toBe(2)
      expect(stderr).toMatch(/^Error: Unknown .*\n.*uv tool install llm.*pipx install llm/)
    }
  })

  it('is not handed over if it looks like a misspelt command of ours, which would be asked and paid for', async () => {
    const python = await install('python', otherLlm)
    const env = pathWith(python)

    expect(await bench.llm(['bacth', 'in.csv'], { env })).toMatchObject({
      exitCode: 2,
      stdout: '',
      stderr: `Error: Unknown command: bacth\nDid you mean llm batch? If the other llm is meant: ${python}/llm …\n`,
    })
    expect(await bench.llm(['bacth', 'in.csv'])).toMatchObject({
      stderr: 'Error: Unknown command: bacth\nDid you mean llm batch?\n',
    })
    expect(await bench.llm(['batch', 'statsu', 'x-1'], { env })).toMatchObject({ exitCode: 2 })
    for (const words of [
      ['tools'],
      ['embed-models'],
      ['similar'],
      ['openai'],
      ['install'],
      ['plugins'],
    ]) {
      expect(await bench.llm(words, { env })).toMatchObject({ stdout: `[${words}]` })
    }
  })
})
