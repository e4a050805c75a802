import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises'
import { runError } from '../../../lib/error/batch-error.js'
import { openFileTarget } from '../../../lib/sink/target/open-file-target.js'
import { makeWorkdir, type Workdir } from '../../support/workdir.js'

const old = 'old rows\n'
const bytes = (text: string) => Buffer.from(text)

describe('openFileTarget', () => {
  let workdir: Workdir
  let path: string
  beforeEach(async () => {
    workdir = await makeWorkdir()
    path = workdir.join('out.csv')
  })
  afterEach(() => workdir.remove())

  const open = (changes: Partial<Parameters<typeof openFileTarget>[0]> = {}) =>
    openFileTarget({ path, overwrite: false, ...changes })

  it('makes the file, and appends what is written', async () => {
    const target = await open()
    expect(await readFile(path, 'utf8')).toBe('')

    await target.write(bytes('a\n'))
    await target.write(bytes('b\n'))
    await target.verify()
    await target.close()

    expect(target.path).toBe(path)
    expect([target.isInPlace(), target.isGone()]).toEqual([true, false])
    expect(await readFile(path, 'utf8')).toBe('a\nb\n')
  })

  it('removes a file that it made and never wrote to', async () => {
    const target = await open()
    await target.close()

    expect(target.isGone()).toBe(true)
    expect(await readdir(workdir.path)).toEqual([])
  })

  it('keeps what an old file holds until the first write', async () => {
    await writeFile(path, old)
    const unused = await open({ overwrite: true })
    expect(unused.isInPlace()).toBe(false)
    await unused.close()
    expect(await readFile(path, 'utf8')).toBe(old)

    const target = await open({ overwrite: true })
    await target.write(bytes('new\n'))
    expect(target.isInPlace()).toBe(true)
    await target.close()
    expect(await readFile(path, 'utf8')).toBe('new\n')
  })

  it('takes an empty file for a new one', async () => {
    await writeFile(path, '')
    const target = await open()
    await target.write(bytes('a\n'))
    await target.close()

    expect(await readFile(path, 'utf8')).toBe('a\n')
  })

  it('refuses a file that holds something, and leaves it as it was', async () => {
    await writeFile(path, old)

    await expect(open()).rejects.toMatchObject({ code: 'OUTPUT_EXISTS' })
    expect(await readFile(path, 'utf8')).toBe(old)
  })

  it('refuses the input by whatever name, with or without overwrite', async () => {
    const inputPath = await workdir.write('in.csv', old)
    await symlink(inputPath, path)

    for (const overwrite of [true, false]) {
      await expect(open({ overwrite, inputFiles: [inputPath] })).rejects.toMatchObject({
        code: 'OUTPUT_UNWRITABLE',
        message: expect.stringContaining('The output is the input'),
      })
    }
    expect(await readFile(inputPath, 'utf8')).toBe(old)
  })

  it('follows a link that leads to no file only with overwrite', async () => {
    const place = workdir.join('elsewhere.csv')
    await symlink(place, path)

    await expect(open()).rejects.toMatchObject({ code: 'OUTPUT_EXISTS' })
    const target = await open({ overwrite: true })
    await target.write(bytes('a\n'))
    await target.close()

    expect(await readFile(place, 'utf8')).toBe('a\n')
  })

  it('refuses a folder, and a file in a folder that does not exist', async () => {
    await mkdir(path)
    const missing = workdir.join('missing', 'out.csv')

    await expect(open()).rejects.toMatchObject({ code: 'OUTPUT_UNWRITABLE' })
    await expect(open({ path: missing })).rejects.toMatchObject({ code: 'OUTPUT_UNWRITABLE' })
  })

  it('writes to a device, and never removes it', async () => {
    const target = await open({ path: '/dev/null' })
    await target.write(bytes('a\n'))
    await target.verify()
    await target.close()

    expect([target.isInPlace(), target.isGone()]).toEqual([true, false])
  })

  it('writes to a named pipe once somebody reads it', async () => {
    await once(spawn('mkfifo', [path]), 'close')
    const reader = spawn('cat', [path])
    const read = once(reader.stdout, 'data')

    const target = await open()
    await target.write(bytes('a\n'))
    await target.close()
    const [text] = await read
    await once(reader, 'close')

    expect(`${text}`).toBe('a\n')
    expect(target.path).toBe(path)
  })

  it.each([
    ['emptied', (file: string) => truncate(file, 0)],
    ['appended to', (file: string) => writeFile(file, 'theirs\n', { flag: 'a' })],
  ])('writes no more to a file that another program %s', async (_, change) => {
    const target = await open()
    await target.write(bytes('ours\n'))
    await change(path)
    const changed = await readFile(path, 'utf8')

    const refusal = { message: expect.stringContaining('Another program changed the output') }
    await expect(target.verify()).rejects.toMatchObject(refusal)
    await expect(target.write(bytes('more\n'))).rejects.toMatchObject(refusal)
    await target.close()

    expect(target.isGone()).toBe(true)
    expect(await readFile(path, 'utf8')).toBe(changed)
  })

  it.each([
    ['removed', () => rm(path), false],
    [
      'replaced',
      async () => {
        await rename(path, workdir.join('moved.csv'))
        await writeFile(path, 'theirs\n')
      },
      true,
    ],
  ] as const)('says so when the file was %s, and removes nothing', async (_, change, isLeft) => {
    const target = await open()
    await target.write(bytes('ours\n'))
    await change()

    await expect(target.verify()).rejects.toMatchObject({ code: 'OUTPUT_UNWRITABLE' })
    await target.close()

    expect(target.isGone()).toBe(true)
    expect((await readdir(workdir.path)).includes('out.csv')).toBe(isLeft)
  })

  it('touches nothing once the batch is another process’s', async () => {
    await writeFile(path, old)
    const lost = runError('BATCH_LOST', 'Another process has the batch')
    const target = await open({ overwrite: true, confirm: () => Promise.reject(lost) })

    await expect(target.write(bytes('new\n'))).rejects.toBe(lost)
    await target.close()

    expect(await readFile(path, 'utf8')).toBe(old)
  })
})
