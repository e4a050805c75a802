import { chmod, lstat, readdir, rm, stat, symlink } from 'node:fs/promises'
import { PassThrough } from 'node:stream'
import type { RowSink } from '../../lib/port/row-sink.js'
import { openReplacingSink } from '../../lib/sink/open-replacing-sink.js'
import { answered } from '../support/rows.js'
import { makeWorkdir, type Workdir } from '../support/workdir.js'
import { writeGroup } from '../support/write-group.js'

describe('openReplacingSink', () => {
  let workdir: Workdir
  beforeEach(async () => {
    workdir = await makeWorkdir()
  })
  afterEach(() => workdir.remove())

  const open = (changes = {}): Promise<RowSink> =>
    openReplacingSink({
      path: workdir.join('out.csv'),
      batchId: 'b1',
      isTorn: false,
      stdout: new PassThrough(),
      isTerminal: false,
      columns: ['prompt'],
      responseColumn: 'response',
      overwrite: true,
      ...changes,
    })

  it('keeps the old file until the new file is whole, then replaces the old file', async () => {
    await workdir.write('out.csv', 'old\n')
    const sink = await open()

    await writeGroup(sink, [answered(0)])
    expect(await workdir.read('out.csv')).toBe('old\n')
    await sink.close({ isWhole: true })

    expect(await workdir.read('out.csv')).toBe('prompt,response\nquestion 0,answer 0\n')
    expect(await readdir(workdir.path)).toEqual(['out.csv'])
  })

  it('keeps the old file, and removes a new file that is not whole', async () => {
    await workdir.write('out.csv', 'old\n')
    const sink = await open()
    await writeGroup(sink, [answered(0)])

    await sink.close()
    await sink.close({ isWhole: true })

    expect(await workdir.read('out.csv')).toBe('old\n')
    expect(await readdir(workdir.path)).toEqual(['out.csv'])
  })

  it.each([
    ['is gone', undefined, {}],
    ['was torn', 'prompt,response\nquestion 0,ans', { isTorn: true }],
    ['was torn in a cell, at a line break', 'prompt,response\n"a\n', { isTorn: true }],
  ])('stays although it is not whole, if the old file %s', async (_how, old, changes) => {
    if (old !== undefined) await workdir.write('out.csv', old)
    const sink = await open(changes)
    await writeGroup(sink, [answered(0)])

    await sink.close()

    expect(await workdir.read('out.csv')).toBe('prompt,response\nquestion 0,answer 0\n')
    expect(sink.isInPlace?.()).toBe(true)
    expect(await readdir(workdir.path)).toEqual(['out.csv'])
  })

  it('mends and keeps a torn old file that holds more, and a torn old file if the output is not wanted', async () => {
    const whole = `prompt,response\n${'question,answer\n'.repeat(9)}`
    await workdir.write('out.csv', `${whole}quest`)
    const shorter = await open({ isTorn: true })
    await writeGroup(shorter, [answered(0)])
    await shorter.close()
    const unwanted = await open({ path: workdir.join('new.csv') })
    await writeGroup(unwanted, [answered(0)])
    await unwanted.close({ discard: true })

    expect(await workdir.read('out.csv')).toBe(whole)
    expect(shorter.isInPlace?.()).toBe(false)
    expect([shorter, unwanted].map(sink => sink.isGone?.())).toEqual([false, true])
    expect(await readdir(workdir.path)).toEqual(['out.csv'])
  })

  it.each([
    ['a file of somebody else', 'a,b\n1,2\n3,4', {}],
    ['a valid one, though a run of its batch was killed', 'prompt,response\n', { isTorn: true }],
  ])('leaves %s as it is', async (_what, old, changes) => {
    await workdir.write('out.csv', old)
    const sink = await open(changes)
    await writeGroup(sink, [answered(0)])

    await sink.close()

    expect(await workdir.read('out.csv')).toBe(old)
    expect(sink.isInPlace?.()).toBe(false)
  })

  it('without a row, mends a torn old file, and makes no file if there was none', async () => {
    await workdir.write('out.csv', 'prompt,response\nquestion 0,ans')
    const torn = await open({ isTorn: true })
    await writeGroup(torn, [])
    await torn.close()
    const fresh = await open({ path: workdir.join('new.csv') })
    await writeGroup(fresh, [])
    await fresh.close()

    expect(await workdir.read('out.csv')).toBe('prompt,response\n')
    expect([torn, fresh].map(sink => sink.isInPlace?.())).toEqual([false, false])
    expect([torn, fresh].map(sink => sink.isGone?.())).toEqual([false, true])
    expect(await readdir(workdir.path)).toEqual(['out.csv'])
  })

  it('is an empty document if the input has no rows', async () => {
    await workdir.write('out.csv', 'old\n')
    const sink = await open()
    await writeGroup(sink, [])

    await sink.close({ isWhole: true })

    expect(await workdir.read('out.csv')).toBe('prompt,response\n')
  })

  it('refuses a file that may not be replaced, and leaves nothing beside it', async () => {
    await workdir.write('out.csv', 'precious\n')

    await expect(open({ overwrite: false })).rejects.toMatchObject({ code: 'OUTPUT_EXISTS' })

    expect(await readdir(workdir.path)).toEqual(['out.csv'])
  })

  it('replaces the partial file that a killed run left', async () => {
    await workdir.write('out.csv.b1.partial', 'torn rec')
    const sink = await open()
    await writeGroup(sink, [answered(0)])

    await sink.close({ isWhole: true })

    expect(await workdir.read('out.csv')).toBe('prompt,response\nquestion 0,answer 0\n')
  })

  it.each([[], [answered(1)]])(
    'leaves alone what a process that took over writes in its place: %#',
    async (...outcomes) => {
      await workdir.write('out.csv', 'old\n')
      const suspended = await open()
      if (outcomes.length > 0) await writeGroup(suspended, outcomes)
      const sink = await open()
      await writeGroup(sink, [answered(0)])

      await suspended.close().catch(() => undefined)
      await sink.close({ isWhole: true })

      expect(await workdir.read('out.csv')).toBe('prompt,response\nquestion 0,answer 0\n')
      expect(await readdir(workdir.path)).toEqual(['out.csv'])
    },
  )

  it('chooses the format by the name of the output, not of the partial file', async () => {
    const sink = await open({ path: workdir.join('out.json') })

    expect(sink).toMatchObject({ format: 'json', path: workdir.join('out.json') })
    await sink.close()
  })

  it('reports that the folder was removed', async () => {
    await workdir.write('folder/x', '')
    const sink = await open({ path: workdir.join('folder/out.csv') })
    await rm(workdir.join('folder'), { recursive: true })

    await expect(sink.close({ isWhole: true })).rejects.toMatchObject({ code: 'OUTPUT_UNWRITABLE' })
  })

  it('has the mode of the old file from the first byte on', async () => {
    await workdir.write('out.csv', 'old\n')
    await chmod(workdir.join('out.csv'), 0o600)
    const sink = await open()
    const modeOf = async (name: string) => (await stat(workdir.join(name))).mode & 0o777

    expect(await modeOf('out.csv.b1.partial')).toBe(0o600)
    await writeGroup(sink, [answered(0)])
    await sink.close({ isWhole: true })

    expect(await modeOf('out.csv')).toBe(0o600)
  })

  it('puts the new file where a link leads to, and leaves the link', async () => {
    await workdir.write('folder/real.csv', 'old\n')
    await symlink(workdir.join('folder/real.csv'), workdir.join('out.csv'))
    const sink = await open()

    await writeGroup(sink, [answered(0)])
    await sink.close({ isWhole: true })

    expect((await lstat(workdir.join('out.csv'))).isSymbolicLink()).toBe(true)
    expect(await workdir.read('folder/real.csv')).toBe('prompt,response\nquestion 0,answer 0\n')
    expect(sink.path).toBe(workdir.join('out.csv'))
  })

  it('puts the new file where a link leads to also if nothing is there', async () => {
    await symlink('real.csv', workdir.join('out.csv'))
    const sink = await open()

    await writeGroup(sink, [answered(0)])
    await sink.close({ isWhole: true })

    expect((await lstat(workdir.join('out.csv'))).isSymbolicLink()).toBe(true)
    expect(await workdir.read('real.csv')).toContain('answer 0')
  })

  it('writes to a device at once, and never replaces the device', async () => {
    const sink = await open({ path: '/dev/null', format: 'csv' })

    await writeGroup(sink, [answered(0)])
    await sink.close({ isWhole: true })

    expect(sink.rowsWritten()).toBe(1)
    expect((await stat('/dev/null')).isFile()).toBe(false)
  })
})
