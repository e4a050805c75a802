import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { type ExtraName, extraNames, extras } from '../../lib/extras/extra-list.js'
import { workbookOf } from '../source/xlsx/make-workbook.js'
import { runShell, userPathOf } from '../support/run-command.js'
import { inSoak, isSoak } from '../support/scale.js'
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
 * Our package in a project of somebody, without anything optional but SQLite's driver, which may
 * have to be compiled. `make soak` packs and installs it; that takes long, and `make package` packs
 * it too.
 */
async function placePackage(project: string, registry: StubRegistry): Promise<void> {
  const folder = join(project, 'node_modules')
  const copy = (from: string, name = from) =>
    cp(join(root, from), join(folder, name), { recursive: true })
  const driver = ['sqlite3', 'bindings', 'file-uri-to-path']
  await mkdir(folder, { recursive: true })
  if (isSoak) {
    const env = { ...process.env, ...registry.environment }
    const words = ['pack', '--ignore-scripts', '--pack-destination', project]
    await run('npm', words, { cwd: root, env })
    const archive = (await readdir(project)).find(name => name.endsWith('.tgz')) ?? ''
    const options = ['--ignore-scripts', '--omit=optional', '--no-audit', '--no-fund']
    await run('npm', ['install', ...options, join(project, archive)], { cwd: project, env })
    for (const name of driver) await copy(`node_modules/${name}`, name)
    return
  }
  for (const name of ['package.json', 'dist']) await copy(name, `llm-batch/${name}`)
  const { dependencies } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
  for (const name of [...Object.keys(dependencies), ...driver]) {
    const link = join(folder, name)
    await mkdir(dirname(link), { recursive: true })
    await symlink(join(root, 'node_modules', name), link)
  }
}

describe('the command that a message prints for a missing part', () => {
  let workdir: Workdir
  let registry: StubRegistry
  let copy: string

  beforeAll(async () => {
    workdir = await makeWorkdir()
    registry = await startStubRegistry(workdir.join('cache'))
    await workdir.write('project/package.json', '{ "private": true }')
    await placePackage(workdir.join('project'), registry)
    copy = workdir.join('project/node_modules/llm-batch')
    await workdir.write('bin/.keep', '')
    await symlink(join(copy, 'dist/bin/llm.js'), workdir.join('bin/llm'))
  }, patienceMs)
  afterAll(async () => {
    await registry.close()
    await workdir.remove()
  })

  const shell = (script: string, env: Readonly<Record<string, string>> = registry.environment) =>
    runShell(script, { cwd: workdir.path, env })

  /** Loads packages as the installed copy does; its output is a message for each missing one. */
  const loading = (name: ExtraName): string =>
    `node --input-type=module -e "
      import { openHome } from '${copy}/dist/lib/home/open-home.js'
      import { loadExtra } from '${copy}/dist/lib/extras/load-extra.js'
      openHome({ environment: process.env, platform: process.platform, homeDirectory: '/nowhere' })
      for (const entry of '${Object.keys(extras[name].packages).map(entryOf)}'.split(','))
        await loadExtra('${name}', entry).catch(error => console.log(error.remedy))"`

  const commandsIn = (text: string): readonly string[] =>
    [...text.matchAll(/Install it with: (.*)$/gm)].map(([, command = '']) => command)

  /** Every package of an extra is found after the command that its absence prints. */
  async function installAsPrinted(name: ExtraName): Promise<void> {
    const env = remote.includes(name) ? {} : registry.environment
    const command = `llm extras install ${name}`
    const script = loading(name)

    const printed = commandsIn((await shell(script)).stdout)
    expect(printed).toEqual(Object.keys(extras[name].packages).map(() => command))
    expect(await shell(command, env)).toMatchObject({
      exitCode: 0,
      stderr: expect.stringMatching(new RegExp(`^Installing ${name}: .*\n${name} is there now`)),
    })
    expect(await shell(script)).toMatchObject({ exitCode: 0, stdout: '', stderr: '' })
  }

  it.each([['SIGINT', 130], ['SIGKILL', undefined], ...inSoak([['SIGTERM', 130]])] as const)(
    'leaves nothing that would be used after %s',
    async (signal, exitCode) => {
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
    },
    patienceMs,
  )

  it(
    'lets llm batch read a workbook, also after installations that were broken off',
    async () => {
      await writeFile(workdir.join('in.xlsx'), await workbookOf([['review'], ['Good.']]))
      const batch = 'llm batch in.xlsx -t {review} --model echo --overwrite --output out.csv'
      const refused = await shell(batch)
      expect(refused).toMatchObject({ exitCode: 2, stdout: '' })

      expect(commandsIn(refused.stderr)).toEqual(['llm extras install xlsx'])
      await installAsPrinted('xlsx')
      expect(await shell(batch)).toMatchObject({ exitCode: 0 })
      expect(await workdir.read('out.csv')).toBe('review,response\nGood.,Good.\n')
    },
    patienceMs,
  )

  it.each(extraNames.filter(name => name !== 'xlsx' && !remote.includes(name)))(
    'installs %s, so that each of its packages is found',
    installAsPrinted,
    patienceMs,
  )

  itWithRegistry(
    'installs python, so that its package is found',
    () => installAsPrinted('python'),
    patienceMs,
  )

  // From the real registry: the package is too large to be among ours.
  if (isSoak && specGguf !== '') {
    it(
      'lets llm batch run a GGUF file',
      async () => {
        const batch = `echo Hello | llm batch - --model gguf:${specGguf} -o max_tokens 4 --accept-truncated`
        const refused = await shell(batch)
        expect(refused).toMatchObject({ exitCode: 2, stdout: '' })
        expect(commandsIn(refused.stderr)).toEqual(['llm extras install gguf'])

        await installAsPrinted('gguf')
        expect(await shell(batch)).toMatchObject({ exitCode: 0 })
      },
      patienceMs,
    )
  }
})

/** A module that can be imported: the SDK has none by its bare name. */
function entryOf(packageName: string): string {
  const isSdk = packageName === '@modelcontextprotocol/sdk'
  return isSdk ? `${packageName}/client/index.js` : packageName
}
