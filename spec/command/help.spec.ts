import { access, constants, cp, readdir, readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { useCommand } from '../support/use-command.js'

const root = resolve(import.meta.dirname, '../..')

describe('llm --help', () => {
  const bench = useCommand()

  it('lists the commands', async () => {
    const { exitCode, stdout, stderr } = await bench.llm(['--help'])

    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    for (const command of ['batch INPUT', 'batch status [ID]', 'keys set NAME', 'models']) {
      expect(stdout).toContain(command)
    }
  })

  it.each([
    '--template',
    '--output',
    '--model',
    '--system',
    '--rate-limit',
    '--concurrency',
    '--format',
    '--stop-on-error',
    '--no-log',
    '--limit',
    '--dry-run',
    '--input-format',
    '--json-path',
    '--sheet',
    '--max-unpacked',
    '--literal-braces',
    '--allow-empty',
    '--delimiter',
    '--header-row',
    '--rename-duplicates',
    '--encoding',
    '--bad-bytes',
    '--response-column',
    '--unordered',
    '--overwrite',
    '--retries',
    '--timeout',
    '--option',
    '--key',
    '--no-progress',
    '--quiet',
    '--database',
    '--accept-truncated',
    '--no-fail-fast',
    '--deadline',
    '--resume',
    '--batch-id',
    '--restart',
    '--only-new',
    '--param',
    '--fragment',
    '--system-fragment',
    '--extract',
    '--extract-last',
    '--estimate-cost',
    '--sample',
    '--summary',
    '--yes',
    '--json',
  ])('explains %s under batch', async option => {
    expect((await batchHelp()).stdout).toContain(option)
  })

  it('says its version', async () => {
    const { stdout } = await bench.inProcess(['--version'])

    expect(stdout).toMatch(/\b0\.1\.0\b/)
  })

  it('explains itself when nothing is asked', async () => {
    const { stdout, stderr } = await bench.inProcess([])

    expect(stdout + stderr).toContain('batch')
  })

  let help: ReturnType<typeof bench.llm> | undefined
  function batchHelp(): ReturnType<typeof bench.llm> {
    help ??= bench.inProcess(['batch', '--help'])
    return help
  }
})

describe('the bundle of the command', () => {
  const bench = useCommand()
  const built = join(root, 'dist/bin')

  it('starts without the library and without packages', async () => {
    await cp(built, bench.workdir.join('package/dist/bin'), { recursive: true })
    await cp(join(root, 'package.json'), bench.workdir.join('package/package.json'))
    const moved = bench.workdir.join('package/dist/bin/llm.js')

    const version = await bench.shell(`"${process.execPath}" "${moved}" --version`)
    const models = await bench.shell(`"${process.execPath}" "${moved}" models list`)

    expect(version).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^llm-batch \d/) })
    expect(models).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('gpt-4o-mini') })
  })

  it('has every part that is loaded later, each readable by itself', async () => {
    // The other programs in the folder.
    const programs = ['llm.js', 'python-process.js']
    const files = (await readdir(built)).filter(name => name.endsWith('.js'))
    const parts = files.filter(name => !programs.includes(name))
    const urls = parts.map(name => pathToFileURL(join(built, name)).href)

    const { exitCode, stderr } = await bench.shell(
      `"${process.execPath}" --input-type=module -e '${urls.map(url => `await import("${url}")`).join(';')}'`,
    )

    expect(parts.length).toBeGreaterThan(10)
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  })

  it('can be executed as it is', async () => {
    const file = join(built, 'llm.js')

    await access(file, constants.X_OK)
    expect(await readFile(file, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/)
  })

  it('carries the licences of the packages in it', async () => {
    const licences = await readFile(join(built, 'LICENSES.txt'), 'utf8')

    for (const name of ['zod', 'undici', 'csv-parse']) {
      expect(licences).toMatch(new RegExp(`^${name} \\d.*MIT`, 'm'))
    }
  })
})

describe('llm batch COMMAND --help', () => {
  const bench = useCommand()

  it.each([
    ['list', ['--status', '--limit', '--json', '--database']],
    ['status', ['--watch', '--json', 'resume_command']],
    ['errors', ['--format', 'error_code']],
    ['cancel', ['--grace']],
    ['remove', ['--yes']],
    ['prune', ['--older-than', '--yes']],
  ])('explains %s', async (command, words) => {
    const { exitCode, stdout } = await bench.inProcess(['batch', command, '--help'])

    expect(exitCode).toBe(0)
    for (const word of words) expect(stdout).toContain(word)
  })

  it('says which batch is meant by ID, with and without it', async () => {
    const help = await bench.inProcess(['batch', 'status', '--help'])
    const bare = await bench.inProcess(['batch', 'remove'])

    expect(help.stdout).toContain(
      '  ID  id of the batch (default: the newest); see llm batch list\n',
    )
    expect(bare).toMatchObject({
      exitCode: 2,
      stderr:
        'Error: llm batch remove needs ID: id of the batch; see llm batch list.\nSee llm batch remove --help.\n',
    })
  })

  it('never advises to remove somebody who wants to resume', async () => {
    const { exitCode, stderr } = await bench.inProcess(['batch', 'resume', 'reviews-k3x9qd'])

    expect(exitCode).toBe(2)
    expect(stderr).toBe(
      'Error: Unknown command: batch resume\nDid you mean llm batch INPUT --resume?\n',
    )
  })
})

describe('llm keys, llm models', () => {
  const bench = useCommand()

  it('stores a key from standard input, readable by its owner only, and lists its name', async () => {
    const set = await bench.inProcess(['keys', 'set', 'groq'], { stdin: 'gsk-spec\n' })
    const list = await bench.inProcess(['keys', 'list'])
    const get = await bench.inProcess(['keys', 'get', 'groq'])
    const path = await bench.inProcess(['keys', 'path'])

    expect([set.exitCode, list.stdout, get.stdout]).toEqual([0, 'groq\n', 'gsk-spec\n'])
    expect(path.stdout).toBe(`${bench.workdir.join('llm-user', 'keys.json')}\n`)
  })

  it('lists models and keeps a default', async () => {
    const list = await bench.inProcess(['models', 'list'])
    await bench.inProcess(['models', 'default', 'gpt-4o'])
    const standard = await bench.inProcess(['models', 'default'])

    expect(list.stdout).toContain('gpt-4o-mini')
    expect(standard.stdout).toBe('gpt-4o\n')
  })
})
