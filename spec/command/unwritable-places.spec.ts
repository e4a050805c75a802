import { existsSync } from 'node:fs'
import { chmod, mkdir, readdir } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { CommandResult } from '../support/run-command.js'
import { useCommand } from '../support/use-command.js'
import { withoutRights } from '../support/without-rights.js'

const node24 = resolve(import.meta.dirname, '../../.cache/node-24/node_modules/.bin/node')
const itOnNode24 = existsSync(node24) || process.env.CI === 'true' ? it : it.skip

/** Commands that write in llm's folder. */
const writing = [
  'batch rows.csv -t {name} -m echo -q',
  'keys set openai --value sk-spec',
  'models default echo',
  'models add one ./one.gguf',
  'models pull smollm2',
  'aliases set mini gpt-4o-mini',
  'models options set gpt-4o temperature 0.2',
  'fragments set note rows.csv',
  'templates path',
  'logs off',
]

describe('a folder in which nothing can be written', () => {
  const bench = useCommand()

  beforeEach(async () => {
    await bench.workdir.write('rows.csv', 'name\nAda\n')
    await bench.workdir.write('one.gguf', 'GGUF')
    await mkdir(bench.workdir.join('locked'))
    await chmod(bench.workdir.join('locked'), 0o555)
  })

  function expectRefused(ended: CommandResult, command: string): void {
    expect({ command, ...ended }).toMatchObject({ exitCode: 2, stdout: '' })
    expect(ended.stderr).toMatch(/^Error: .+\n.+\n$/)
    expect(ended.stderr).not.toMatch(/defect| {4}at /)
  }

  // Not even root can write there.
  const places = ['/proc/x', '/proc/self/x/y', '/sys/x', '/dev/null/x', 'one.gguf']

  it.each(places)('is refused as llm’s folder, with what to do: %s', async place => {
    const env = { LLM_USER_PATH: place.startsWith('/') ? place : bench.workdir.join(place) }

    for (const command of writing) {
      expectRefused(await bench.inProcess(command.split(' '), { env }), command)
    }
  })

  it.each(writing)('is refused as llm’s folder by its mode, with what to do: %s', async command => {
    const env = { LLM_USER_PATH: bench.workdir.join('locked/user') }

    expectRefused(await bench.shell(`${withoutRights} llm ${command}`, { env }), command)
  })

  it.each([
    ['--output', 'locked/out.csv'],
    ['-d', 'locked/other.db'],
  ])('is refused by its mode as the place of %s: %s', async (option, place) => {
    const command = `llm batch rows.csv -t '{name}' -m echo -q ${option} ${place}`

    expectRefused(await bench.shell(`${withoutRights} ${command}`), command)
  })

  it.each([
    ['--output', '/proc/x.csv'],
    ['--output', '/sys/kernel/x.csv'],
    ['-d', '/proc/other.db'],
    ['-d', 'locked'],
  ])('is refused as the place of %s: %s', async (option, place) => {
    const command = `batch rows.csv -t {name} -m echo -q ${option} ${place}`

    expectRefused(await bench.inProcess(command.split(' ')), command)
  })

  it('need not be writable if nothing goes there: with -d elsewhere, with and without --no-log', async () => {
    for (const further of ['--no-log', '']) {
      const ended = await bench.shell(
        `${withoutRights} llm batch rows.csv -t '{name}' -m echo -q -d other.db ${further}`,
        { env: { LLM_USER_PATH: bench.workdir.join('locked') } },
      )

      expect(ended).toMatchObject({ exitCode: 0, stderr: '' })
    }
    expect(await readdir(bench.workdir.join('locked'))).toEqual([])
  })
})

describe('-d into a folder that is not there', () => {
  const bench = useCommand()

  it.each([
    'batch rows.csv -t {name} -m gpt-4o',
    'batch rows.csv -t {name} -m gpt-4o --dry-run',
    'batch rows.csv -t {name} -m gpt-4o --estimate-cost',
    'batch list',
    'batch status b',
    'logs list',
  ])('is refused by llm %s, and nothing is made', async command => {
    await bench.workdir.write('rows.csv', 'name\nAda\n')

    const ended = await bench.inProcess(`${command} -d nowhere/other.db`.split(' '))

    expect(ended).toMatchObject({
      exitCode: 2,
      stdout: '',
      stderr:
        'Error: The database nowhere/other.db cannot be used: there is no folder nowhere\nMake it first: mkdir -p nowhere\n',
    })
    expect(bench.server.requestCount()).toBe(0)
    expect(await readdir(bench.workdir.path)).not.toContain('nowhere')
  })
})

describe("Node's own SQLite", () => {
  const bench = useCommand()

  itOnNode24('is used without a warning on standard error', async () => {
    await bench.workdir.write('rows.csv', 'name\nAda\n')
    const built = resolve(import.meta.dirname, '../../dist/bin')
    // Without node_modules, there is no other driver.
    const script = `mkdir -p away/dist && cp -r "${built}" away/dist/bin && cp "${resolve(built, '../../package.json')}" away/
      "${node24}" away/dist/bin/llm.js batch rows.csv -t '{name}' -m echo -q --format csv`

    expect(await bench.shell(script)).toEqual({
      exitCode: 0,
      signal: undefined,
      stdout: 'name,response\nAda,Ada\n',
      stderr: '',
    })
    expect(existsSync(bench.workdir.join('llm-user/logs.db'))).toBe(true)
  })
})
