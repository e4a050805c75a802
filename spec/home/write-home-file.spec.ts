import { chmod, mkdir, stat, symlink } from 'node:fs/promises'
import { writeHomeFile } from '../../lib/home/write-home-file.js'
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
