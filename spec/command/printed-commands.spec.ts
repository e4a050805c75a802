import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, readdir, symlink, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { type ExtraName, extraNames, extras } from '../../lib/extras/extra-list.js'
import { workbookOf } from '../source/xlsx/make-workbook.js'
import { runShell, userPathOf } from '../support/run-command.js'
import { patienceMs, specGguf } from '../support/spec-gguf.js'
import { type StubRegistry, startStubRegistry } from '../support/stub-registry.js'
import { until } from '../support/until.js'
import { makeWorkdir, type Workdir } from '../support/workdir.js'

const root = resolve(import.meta.dirname, '../..')
const run = promisify(execFile)
const installing = ['extras', 'install', 'xlsx']

/** Extras whose packages are not in our lock file: they come from the real registry. */
const remote: readonly ExtraName[] = ['gguf', 'python']
const itWithRegistry = specGguf !== '' || process.env.CI === 'true' ? it : it.skip

/**
 * A copy of our package, packed and installed without anything optional in a project of somebody.
 * Only SQLite's driver is copied, because it may have to be compiled.
 */
describe('the command that a message prints for a missing part', () => {
  let workdir: Workdir
  let registry: StubRegistry
  let copy: string

  beforeAll(async () => {
    workdir = await makeWorkdir()
    registry = await startStubRegistry(workdir.join('cache'))
    const env = { ...process.env, ...registry.environment }
    const project = workdir.join('project')
    await workdir.write('project/package.json', '{ "private": true }')
    const words = ['pack', '--ignore-scripts', '--pack-destination', workdir.path]
    await run('npm', words, { cwd: root, env })
    const archive = (await readdir(workdir.path)).find(name => name.endsWith('.tgz')) ?? ''
    const options = ['--ignore-scripts', '--omit=optional', '--no-audit', '--no-fund']
    await run('npm', ['install', ...options, workdir.join(archive)], { cwd: project, env })
    for (const name of ['sqlite3', 'bindings', 'file-uri-to-path']) {
      const target = join(project, 'node_modules', name)
      await cp(join(root, 'node_modules', name), target, { recursive: true })
    }
    copy = join(project, 'node_modules/llm-batch')
    await workdir.write('bin/.keep', '')
    await symlink(join(project, 'node_modules/.bin/llm'), workdir.join('bin/llm'))
  }, patienceMs)
  afterAll(async () => {
    await registry.close()
    await workdir.remove()
  })

  const shell = (script: string, env: Readonly<Record<string, string>> = registry.environment) =>
    runShell(script, { cwd: workdir.path, env })

  /** Loads a package as the installed copy does; its output is the message, or nothing. */
  const loading = (name: ExtraName, packageName: string): string =>
    `node --input-type=module -e "
      import { openHome } from '${copy}/dist/lib/home/open-home.js'
      import { loadExtra } from '${copy}/dist/lib/extras/load-extra.js'
      openHome({ environment: process.env, platform: process.platform, homeDirectory: '/nowhere' })
      await loadExtra('${name}', '${packageName}').catch(error => console.log(error.remedy))"`

  const commandIn = (text: string): string => /Install it with: (.*)$/m.exec(text)?.[1] ?? text

  /** Every package of an extra is found after the command that its absence prints. */
  async function installAsPrinted(name: ExtraName): Promise<void> {
    const env = remote.includes(name) ? {} : registry.environment
    const command = `llm extras install ${name}`
    for (const packageName of Object.keys(extras[name].packages)) {
      await shell(`llm extras remove ${name}`)
      const script = loading(name, entryOf(packageName))

      expect(commandIn((await shell(script)).stdout)).toBe(command)
      expect(await shell(command, env)).toMatchObject({
        exitCode: 0,
        stderr: expect.stringMatching(new RegExp(`^Installing ${name}: .*\n${name} is there now`)),
      })
      expect(await shell(script)).toMatchObject({ exitCode: 0, stdout: '', stderr: '' })
    }
  }

  it.each(extraNames.filter(name => !remote.includes(name)))(
    'installs %s, so that each of its packages is found',
    installAsPrinted,
    patienceMs,
  )

  itWithRegistry(
    'installs python, so that its package is found',
    () => installAsPrinted('python'),
    patienceMs,
  )

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 130],
    ['SIGKILL', undefined],
  ] as const)(
    'leaves nothing that would be used after %s, and works the next time',
    async (signal, exitCode) => {
      await shell('llm extras remove xlsx')
      registry.hold()
      const before = registry.downloads.length
      const child = spawn(process.execPath, [join(copy, 'dist/bin/llm.js'), ...installing], {
        cwd: workdir.path,
        env: {
          ...{ ...process.env, ...registry.environment },
          // What npm has in its cache is not downloaded.
          npm_config_cache: workdir.join(`cache-${signal}`),
          LLM_USER_PATH: userPathOf(workdir.path),
        },
        stdio: 'ignore',
      })
      await until(() => registry.downloads.length > before)
      child.kill(signal)
      const [code] = await once(child, 'exit')
      registry.release()

      expect(code ?? undefined).toBe(exitCode)
      const listed: readonly any[] = JSON.parse((await shell('llm extras --json')).stdout)
      expect(listed.find(({ name }) => name === 'xlsx')).toMatchObject({ installed: false })
      expect(await shell('llm extras install xlsx')).toMatchObject({ exitCode: 0 })
    },
    patienceMs,
  )

  it(
    'lets llm batch read a workbook',
    async () => {
      await shell('llm extras remove xlsx')
      await writeFile(workdir.join('in.xlsx'), await workbookOf([['review'], ['Good.']]))
      const batch = 'llm batch in.xlsx -t {review} --model echo --overwrite --output out.csv'
      const refused = await shell(batch)
      expect(refused).toMatchObject({ exitCode: 2, stdout: '' })

      expect(await shell(commandIn(refused.stderr))).toMatchObject({ exitCode: 0 })
      expect(await shell(batch)).toMatchObject({ exitCode: 0 })
      expect(await workdir.read('out.csv')).toBe('review,response\nGood.,Good.\n')
    },
    patienceMs,
  )

  itWithRegistry(
    'lets llm batch run a GGUF file',
    async () => {
      const batch = `echo Hello | llm batch - --model gguf:${specGguf} -o max_tokens 4 --accept-truncated`
      const refused = await shell(batch)
      expect(refused).toMatchObject({ exitCode: 2, stdout: '' })

      const command = commandIn(refused.stderr)
      expect(command).toBe('llm extras install gguf')
      // From the real registry: the package is too large to be among ours.
      expect(await shell(command, {})).toMatchObject({ exitCode: 0 })
      expect(await shell(batch)).toMatchObject({ exitCode: 0 })
    },
    patienceMs,
  )
})

/** A module that can be imported: the SDK has none by its bare name. */
function entryOf(packageName: string): string {
  const isSdk = packageName === '@modelcontextprotocol/sdk'
  return isSdk ? `${packageName}/client/index.js` : packageName
}
