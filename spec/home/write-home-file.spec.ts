import { chmod, mkdir, stat, symlink } from 'node:fs/promises'
import {
  homeFileUnwritable,
  makeHomeFolder,
  writeHomeFile,
} from '../../lib/home/write-home-file.js'
import { canMount, mountSmallDisk } from '../support/small-disk.js'
import { makeWorkdir, type Workdir } from '../support/workdir.js'

let workdir: Workdir
let umask: number
beforeEach(async () => {
  workdir = await makeWorkdir()
  umask = process.umask(0)
})
afterEach(async () => {
  process.umask(umask)
  await workdir.remove()
})

const modeOf = async (path: string) => (await stat(workdir.join(path))).mode & 0o777

describe('writeHomeFile', () => {
  it('makes the file, and each folder that it needs, for the owner alone', async () => {
    await writeHomeFile(workdir.join('a/b/file.txt'), 'text')

    expect(await workdir.read('a/b/file.txt')).toBe('text')
    expect(await Promise.all(['a', 'a/b', 'a/b/file.txt'].map(modeOf))).toEqual([
      ...[0o700, 0o700, 0o600],
    ])
  })

  it('leaves the modes of a folder and a file that are there, unless it is a secret', async () => {
    await mkdir(workdir.join('open'))
    await chmod(workdir.join('open'), 0o755)
    await workdir.write('open/file.txt', 'old')
    await chmod(workdir.join('open/file.txt'), 0o644)

    await writeHomeFile(workdir.join('open/file.txt'), 'new')

    expect(await modeOf('open')).toBe(0o755)
    expect(await modeOf('open/file.txt')).toBe(0o644)

    await writeHomeFile(workdir.join('open/file.txt'), 'new', { isSecret: true })

    expect(await modeOf('open/file.txt')).toBe(0o600)
  })

  it('goes through a link to a folder', async () => {
    await mkdir(workdir.join('real'))
    await symlink('real', workdir.join('link'))

    await writeHomeFile(workdir.join('link/new/file.txt'), 'text')

    expect(await workdir.read('real/new/file.txt')).toBe('text')
  })

  it.each(['/proc/none/here/file.txt', 'file.txt/keys.json', 'file.txt/a/b/keys.json'])(
    'refuses %s at once, in words',
    async path => {
      await workdir.write('file.txt', '')

      await expect(
        writeHomeFile(path.startsWith('/') ? path : workdir.join(path), 'x'),
      ).rejects.toMatchObject({
        code: 'HOME_FILE_INVALID',
        message: expect.stringMatching(/^Cannot write .*: /),
        remedy: expect.stringContaining('LLM_USER_PATH'),
      })
    },
  )
})

describe('makeHomeFolder', () => {
  it('makes the folders for their owner alone, and refuses one below a file', async () => {
    await makeHomeFolder(workdir.join('a/b'))
    await workdir.write('file.txt', '')

    expect(await modeOf('a/b')).toBe(0o700)
    await expect(makeHomeFolder(workdir.join('file.txt/b'))).rejects.toMatchObject({
      code: 'HOME_FILE_INVALID',
      message: expect.stringContaining('a part of its path is not a folder'),
    })
  })
})

describe('homeFileUnwritable', () => {
  it.each([
    ['EACCES', 'permission denied'],
    ['EPERM', 'permission denied'],
    ['EISDIR', 'it is a folder'],
    ['EROFS', 'it is on a read-only disk'],
    ['ENOSPC', 'the disk is full'],
    ['EDQUOT', 'the disk is full'],
    ['EIO', 'EIO: i/o error'],
  ])('says what %s means', (code, reason) => {
    const cause = Object.assign(new Error('EIO: i/o error'), { code })

    expect(homeFileUnwritable('/home/keys.json', cause)).toMatchObject({
      message: `Cannot write /home/keys.json: ${reason}`,
      cause,
    })
  })
})

const describeOnDisk = (await canMount()) ? describe : describe.skip
describeOnDisk('writeHomeFile on a read-only disk (mounting one needs root)', () => {
  it('says so', async () => {
    const disk = await mountSmallDisk(workdir.join('small'), 64)
    try {
      await disk.freeze()

      await expect(writeHomeFile(workdir.join('small/keys.json'), '{}')).rejects.toMatchObject({
        message: expect.stringMatching(/^Cannot write .*: it is on a read-only disk$/),
      })
    } finally {
      await disk.unmount()
    }
  })
})
