import fc from 'fast-check'
import { spreadRows } from '../../../lib/plan/estimate/spread-rows.js'

function chosen(rows: number, count: number): readonly number[] {
  const spread = spreadRows(count)
  for (let index = 0; index < rows; index += 1) spread.add(index)
  return spread.choose()
}

describe('spreadRows', () => {
  it('chooses as many different rows as were asked for, in order, one from each part', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3000 }),
        fc.integer({ min: 1, max: 50 }),
        (rows, given) => {
          const count = Math.min(rows, given)
          const found = chosen(rows, count)
          expect(found).toHaveLength(count)
          found.forEach((index, at) => {
            if (at > 0) expect(index).toBeGreaterThan(found[at - 1] as number)
            expect(index).toBeGreaterThanOrEqual(Math.floor((at * rows) / count) - rows / count)
            expect(index).toBeLessThan(rows)
          })
        },
      ),
    )
  })

  it('follows no period of the rows', () => {
    const found = chosen(100_000, 100)

    const remainders = new Set(found.map(index => index % 10))
    expect(remainders.size).toBeGreaterThan(4)
  })

  it('gives all rows if there are fewer', () => {
    expect(chosen(3, 10)).toEqual([0, 1, 2])
    expect(chosen(0, 10)).toEqual([])
  })
})
