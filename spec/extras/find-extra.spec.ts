import {
  extraFolder,
  extrasRoot,
  importerName,
  installedFolder,
  ownFolder,
  useExtrasOf,
} from '../../lib/extras/find-extra.js'
import { makeWorkdir, type Workdir } from '../support/workdir.js'

describe('ownFolder', () => {
  it.each([
    ['saxes', '99.0.0'],
    ['saxes', undefined],
    ['no-such-package', '1.0.0'],
  ])('finds no %s in version %s', async (name, version) => {
    expect(await ownFolder(name, version)).toBeUndefined()
  })
})

describe('installedFolder', () => {
  let workdir: Workdir
  beforeEach(async () => {
    workdir = await makeWorkdir()
  })
  afterEach(() => workdir.remove())

  it('finds an extra in any known folder, once it is whole', async () => {
    useExtrasOf(workdir.join('none'))
    useExtrasOf(workdir.path)
    const folder = extraFolder(extrasRoot(workdir.path), 'xlsx')
    const inside = folder.slice(workdir.path.length + 1)
    await workdir.write(`${inside}/package.json`, '{}')
    expect(await installedFolder('xlsx')).toBeUndefined()

    await workdir.write(`${inside}/${importerName}`, '')
    expect(await installedFolder('xlsx')).toBe(folder)
    expect(await installedFolder('gguf')).toBeUndefined()
  })
})
