import { execFileSync } from 'node:child_process'
import { appendFile, mkdir, rm, symlink } from 'node:fs/promises'
import { findFile, loadFile } from '../../lib/attachment/read-file.js'
import { sha256, smallFiles } from '../support/small-files.js'
import { makeWorkdir, type Workdir } from '../support/workdir.js'

const options = { type: undefined, mostBytes: 1_000_000 }

describe('findFile', () => {
  let workdir: Workdir
  beforeEach(async () => {
    workdir = await makeWorkdir()
  })
  afterEach(() => workdir.remove())

  const write = (name: string, content: Uint8Array) => workdir.write(name, content)

  it('gives the id that llm gives, the type, and the size', async () => {
    const path = await write('a.png', smallFiles.png)

    expect(await findFile(path, options)).toEqual({
      id: sha256(smallFiles.png),
      type: 'image/png',
      path,
      loadedBytes: smallFiles.png.length,
    })
  })

  it('takes the type that a person says', async () => {
    const path = await write('scan.bin', smallFiles.zip)

    expect(await findFile(path, { ...options, type: 'image/x-scan' })).toMatchObject({
      type: 'image/x-scan',
    })
  })

  it('reads a file of several pieces whole', async () => {
    const content = Buffer.concat([smallFiles.png, Buffer.alloc(900_000, 7)])
    const path = await write('large.png', content)

    expect(await findFile(path, options)).toMatchObject({
      id: sha256(content),
      loadedBytes: content.length,
    })
    const found = await findFile(path, options)
    expect((await loadFile(found)).equals(content)).toBe(true)
  })

  it.each<[what: string, code: string, reason: RegExp, make: () => Promise<string>]>([
    [
      'a missing file',
      'ATTACHMENT_NOT_FOUND',
      /there is no such file/,
      async () => workdir.join('none.png'),
    ],
    [
      'a name below a file',
      'ATTACHMENT_NOT_FOUND',
      /there is no such file/,
      async () => `${await write('file', smallFiles.png)}/a.png`,
    ],
    [
      'a link to itself',
      'ATTACHMENT_INVALID',
      /ELOOP/,
      async () => {
        const path = workdir.join('loop')
        await symlink(path, path)
        return path
      },
    ],
    [
      'a folder',
      'ATTACHMENT_INVALID',
      /it is not a file/,
      async () => {
        await mkdir(workdir.join('folder'))
        return workdir.join('folder')
      },
    ],
    [
      'a named pipe, without waiting for its other end',
      'ATTACHMENT_INVALID',
      /it is not a file/,
      async () => {
        execFileSync('mkfifo', [workdir.join('pipe')])
        return workdir.join('pipe')
      },
    ],
    [
      'an empty file',
      'ATTACHMENT_INVALID',
      /it is empty/,
      () => write('empty.png', Buffer.alloc(0)),
    ],
    [
      'a file that is too large',
      'ATTACHMENT_INVALID',
      /has more than 1 MB/,
      () => write('huge.png', Buffer.alloc(1_000_001)),
    ],
    [
      'a file of an unknown type',
      'ATTACHMENT_INVALID',
      /type of the attachment .* is not known/,
      () => write('a.zip', smallFiles.zip),
    ],
  ])('refuses %s, and names it', async (_what, code, reason, make) => {
    const path = await make()

    await expect(findFile(path, options)).rejects.toMatchObject({
      ...{ code, reach: 'row' },
      message: expect.stringMatching(reason),
    })
    await expect(findFile(path, options)).rejects.toThrow(path)
  })

  it('does not load a file that has changed, or grown', async () => {
    const path = await write('a.png', smallFiles.png)
    const found = await findFile(path, options)
    await appendFile(path, 'more')

    await expect(loadFile(found)).rejects.toMatchObject({
      ...{ code: 'ATTACHMENT_INVALID', reach: 'row' },
      message: `The attachment ${path} changed while the batch ran`,
    })
  })

  it('does not load a file that is gone, or that has no path', async () => {
    const path = await write('a.png', smallFiles.png)
    const { path: _path, ...pathless } = await findFile(path, options)
    await rm(path)

    for (const attachment of [{ ...pathless, path }, pathless]) {
      await expect(loadFile(attachment)).rejects.toMatchObject({
        ...{ code: 'ATTACHMENT_NOT_FOUND', reach: 'row' },
        message: expect.stringContaining('there is no such file'),
      })
    }
  })
})
