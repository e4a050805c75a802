import { existsSync } from 'node:fs'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { type JournalFile, journalFile } from '../../../lib/store/journal/journal-file.js'
import { canMount, mountSmallDisk } from '../../support/small-disk.js'
import { makeWorkdir, type Workdir } from '../../support/workdir.js'

const header = '{"journal":2}\n'
const line = (text: string) => Buffer.from(`["${text}"]\n`)

describe('journalFile', () => {
  let workdir: Workdir
  let path: string
  let file: JournalFile
  beforeEach(async () => {
    workdir = await makeWorkdir()
    path = workdir.join('run.journal')
    file = journalFile({ path, header })
  })
  afterEach(async () => {
    file.close()
    await workdir.remove()
  })

  it('is cut to its header, and goes on from there', async () => {
    file.cut()
    expect(existsSync(path)).toBe(false)
    file.append([line('one'), line('two')])
    file.cut()
    expect(await readFile(path, 'utf8')).toBe(header)
    file.append([line('three')])

    expect(await readFile(path, 'utf8')).toBe(`${header}["three"]\n`)
    expect(file.isNew()).toBe(false)
  })

  it('is removed, and the next append makes it again', async () => {
    file.remove()
    file.append([line('one')])
    file.remove()
    expect(existsSync(path)).toBe(false)
    expect(file.isNew()).toBe(true)
    file.append([line('two')])

    expect(await readFile(path, 'utf8')).toBe(`${header}["two"]\n`)
  })

  it('refuses a file that was there before, and leaves it as it is', async () => {
    await writeFile(path, 'of somebody else')

    expect(() => file.append([line('one')])).toThrow(
      expect.objectContaining({
        code: 'JOURNAL_INVALID',
        message: expect.stringContaining('it was there before its run began'),
      }),
    )
    expect(await readFile(path, 'utf8')).toBe('of somebody else')
  })

  it('says why it cannot be made', () => {
    const nowhere = journalFile({ path: workdir.join('none/run.journal'), header })

    expect(() => nowhere.append([line('one')])).toThrow(
      expect.objectContaining({
        code: 'DATABASE_UNUSABLE',
        message: expect.stringMatching(/^The journal .*run\.journal cannot be written: ENOENT/),
        remedy: expect.stringContaining('Nothing recorded is lost'),
      }),
    )
  })

  it('gives a long line again until the line is cut off or overwritten', async () => {
    file.append([line('one')])
    const cut = file.appendLong(line('long'))
    expect(cut()).toEqual(line('long'))
    file.cut({ isSecret: true })
    expect(cut()).toBeUndefined()
    const overwritten = file.appendLong(line('secret'))
    await writeFile(path, Buffer.alloc((await stat(path)).size))

    expect(overwritten()).toBeUndefined()
  })

  it('says that a long line cannot be read once the file is closed', () => {
    const read = file.appendLong(line('long'))
    file.close()

    expect(read).toThrow(
      expect.objectContaining({
        code: 'DATABASE_UNUSABLE',
        message: expect.stringMatching(/^The journal .*run\.journal cannot be read: EBADF/),
      }),
    )
  })
})

const describeOnDisk = (await canMount()) ? describe : describe.skip
describeOnDisk('journalFile on a full disk (mounting one needs root)', () => {
  it('leaves no file if there is no room for its first lines', async () => {
    const workdir = await makeWorkdir()
    const disk = await mountSmallDisk(workdir.join('small'), 64)
    const path = workdir.join('small/run.journal')
    const file = journalFile({ path, header })
    try {
      expect(() => file.append([line('x'.repeat(100_000))])).toThrow(
        expect.objectContaining({
          code: 'DATABASE_UNUSABLE',
          message: `The disk is full: the journal ${path} cannot grow.`,
        }),
      )
      expect(existsSync(path)).toBe(false)
      file.append([line('one')])
      expect(await readFile(path, 'utf8')).toBe(`${header}["one"]\n`)
    } finally {
      file.close()
      await disk.unmount()
      await workdir.remove()
    }
  })
})
