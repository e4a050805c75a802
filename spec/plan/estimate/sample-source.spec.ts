import { Readable } from 'node:stream'
import { sampleSource } from '../../../lib/plan/estimate/sample-source.js'
import type { RowSource } from '../../../lib/port/row-source.js'
import { failed, range, row } from '../../support/rows.js'

function sourceOf(groups: readonly (readonly number[])[]): RowSource {
  return {
    format: 'text',
    path: '-',
    files: ['-'],
    rows: Readable.from(groups.map(indices => indices.map(index => row(index)))),
    columns: ['prompt'],
    isColumnsFixed: true,
    bytesTotal: 100,
    bytesRead: () => 0,
    warnings: [],
    notes: () => [],
  }
}

const indicesOf = async ({ rows }: RowSource) =>
  ((await rows.toArray()) as { index: number }[][]).flat().map(({ index }) => index)

describe('sampleSource', () => {
  it('gives only the rows of the sample, with their own indices', async () => {
    const source = sampleSource(sourceOf([range(4), [4, 5], [6, 7, 8]]), [1, 3, 6])

    expect(await indicesOf(source)).toEqual([1, 3, 6])
    expect(source.bytesTotal).toBeUndefined()
  })

  it('reads no further than the last of them', async () => {
    const whole = sourceOf([range(4), [4, 5], [6, 7, 8]])

    await indicesOf(sampleSource(whole, [2]))

    expect(whole.rows.destroyed).toBe(true)
  })

  it('fails if the input has become shorter', async () => {
    const source = sampleSource(sourceOf([range(4)]), [1, 6])

    await expect(indicesOf(source)).rejects.toMatchObject({ code: 'INPUT_UNREADABLE' })
  })

  it('gives records that are no rows too, by the index of theirs', async () => {
    const groups = [[row(0), failed(1)], [failed(2), row(3)], [row(4)]]
    const whole = { ...sourceOf([]), rows: Readable.from(groups) }
    const records = (await sampleSource(whole, [1, 2, 3]).rows.toArray()).flat()

    expect(records).toEqual([groups[0]?.[1], groups[1]?.[0], groups[1]?.[1]])
  })

  it('reads the first group alone for a sample of no rows', async () => {
    const whole = sourceOf([range(2), [2, 3]])

    expect(await indicesOf(sampleSource(whole, []))).toEqual([])
    expect(whole.rows.destroyed).toBe(true)
  })
})
