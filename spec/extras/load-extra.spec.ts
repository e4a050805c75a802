import { extraFolder, extrasRoot, useExtrasOf } from '../../lib/extras/find-extra.js'
import { extraFault, loadExtra } from '../../lib/extras/load-extra.js'
import { makeWorkdir, type Workdir } from '../support/workdir.js'

describe('loadExtra', () => {
  let workdir: Workdir
  beforeEach(async () => {
    workdir = await makeWorkdir()
  })
  afterEach(() => workdir.remove())

  it('finds a package beside our own code', async () => {
    await expect(loadExtra('xlsx', 'saxes')).resolves.toHaveProperty('SaxesParser')
  })

  it('finds a module within a package', async () => {
    const loaded = loadExtra('mcp', '@modelcontextprotocol/sdk/client/index.js')

    await expect(loaded).resolves.toHaveProperty('Client')
  })

  it('names the package that is missing, and the command that installs it', async () => {
    await expect(loadExtra('xlsx', 'no-such-writer')).rejects.toMatchObject({
      code: 'DEPENDENCY_MISSING',
      reach: 'run',
      message:
        'The package no-such-writer is not installed. It is needed for Excel workbooks (.xlsx).',
      remedy: 'Install it with: llm extras install xlsx',
    })
  })

  it('finds an ES module in the user folder, and does not take a broken one for a missing one', async () => {
    useExtrasOf(workdir.path)
    const folder = extraFolder(extrasRoot(workdir.path), 'xlsx').slice(workdir.path.length + 1)
    await workdir.write(`${folder}/import.mjs`, 'export const importPackage = name => import(name)')
    const writes = (name: string, text: string) =>
      workdir.write(`${folder}/node_modules/${name}`, text)
    const manifest = '{ "version": "1.0.0", "exports": { "import": "./a.mjs" } }'
    await writes('only-import/package.json', manifest)
    await writes('only-import/a.mjs', 'export const found = true')
    await writes('broken/package.json', manifest)
    await writes('broken/a.mjs', 'import "no-such-part"')

    await expect(loadExtra('xlsx', 'only-import')).resolves.toMatchObject({ found: true })
    await expect(loadExtra('xlsx', 'broken')).rejects.toMatchObject({
      code: 'DEPENDENCY_MISSING',
      message: expect.stringMatching(/^The package broken cannot be used here: .*no-such-part/),
    })
  })
})

describe('extraFault', () => {
  it.each<[cause: unknown, message: string]>([
    [new Error('no addon\nfor this machine'), 'The package saxes cannot be used here: no addon'],
    [new Error(''), 'The package saxes cannot be used here: '],
    ['no addon', 'The package saxes cannot be used here: no addon'],
    [undefined, 'The package saxes cannot be used here: undefined'],
    [{ code: 'MODULE_NOT_FOUND' }, 'The package saxes cannot be used here: [object Object]'],
    [
      { code: 'MODULE_NOT_FOUND', message: "Cannot find module 'saxes/lib'" },
      'The package saxes is not installed. It is needed for Excel workbooks (.xlsx).',
    ],
  ])('tells what is wrong by %j', (cause, message) => {
    expect(extraFault('xlsx', 'saxes', cause)).toMatchObject({
      ...{ code: 'DEPENDENCY_MISSING', reach: 'run', message },
      remedy: expect.stringContaining('llm extras install xlsx'),
    })
  })
})
