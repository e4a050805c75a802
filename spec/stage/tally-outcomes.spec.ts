import type { Tally } from '../../lib/row/tally.js'
import { tallyOutcomes } from '../../lib/stage/tally-outcomes.js'
import { collectGroups } from '../support/collect.js'
import { answered, failed } from '../support/rows.js'

describe('tallyOutcomes', () => {
  it('tells the counts after each group, and gives the groups on', async () => {
    const tallies: Tally[] = []
    const groups = [[answered(0), failed(1)], [answered(2)]]

    const out = await collectGroups(groups, tallyOutcomes({ onTally: one => tallies.push(one) }))

    expect(out).toEqual(groups)
    expect(tallies).toMatchObject([
      { answered: 1, failed: 1 },
      { answered: 2, failed: 1 },
    ])
  })

  it('tells nothing of nothing', async () => {
    const tallies: Tally[] = []
    await collectGroups([], tallyOutcomes({ onTally: one => tallies.push(one) }))

    expect(tallies).toEqual([])
  })
})
