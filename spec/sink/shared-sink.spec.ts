import { once } from 'node:events'
import { PassThrough, Writable } from 'node:stream'
import type { RowSink } from '../../lib/port/row-sink.js'
import { parseJson, stringifyJson } from '../../lib/row/exact-json.js'
import type { Outcome } from '../../lib/row/outcome.js'
import type { Columns } from '../../lib/row/row.js'
import { openSink } from '../../lib/sink/open-sink.js'
import { sharedSink } from '../../lib/sink/shared-sink.js'
import { settle } from '../support/fake-clock.js'
import { answer, answered, failed, range, row } from '../support/rows.js'
import { makeWorkdir, type Workdir } from '../support/workdir.js'
import { writeGroup, writeOn } from '../support/write-group.js'

describe('sharedSink', () => {
  let workdir: Workdir
  beforeEach(async () => {
    workdir = await makeWorkdir()
  })
  afterEach(() => workdir.remove())

  const open = (path: string): Promise<RowSink> =>
    openSink({
      path,
      stdout: new PassThrough(),
      isTerminal: false,
      format: 'jsonl',
      columns: ['prompt'],
      responseColumn: 'response',
      overwrite: false,
    })
  const readerOf = (highWaterMark = 16) => new PassThrough({ objectMode: true, highWaterMark })

  it('writes each group to the file and gives its outcomes to the reader, except skipped rows', async () => {
    const reader = readerOf()
    const sink = sharedSink(await open(workdir.join('out.jsonl')), reader)
    const outcomes: Outcome[] = [answered(0), failed(1), { kind: 'skipped', row: row(2) }]
    const given = reader.toArray()

    await writeGroup(sink, outcomes)
    await sink.close({ isWhole: true })

    expect(await given).toMatchObject([
      { kind: 'answered', row: { index: 0 } },
      { kind: 'failed', row: { index: 1 } },
    ])
    expect((await workdir.read('out.jsonl')).split('\n')).toHaveLength(3)
    expect(sink).toMatchObject({ format: 'jsonl', path: workdir.join('out.jsonl') })
    expect(sink.rowsWritten()).toBe(2)
  })

  it('gives outcomes without what was only needed to ask, equal after a wait on disk', () => {
    const { form } = sharedSink(undefined, readerOf())

    const record = form.make({ ...answered(3), answer: answer('yes', { reply: { big: 1 } }) })

    expect(record).toEqual({ ...answered(3), answer: answer('yes') })
    expect(form.indexOf(record)).toBe(3)
    expect(form.lengthOf(record)).toBe('question 3question 3yes'.length)
    expect(form.fromText(3, form.toText(record))).toEqual(record)
  })

  it('keeps the text of numbers and the order of keys during a wait on disk', () => {
    const { form } = sharedSink(undefined, readerOf())
    const text = '{"b":1.10,"10":[{"2":1,"1":2.0}]}'
    const columns = parseJson(text) as Columns

    const record = form.make({ ...answered(3), row: row(3, columns) })

    const { row: read } = form.fromText(3, form.toText(record)) as Outcome
    expect(stringifyJson(read.columns)).toBe(text)
  })

  it('goes at the pace of a slow reader, also without a file', async () => {
    const reader = readerOf(2)
    const sink = sharedSink(undefined, reader)
    sink.rows.write(range(9).map(index => answered(index)))
    await settle()
    expect(sink.rowsWritten()).toBeLessThan(6)

    const all = reader.toArray()
    sink.rows.end()
    await once(sink.rows, 'finish')

    expect(await all).toHaveLength(9)
    expect(sink.rowsWritten()).toBe(9)
  })

  it.each([
    ['before a group', 16],
    ['in the middle of one', 1],
  ])('takes a reader that is destroyed %s as a closed output', async (_when, room) => {
    const reader = readerOf(room)
    const sink = sharedSink(await open(workdir.join('out.jsonl')), reader)
    const failure = once(sink.rows, 'error')

    if (room === 16) reader.destroy()
    else reader.once('data', () => reader.pause().destroy())
    sink.rows.write(range(9).map(index => answered(index)))

    expect(await failure).toMatchObject([{ code: 'EPIPE' }])
    await sink.close()
    expect((await workdir.read('out.jsonl')).split('\n')).toHaveLength(10)
  })

  it('fails when its file fails, and ends the reader', async () => {
    const reader = readerOf()
    const sink = sharedSink(await open('/dev/full'), reader)
    sink.rows.on('error', () => {})

    await expect(writeOn(sink, [answered(0)])).rejects.toMatchObject({ code: 'OUTPUT_UNWRITABLE' })

    expect(reader.destroyed).toBe(true)
    await sink.close()
  })

  it('ends the reader when the run is broken off', async () => {
    const reader = new Writable({ objectMode: true, write: () => {} })
    const sink = sharedSink(undefined, reader)

    sink.rows.destroy()
    await once(reader, 'close')

    expect(reader.destroyed).toBe(true)
  })
})
