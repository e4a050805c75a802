import { chmod, mkdir, readdir, utimes } from 'node:fs/promises'
import { installExtra, removeExtra } from '../../lib/extras/install-extra.js'
import { systemClock } from '../../lib/host/system-clock.js'
import { type StubRegistry, startStubRegistry } from '../support/stub-registry.js'
import { until } from '../support/until.js'
import { makeWorkdir, type Workdir } from '../support/workdir.js'

describe('installExtra', () => {
  let workdir: Workdir
  let registry: StubRegistry
  beforeEach(async () => {
    workdir = await makeWorkdir()
    registry = await startStubRegistry(workdir.join('cache'))
  })
  afterEach(async () => {
    await registry.close()
    await workdir.remove()
  })

  const install = (
    given: { signal?: AbortSignal; environment?: Record<string, string>; platform?: string } = {},
  ) =>
    installExtra('xlsx', {
      userFolder: workdir.join('user'),
      environment: { ...process.env, ...registry.environment, ...given.environment },
      platform: given.platform ?? process.platform,
      clock: systemClock,
      signal: given.signal ?? new AbortController().signal,
    })
  const left = () => readdir(workdir.join('user/llm-batch-extras'))

  it('installs the exact versions, which can be imported from there, and once', async () => {
    const folder = await install()

    expect(await left()).toEqual([expect.stringMatching(/^xlsx-[0-9a-f]{8}$/)])
    const { importPackage } = await import(`${folder}/import.mjs`)
    expect(await importPackage('saxes')).toHaveProperty('SaxesParser')
    expect(await importPackage('yauzl')).toHaveProperty('fromFdPromise')
    expect(registry.downloads).toContain('/saxes/-/5.0.1.tgz')
    expect(registry.downloads).toContain('/yauzl/-/3.4.0.tgz')

    // Nobody is asked if the extra is there.
    await registry.close()
    expect(await install()).toBe(folder)
  })

  it('leaves one whole extra if two installations run at once', async () => {
    registry.hold()
    const both = [install(), install()]
    await until(() => registry.downloads.filter(path => path.startsWith('/saxes/')).length === 2)
    registry.release()

    const [one, other] = await Promise.all(both)
    expect(other).toBe(one)
    expect(await left()).toHaveLength(1)
  })

  it('leaves nothing if it is interrupted', async () => {
    const stop = new AbortController()
    registry.hold()
    const installing = install({ signal: stop.signal })
    await until(() => registry.downloads.length > 0)
    stop.abort()

    await expect(installing).rejects.toMatchObject({ code: 'RUN_INTERRUPTED' })
    expect(await left()).toEqual([])
  })

  it('removes what a killed installation left a day ago, nothing else, and follows no setting of npm', async () => {
    const root = workdir.join('user/llm-batch-extras')
    for (const name of ['.begun-old', '.begun-new', 'gguf-0'])
      await mkdir(`${root}/${name}/a`, { recursive: true })
    const before = systemClock.nowMs() / 1000 - 25 * 60 * 60
    await utimes(`${root}/.begun-old`, before, before)

    const folder = await install({
      environment: {
        npm_config_global: 'true',
        npm_config_omit: 'optional',
        npm_config_prefix: workdir.join('prefix'),
      },
    })

    expect(await left()).toEqual(['.begun-new', 'gguf-0', expect.stringMatching(/^xlsx-/)])
    expect(await readdir(`${folder}/node_modules`)).toContain('saxes')
    expect(await readdir(workdir.path)).not.toContain('prefix')
  })

  it('says that the registry cannot be reached', async () => {
    await registry.close()

    await expect(install()).rejects.toMatchObject({
      code: 'DOWNLOAD_FAILED',
      reach: 'run',
      message: expect.stringMatching(/^npm cannot reach its registry: .*ECONNREFUSED/),
      remedy: 'Check the network and the proxy. The registry is: npm config get registry',
    })
    expect(await left()).toEqual([])
  })

  it("gives npm's reason if a package cannot be had", async () => {
    const elsewhere = {
      ...registry.environment,
      npm_config_registry: `${registry.environment.npm_config_registry}none/`,
    }

    await expect(install({ environment: elsewhere })).rejects.toMatchObject({
      code: 'DOWNLOAD_FAILED',
      message: expect.stringMatching(/^npm cannot install the packages: 404 Not Found/),
    })
  })

  it('says that npm is missing', async () => {
    await expect(install({ environment: { PATH: workdir.path } })).rejects.toMatchObject({
      code: 'DEPENDENCY_MISSING',
      message: 'npm is needed to install an extra, and was not found',
    })
  })

  it.each<[what: string, script: string, platform: string, code: string, reason: RegExp]>([
    [
      'as cmd.exe does that there is no npm',
      `echo "'npm' is not recognized as a command" >&2; exit 1`,
      'win32',
      'DEPENDENCY_MISSING',
      /^npm is needed to install an extra, and was not found$/,
    ],
    [
      'another reason of a shell',
      'echo "npm error no space" >&2; exit 1',
      'win32',
      'DOWNLOAD_FAILED',
      /^npm cannot install the packages: no space$/,
    ],
    [
      'nothing',
      'exit 3',
      'linux',
      'DOWNLOAD_FAILED',
      /^npm cannot install the packages: no reason given$/,
    ],
    [
      'its reason before too much else',
      'echo "npm ERR! too full" >&2; head -c 400000 /dev/zero | tr "\\0" x >&2; exit 1',
      'linux',
      'DOWNLOAD_FAILED',
      /^npm cannot install the packages: too full$/,
    ],
  ])('hears a program npm that says %s', async (_what, script, platform, code, reason) => {
    const npm = await workdir.write('bin/npm', `#!/bin/sh\n${script}\n`)
    await chmod(npm, 0o755)
    const environment = { PATH: `${workdir.join('bin')}:${process.env.PATH}` }

    await expect(install({ environment, platform })).rejects.toMatchObject({
      ...{ code, reach: 'run', message: expect.stringMatching(reason) },
    })
    expect(await left()).toEqual([])
  })

  it('passes on why npm cannot be started', async () => {
    await workdir.write('bin/npm', 'no program')

    const installing = install({ environment: { PATH: workdir.join('bin') } })

    await expect(installing).rejects.toMatchObject({
      ...{ code: 'DEPENDENCY_MISSING', reach: 'run' },
      message: expect.stringContaining('cannot be started: spawn npm EACCES'),
      remedy: expect.stringContaining('Install npm'),
    })
    expect(await left()).toEqual([])
  })

  it('says that the folder cannot be written', async () => {
    await workdir.write('user', 'a file')

    await expect(install()).rejects.toMatchObject({
      code: 'HOME_FILE_INVALID',
      remedy: 'Make the folder writable, or set LLM_USER_PATH to another folder.',
    })
  })

  it('removes an extra in all versions, and no other', async () => {
    expect(await removeExtra('xlsx', workdir.join('user'))).toBe(false)
    const root = workdir.join('user/llm-batch-extras')
    for (const name of ['xlsx-01234567', 'xlsx-89abcdef', 'gguf-01234567'])
      await mkdir(`${root}/${name}/node_modules`, { recursive: true })

    expect(await removeExtra('xlsx', workdir.join('user'))).toBe(true)
    expect(await left()).toEqual(['gguf-01234567'])
    expect(await removeExtra('xlsx', workdir.join('user'))).toBe(false)
  })
})
