import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { PassThrough, Writable } from 'node:stream'
import type { OutputFormat } from '../../../lib/port/row-sink.js'
import type { Outcome } from '../../../lib/row/outcome.js'
import { isClosed } from '../../../lib/sink/document/mend-document.js'
import { type OpenSinkOptions, openSink } from '../../../lib/sink/open-sink.js'
import { settle } from '../../support/fake-clock.js'
import { answered, range, row } from '../../support/rows.js'
import { canMount, mountSmallDisk, type SmallDisk } from '../../support/small-disk.js'
import { makeWorkdir, type Workdir } from '../../support/workdir.js'
import { rowsFor, writeGroup, writeOn } from '../../support/write-group.js'

const formats: readonly OutputFormat[] = ['csv', 'tsv', 'json', 'jsonl', 'text']
const open = (options: Partial<OpenSinkOptions>) =>
  openSink({
    stdout: new PassThrough(),
    isTerminal: false,
    columns: ['prompt'],
    responseColumn: 'response',
    overwrite: true,
    ...options,
  })

let workdir: Workdir
beforeEach(async () => {
  workdir = await makeWorkdir()
})
afterEach(() => workdir.remove())

describe('writeDocument', () => {
  const skipped: Outcome = { kind: 'skipped', row: row(9) }

  it.each(formats)('writes the same %s however its rows are grouped', async format => {
    const outcomes = range(7).map(index => answered(index))
    const groups = [outcomes.slice(0, 1), [], [skipped], outcomes.slice(1, 5), outcomes.slice(5)]
    const inGroups = await open({ path: workdir.join('groups'), format })
    const inOne = await open({ path: workdir.join('one'), format })

    for (const group of groups) inGroups.rows.write(rowsFor(inGroups, group))
    await writeGroup(inGroups, [])
    await writeGroup(inOne, outcomes)

    expect(await workdir.read('groups')).toBe(await workdir.read('one'))
    expect([inGroups.rowsWritten(), inOne.rowsWritten()]).toEqual([7, 7])
    await Promise.all([inGroups.close(), inOne.close()])
  })

  it('has one write in flight, and counts the rows that are written', async () => {
    const held: (() => void)[] = []
    const pieces: string[] = []
    const slow = new Writable({
      write(bytes, _encoding, done) {
        pieces.push(String(bytes))
        held.push(done)
      },
    })
    const sink = await open({ stdout: slow, format: 'jsonl' })

    const isAccepted = range(4).map(index =>
      sink.rows.write(rowsFor(sink, [answered(2 * index), answered(2 * index + 1)])),
    )
    await settle()
    expect(isAccepted).toEqual([true, true, true, false])
    expect(pieces.map(piece => piece.split('\n').length - 1)).toEqual([2])
    expect(sink.rowsWritten()).toBe(0)
    held.shift()?.()
    await settle()

    expect(pieces.map(piece => piece.split('\n').length - 1)).toEqual([2, 6])
    expect(sink.rowsWritten()).toBe(2)
    held.shift()?.()
    await settle()
    expect(sink.rowsWritten()).toBe(8)
    await sink.close({ isHurried: true })
  })

  it.each(formats)(
    'leaves no %s when the run ends before any row, and an old one as it was',
    async format => {
      const old = await open({ path: workdir.join('old'), format })
      await writeGroup(old, [answered(0)])
      await old.close()
      const before = await workdir.read('old')

      for (const name of ['new', 'old']) {
        const ended = await open({ path: workdir.join(name), format })
        await writeGroup(ended, [skipped])
        await ended.close()
        const broken = await open({ path: workdir.join(name), format })
        broken.rows.destroy()
        await broken.close()
        expect([ended.isGone?.(), broken.isGone?.()]).toEqual([name === 'new', name === 'new'])
      }

      expect(await readdir(workdir.path)).toEqual(['old'])
      expect(await workdir.read('old')).toBe(before)
    },
  )

  it.each(['xlsx', 'parquet'] as const)('writes a whole file of %s without rows', async format => {
    const sink = await open({ path: workdir.join('none'), format })
    await sink.close({ isWhole: true })

    expect(await isClosed(workdir.join('none'), format)).toBe(true)
    expect(sink.rowsWritten()).toBe(0)
  })

  it('does not wait for a reader that takes nothing, once it is hurried', async () => {
    const stalled = new Writable({ write: () => {} })
    const sink = await open({ stdout: stalled, format: 'json' })
    sink.rows.write(rowsFor(sink, [answered(0)]))
    const patient = sink.close()

    await sink.close({ isHurried: true })
    await patient

    expect(sink.isTaken?.()).toBe(false)
  })

  it.each(formats)('reports a closed pipe of %s by the error code', async format => {
    const reader = spawn('cat', { stdio: ['pipe', 'ignore', 'ignore'] })
    const sink = await open({ stdout: reader.stdin, format })
    reader.kill()
    await once(reader, 'exit')
    sink.rows.on('error', () => {})

    await expect(writeOn(sink, [answered(0)])).rejects.toMatchObject({
      code: expect.stringMatching(/^(EPIPE|ERR_STREAM_DESTROYED)$/),
    })
    await sink.close()
    expect(sink.rowsWritten()).toBe(0)
  })

  it('refuses a closed stream before the first row', async () => {
    const closed = new Writable().destroy()

    await expect(open({ stdout: closed, format: 'csv' })).rejects.toMatchObject({
      code: 'OUTPUT_UNWRITABLE',
      reach: 'run',
      remedy: expect.stringContaining('--output'),
    })
  })
})

const isMountable = await canMount()
const describeOnDisk = isMountable ? describe : describe.skip
describeOnDisk('writeDocument on a full disk (mounting one needs root)', () => {
  let disk: SmallDisk
  beforeEach(async () => {
    disk = await mountSmallDisk(workdir.join('small'), 64)
  })
  afterEach(() => disk.unmount())

  it.each(formats)('keeps only whole rows of %s, and counts them', async format => {
    const sink = await open({ path: workdir.join('small/out'), format })
    sink.rows.on('error', () => {})
    let rows = 0
    const write = async (): Promise<void> => {
      for (;;) {
        await writeOn(
          sink,
          range(100).map(index => answered(rows + index)),
        )
        rows += 100
      }
    }

    await expect(write()).rejects.toMatchObject({
      code: 'OUTPUT_UNWRITABLE',
      message: expect.stringContaining('the disk is full'),
    })
    await sink.close()

    const text = await workdir.read('small/out')
    expect(rows).toBeGreaterThan(100)
    expect(sink.rowsWritten()).toBe(rows)
    expect(text.match(/answer \d+/g)).toEqual(range(rows).map(index => `answer ${index}`))
    if (format === 'json') expect(JSON.parse(text)).toHaveLength(rows)
  })

  it.each([
    ['xlsx', false],
    ['xlsx', true],
    ['parquet', false],
    ['parquet', true],
  ] as const)('closes a file of %s after a failed write if it can: %j', async (format, hasRoom) => {
    const sink = await open({ path: workdir.join('small/out'), format })
    sink.rows.on('error', () => {})
    const text = () => randomBytes(500).toString('base64')
    const write = async (): Promise<void> => {
      for (;;) {
        await writeOn(
          sink,
          range(500).map(index => answered(index, text())),
        )
      }
    }

    await expect(write()).rejects.toMatchObject({ code: 'OUTPUT_UNWRITABLE' })
    if (hasRoom) await disk.grow(65_536)
    await sink.close()

    expect(await isClosed(workdir.join('small/out'), format)).toBe(hasRoom)
  })

  it('leaves no empty file if the disk has no room for the first rows', async () => {
    const sink = await open({ path: workdir.join('small/out.csv') })
    sink.rows.on('error', () => {})

    const large = writeOn(sink, [answered(0, 'x'.repeat(100_000))])
    await expect(large).rejects.toMatchObject({ code: 'OUTPUT_UNWRITABLE' })
    await sink.close()

    expect(await readdir(workdir.join('small'))).toEqual([])
    expect(sink.isGone?.()).toBe(true)
  })
})
