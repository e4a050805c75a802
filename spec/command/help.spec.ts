import { useCommand } from '../support/use-command.js'

describe('llm --help', () => {
  const bench = useCommand()

  it('lists the commands', async () => {
    const { exitCode, stdout, stderr } = await bench.llm(['--help'])

    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    for (const command of ['batch INPUT', 'batch status ID', 'keys set NAME', 'models']) {
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
    '--retry-failed',
    '--only-new',
  ])('explains %s under batch', async option => {
    expect((await batchHelp()).stdout).toContain(option)
  })

  it('says its version', async () => {
    const { stdout } = await bench.llm(['--version'])

    expect(stdout).toMatch(/\b0\.1\.0\b/)
  })

  it('explains itself when nothing is asked', async () => {
    const { stdout, stderr } = await bench.llm([])

    expect(stdout + stderr).toContain('batch')
  })

  let help: ReturnType<typeof bench.llm> | undefined
  function batchHelp(): ReturnType<typeof bench.llm> {
    help ??= bench.llm(['batch', '--help'])
    return help
  }
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
    const { exitCode, stdout } = await bench.llm(['batch', command, '--help'])

    expect(exitCode).toBe(0)
    for (const word of words) expect(stdout).toContain(word)
  })

  it('says which batch is meant by ID, with and without it', async () => {
    const help = await bench.llm(['batch', 'status', '--help'])
    const bare = await bench.llm(['batch', 'status'])

    expect(help.stdout).toContain('  ID  which batch, as llm batch list names it\n')
    expect(bare).toMatchObject({
      exitCode: 2,
      stderr:
        'Error: llm batch status needs ID: which batch, as llm batch list names it.\nSee llm batch status --help.\n',
    })
  })

  it('never advises to remove somebody who wants to resume', async () => {
    const { exitCode, stderr } = await bench.llm(['batch', 'resume', 'reviews-k3x9qd'])

    expect(exitCode).toBe(2)
    expect(stderr).toBe(
      'Error: Unknown command: batch resume\nIt is an option: llm batch INPUT --resume\n',
    )
  })
})

describe('llm keys, llm models', () => {
  const bench = useCommand()

  it('stores a key from standard input, readable by its owner only, and lists its name', async () => {
    const set = await bench.llm(['keys', 'set', 'groq'], { stdin: 'gsk-spec\n' })
    const list = await bench.llm(['keys', 'list'])
    const get = await bench.llm(['keys', 'get', 'groq'])
    const path = await bench.llm(['keys', 'path'])

    expect([set.exitCode, list.stdout, get.stdout]).toEqual([0, 'groq\n', 'gsk-spec\n'])
    expect(path.stdout).toBe(`${bench.workdir.join('llm-user', 'keys.json')}\n`)
  })

  it('lists models and keeps a default', async () => {
    const list = await bench.llm(['models', 'list'])
    await bench.llm(['models', 'default', 'gpt-4o'])
    const standard = await bench.llm(['models', 'default'])

    expect(list.stdout).toContain('gpt-4o-mini')
    expect(standard.stdout).toBe('gpt-4o\n')
  })
})
