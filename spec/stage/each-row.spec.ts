import { eachRow } from '../../lib/stage/each-row.js'
import { collectGroups } from '../support/collect.js'
import { settle } from '../support/fake-clock.js'
import { countedSource, inGroupsOf } from '../support/pass-groups.js'
import { range } from '../support/rows.js'

describe('eachRow', () => {
  it.each([1, 7, 100])('gives the elements of groups of %d one by one, in order', async size => {
    expect(await collectGroups(inGroupsOf(size, range(100)), eachRow())).toEqual(range(100))
  })

  it('gives nothing for nothing', async () => {
    expect(await collectGroups([[], []], eachRow())).toEqual([])
  })

  it('takes no more groups while nobody reads', async () => {
    const { source, count } = countedSource(inGroupsOf(50, range(5_000)))
    const stage = source.pipe(eachRow())
    for (let turn = 0; turn < 20; turn += 1) await settle()

    expect(count.given).toBeLessThanOrEqual(5)
    stage.destroy()
  })
})
