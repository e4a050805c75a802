import { Readable } from 'node:stream'
import { eachRow } from '../../lib/stage/each-row.js'
import { inGroups } from '../../lib/stage/in-groups.js'
import { collectGroups } from '../support/collect.js'
import { settle } from '../support/fake-clock.js'
import { countedSource, inGroupsOf, slowly } from '../support/pass-groups.js'
import { range } from '../support/rows.js'

describe('inGroups', () => {
  it('makes groups of rows that come together, in order, with at most the allowed number of rows', async () => {
    const stage = inGroups({ rows: 10 })
    for (const n of range(25)) stage.write(n)
    stage.end()

    const groups = await stage.toArray()

    expect(groups.flat()).toEqual(range(25))
    expect(Math.max(...groups.map(group => group.length))).toBe(10)
  })

  it('never lets a row wait for another row', async () => {
    const stage = inGroups()
    const seen: unknown[] = []
    stage.on('data', group => seen.push(group))

    stage.write(1)
    await settle()

    expect(seen).toEqual([[1]])
    stage.destroy()
  })

  it('gives no group for an empty input', async () => {
    expect(await collectGroups([], inGroups())).toEqual([])
  })

  it.each([1, 16, 128])('holds a few groups of %d while nobody reads, and goes on', async rows => {
    const { source, count } = countedSource(range(2_000))
    const stage = source.pipe(inGroups({ rows }))
    for (let turn = 0; turn < 60; turn += 1) await settle()
    expect(count.given).toBeLessThanOrEqual(3 * rows + 3)

    expect((await stage.toArray()).flat()).toEqual(range(2_000))
  })

  it('is the way back from eachRow, for a slow reader too', async () => {
    const groups = await collectGroups<number>(
      inGroupsOf(100, range(1_000)),
      eachRow(),
      inGroups({ rows: 50 }),
      slowly(),
    )

    expect(groups.flat()).toEqual(range(1_000))
  })

  it('fails when its source fails', async () => {
    const source = new Readable({
      objectMode: true,
      read() {
        this.destroy(new Error('gone'))
      },
    })

    await expect(collectGroups(source, inGroups())).rejects.toThrow('gone')
  })
})
