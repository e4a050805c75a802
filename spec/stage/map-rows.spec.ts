import { mapRows } from '../../lib/stage/map-rows.js'
import { collectGroups } from '../support/collect.js'
import { settle } from '../support/fake-clock.js'
import { countedSource, inGroupsOf, slowly } from '../support/pass-groups.js'
import { range } from '../support/rows.js'

describe('mapRows', () => {
  it('maps each element, in order, and leaves the groups as they are', async () => {
    const out = await collectGroups(
      [[1, 2], [3]],
      mapRows<number, number>(n => n * 2),
    )

    expect(out).toEqual([[2, 4], [6]])
  })

  it('waits for promises, those of one group at the same time', async () => {
    let running = 0
    let most = 0
    const map = async (n: number) => {
      running += 1
      most = Math.max(most, running)
      await settle()
      running -= 1
      return n
    }

    expect(await collectGroups(inGroupsOf(4, range(12)), mapRows(map))).toEqual(
      inGroupsOf(4, range(12)),
    )
    expect(most).toBe(4)
  })

  it('mixes promises and plain values', async () => {
    const map = (n: number) => (n === 1 ? Promise.resolve(n) : n)

    expect(await collectGroups([[0, 1, 2]], mapRows(map))).toEqual([[0, 1, 2]])
  })

  it('gives no group for an empty input', async () => {
    expect(
      await collectGroups(
        [],
        mapRows(n => n),
      ),
    ).toEqual([])
  })

  it('goes at the pace of its reader', async () => {
    const { source, count } = countedSource(inGroupsOf(10, range(1_000)))
    const stage = source.pipe(mapRows(n => n))
    for (let turn = 0; turn < 20; turn += 1) await settle()
    expect(count.given).toBeLessThanOrEqual(5)

    expect((await stage.pipe(slowly()).toArray()).flat()).toEqual(range(1_000))
  })

  it.each([
    [
      'throws',
      () => {
        throw new Error('a bug')
      },
    ],
    ['rejects with', () => Promise.reject(new Error('a bug'))],
  ])('is destroyed by what a map %s', async (_, map) => {
    await expect(collectGroups([[1]], mapRows(map))).rejects.toThrow('a bug')
  })
})
