import { type FileHandle, open } from 'node:fs/promises'
import {
  createSpillSegment,
  type SpilledRow,
  type TakenRow,
} from '../../../lib/stage/spill/spill-segment.js'
import { range } from '../../support/rows.js'
import { makeWorkdir, type Workdir } from '../../support/workdir.js'

let workdir: Workdir
let data: FileHandle
let index: FileHandle
beforeEach(async () => {
  workdir = await makeWorkdir()
  data = await open(workdir.join('data'), 'wx+')
  index = await open(workdir.join('index'), 'wx+')
})
afterEach(async () => {
  await data.close()
  await index.close()
  await workdir.remove()
})

const record = (row: number): SpilledRow => ({ index: row, bytes: Buffer.from(`row ${row}`) })
const textsOf = (records: readonly TakenRow[]) =>
  records.map(({ index: row, bytes }) => [row, bytes?.toString()])

describe('createSpillSegment', () => {
  it('refuses a row that it has already', async () => {
    const segment = createSpillSegment(data, index)
    await segment.append([record(5), record(7)])

    await expect(segment.append([record(6), record(7)])).rejects.toMatchObject({
      code: 'ROWS_NOT_CONSERVED',
      message: 'Row 7 has two outcomes',
    })
  })

  it('finds rows that lie far apart in the index and in the data', async () => {
    const segment = createSpillSegment(data, index)
    const large = { index: 1, bytes: Buffer.alloc(3_000_000, 'x') }
    await segment.append([record(2), large, record(9_999_999), record(0)])

    const taken = await segment.take({ from: 0, count: 10 })

    expect(textsOf(taken).sort()).toEqual([
      [0, 'row 0'],
      [1, large.bytes.toString()],
      [2, 'row 2'],
    ])
    expect(textsOf(await segment.take({ from: 9_999_990, count: 10 }))).toEqual([
      [9_999_999, 'row 9999999'],
    ])
    expect(await segment.take({ from: 20_000_000, count: 10 })).toEqual([])
  })

  it('keeps each row whatever else is written to its part of the index later', async () => {
    const segment = createSpillSegment(data, index)
    for (const row of range(20).reverse()) await segment.append([record(row * 3)])

    const rows = textsOf(await segment.take({ from: 0, count: 60 })).map(([row]) => row)

    expect(rows.sort((a, b) => Number(a) - Number(b))).toEqual(range(20).map(row => row * 3))
  })

  it('keeps an empty text, and leaves a text that is longer than asked for in its file', async () => {
    const segment = createSpillSegment(data, index)
    await segment.append([record(2), { index: 3, bytes: Buffer.alloc(0) }, record(1), record(100)])

    const short = await segment.take({ from: 0, count: 200, mostBytes: 5 })

    expect(textsOf(short).sort()).toEqual([
      [1, 'row 1'],
      [100, undefined],
      [2, 'row 2'],
      [3, ''],
    ])
    expect(segment.rows()).toBe(1)
    expect(textsOf(await segment.take({ from: 100, count: 1 }))).toEqual([[100, 'row 100']])
    expect(segment.rows()).toBe(0)
  })

  it('gives its space back when the last row is taken, and can be used again', async () => {
    const segment = createSpillSegment(data, index)
    await segment.append([record(0), record(1)])
    await segment.take({ from: 0, count: 1 })
    expect(segment.rows()).toBe(1)

    await segment.take({ from: 1, count: 1 })
    expect([segment.rows(), segment.size()]).toEqual([0, 0])
    expect([(await data.stat()).size, (await index.stat()).size]).toEqual([0, 0])

    await segment.append([record(1)])
    expect(textsOf(await segment.take({ from: 0, count: 4 }))).toEqual([[1, 'row 1']])
  })
})
