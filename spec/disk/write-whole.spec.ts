import { open } from 'node:fs/promises'
import { writeWhole } from '../../lib/disk/write-whole.js'
import { makeWorkdir, type Workdir } from '../support/workdir.js'

let workdir: Workdir
beforeEach(async () => {
  workdir = await makeWorkdir()
})
afterEach(() => workdir.remove())

/** A real file on a disk that has room for `bytes` more, and takes three at a time. */
async function fileWithRoom(bytes: number) {
  const handle = await open(workdir.join('out'), 'w+')
  let room = bytes
  const write = async (buffer: Buffer, offset: number, length: number, position: number | null) => {
    if (room === 0) throw Object.assign(new Error('no space left'), { code: 'ENOSPC' })
    const taken = Math.min(3, room, length)
    room -= taken
    return handle.write(buffer, offset, taken, position)
  }
  return { handle, file: { write, truncate: (size: number) => handle.truncate(size) } as never }
}

describe('writeWhole', () => {
  it('leaves no torn line when the disk fills up in the middle of a line', async () => {
    const { handle, file } = await fileWithRoom(12)

    await writeWhole(file, Buffer.from('first\n'), null, 0)
    await expect(writeWhole(file, Buffer.from('the second\n'), null, 6)).rejects.toMatchObject({
      code: 'ENOSPC',
    })

    expect(await workdir.read('out')).toBe('first\n')
    await handle.close()
  })

  it('writes all bytes to a disk that takes only some at a time', async () => {
    const { handle, file } = await fileWithRoom(100)

    await writeWhole(file, Buffer.from('a longer record\n'), null, 0)

    expect(await workdir.read('out')).toBe('a longer record\n')
    await handle.close()
  })
})
