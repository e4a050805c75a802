import fc from 'fast-check'
import { spreadTotal } from '../../lib/pricing/spread-total.js'

describe('spreadTotal', () => {
  it('is exact if every group was counted', () => {
    const sum = spreadTotal()
    sum.addCounted(400, 100)
    sum.addCounted(300, 90)

    expect({ total: sum.total(), reach: sum.reach() }).toEqual({ total: 190, reach: 0 })
  })

  it('follows the length of the groups that were only measured', () => {
    const sum = spreadTotal()
    sum.addCounted(400, 100)
    sum.addCounted(800, 200)
    sum.addMeasured(4000)

    expect(sum.total()).toBe(1300)
    expect(sum.reach()).toBe(0)
  })

  it('has the true sum in its range in nine cases of ten', () => {
    const groups = fc.array(
      fc.record({
        characters: fc.integer({ min: 1000, max: 9000 }),
        rate: fc.double({ min: 0.2, max: 0.4, noNaN: true }),
      }),
      { minLength: 400, maxLength: 400 },
    )
    let hits = 0
    const samples = fc.sample(groups, { numRuns: 200, seed: 7 })
    for (const sample of samples) {
      const sum = spreadTotal()
      let truth = 0
      sample.forEach(({ characters, rate }, index) => {
        truth += characters * rate
        if (index % 8 === 0) sum.addCounted(characters, characters * rate)
        else sum.addMeasured(characters)
      })
      if (Math.abs(sum.total() - truth) <= sum.reach()) hits += 1
    }

    expect(hits / samples.length).toBeGreaterThan(0.84)
  })

  it('is 0 for nothing', () => {
    expect(spreadTotal().total()).toBe(0)
    expect(spreadTotal().reach()).toBe(0)
  })
})
