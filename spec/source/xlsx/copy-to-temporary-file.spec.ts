import { readdir } from 'node:fs/promises'
import { PassThrough, Readable } from 'node:stream'
import { copyToTemporaryFile } from '../../../lib/source/xlsx/copy-to-temporary-file.js'
import { makeWorkdir, type Workdir } from '../../support/workdir.js'

describe('copyToTemporaryFile', () => {
  const { signal } = new AbortController()
  let dir: Workdir

  beforeEach(async () => {
    dir = await makeWorkdir()
  })

  afterEach(() => dir.remove())

  it('keeps all bytes, in a file that has no name', async () => {
    const chunks = Array.from({ length: 100 }, (_, at) => Buffer.alloc(1_000, at))
    const file = await copyToTemporaryFile(Readable.from(chunks), dir.path, signal)
    expect(await readdir(dir.path)).toEqual([])
    const { buffer } = await file.read(Buffer.alloc(100_000), 0, 100_000, 0)
    expect(buffer.equals(Buffer.concat(chunks))).toBe(true)
    await file.close()
  })

  it('passes on an error of its input', async () => {
    async function* broken() {
      yield Buffer.from('x')
      throw new Error('gone')
    }
    const kept = copyToTemporaryFile(Readable.from(broken()), dir.path, signal)
    await expect(kept).rejects.toThrow('gone')
  })

  it('stops when its signal aborts', async () => {
    const aborter = new AbortController()
    const input = new PassThrough()
    const kept = copyToTemporaryFile(input, dir.path, aborter.signal)
    aborter.abort()
    input.end('x')
    await expect(kept).rejects.toMatchObject({ name: 'AbortError' })
  })

  it('names the folder that has no room', async () => {
    const folder = dir.join('none')
    await expect(copyToTemporaryFile(Readable.from([]), folder, signal)).rejects.toMatchObject({
      code: 'INPUT_UNREADABLE',
      reach: 'run',
      message: `Cannot keep the input in ${folder} while it is read: ENOENT`,
      remedy: expect.stringContaining('TMPDIR'),
    })
  })
})
