import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import { makeWorkdir, type Workdir } from './support/workdir.js'

const root = resolve(import.meta.dirname, '..')
const run = promisify(execFile)

interface LockedPackage {
  readonly version: string
  readonly dev?: boolean
}

/** Of all that a user installs, by path, with the name at its end. */
async function lockedPackages(): Promise<readonly string[]> {
  const { packages } = JSON.parse(await readFile(resolve(root, 'package-lock.json'), 'utf8'))
  return Object.entries<LockedPackage>(packages)
    .filter(([path, { dev }]) => path !== '' && !dev)
    .map(([path, { version }]) => `${path.replace(/^.*node_modules\//, '')}@${version}`)
}

describe('SECURITY.md', () => {
  it('names only specs that there are', async () => {
    const text = await readFile(resolve(root, 'SECURITY.md'), 'utf8')
    const named = [...text.matchAll(/`(spec\/[^`]+)`/g)].map(([, path]) => path ?? '')

    expect(named.length).toBeGreaterThan(20)
    expect(named.filter(path => !existsSync(resolve(root, path)))).toEqual([])
  })
})

describe('what a release needs, without a network', () => {
  let workdir: Workdir
  beforeEach(async () => {
    workdir = await makeWorkdir()
  })
  afterEach(() => workdir.remove())

  it('a bill of materials of just the packages that a user installs', async () => {
    await run('make', ['sbom'], { cwd: root })

    const bill = JSON.parse(await readFile(resolve(root, '.cache/sbom.cdx.json'), 'utf8'))
    const listed = bill.components.map(({ name, version }: any) => `${name}@${version}`)
    expect(bill.bomFormat).toBe('CycloneDX')
    expect(new Set(listed)).toEqual(new Set(await lockedPackages()))
  })

  it('a licence that is accepted for each of them', async () => {
    const { stdout } = await run('make', ['licences'], { cwd: root })

    expect(stdout).toContain(`${(await lockedPackages()).length} packages, 0 without`)
  })

  it.each([
    ['GPL-3.0-only', 1],
    ['MIT AND GPL-3.0-only', 1],
    [undefined, 1],
    ['(MIT OR GPL-3.0-only)', 0],
    ['Apache-2.0 AND MIT', 0],
  ])('tells a licence %s from one that is accepted', async (license, refused) => {
    const packages = { '': {}, 'node_modules/a': { version: '1.0.0', license } }
    const lock = await workdir.write('lock.json', JSON.stringify({ packages }))

    const check = run(process.execPath, [resolve(root, '.ci/check-licences.mjs'), lock])

    const { stdout } = await check.catch(error => error)
    expect(stdout).toBe(`1 packages, ${refused} without an accepted licence\n`)
  })
})
