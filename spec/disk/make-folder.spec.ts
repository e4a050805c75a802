import { stat, writeFile } from 'node:fs/promises'
import { makeFolder } from '../../lib/disk/make-folder.js'
import { makeWorkdir, type Workdir } from '../support/workdir.js'

describe('makeFolder', () => {
  let workdir: Workdir
  beforeEach(async () => {
    workdir = await makeWorkdir()
  })
  afterEach(() => workdir.remove())

  it('makes a folder and the folders above it for their owner only, and leaves existing folders', async () => {
    const path = workdir.join('one/two/three')

    await makeFolder(path)
    await makeFolder(path)

    for (const made of ['one', 'one/two', 'one/two/three']) {
      expect((await stat(workdir.join(made))).mode & 0o777).toBe(0o700)
    }
  })

  it('says that a file is in the way', async () => {
    await writeFile(workdir.join('file'), '')

    await expect(makeFolder(workdir.join('file'))).rejects.toMatchObject({ code: 'ENOTDIR' })
    await expect(makeFolder(workdir.join('file/deep'))).rejects.toMatchObject({ code: 'ENOTDIR' })
  })

  it('gives up below /proc, where nothing can be made', async () => {
    await expect(makeFolder('/proc/one/two/three')).rejects.toMatchObject({ code: 'ENOENT' })
  })
})
