import fc from 'fast-check'
import { proposeMaxCost } from '../../lib/report/propose-max-cost.js'

describe('proposeMaxCost', () => {
  it.each([
    [
      'from what the rows have cost',
      { maxCostUsd: 5, spentUsd: 5, rowsDone: 100, rowsTotal: 300 },
      20,
    ],
    ['twice the cap at least', { maxCostUsd: 5, spentUsd: 5, rowsDone: 99, rowsTotal: 100 }, 10],
    [
      'twice the cap if the total is unknown',
      { maxCostUsd: 3, spentUsd: 3, rowsDone: 9, rowsTotal: undefined },
      10,
    ],
    [
      'twice the cap if no row is done',
      { maxCostUsd: 0.01, spentUsd: 0, rowsDone: 0, rowsTotal: 9 },
      0.02,
    ],
    ['small sums', { maxCostUsd: 0.0001, spentUsd: 0.0001, rowsDone: 1, rowsTotal: 30 }, 0.005],
  ])('proposes %s', (_, options, usd) => {
    expect(proposeMaxCost(options)).toBe(usd)
  })

  it('is always a round number above the cap', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-9, max: 1e6, noNaN: true }),
        fc.double({ min: 0, max: 1e6, noNaN: true }),
        fc.nat(1000),
        fc.nat(100_000),
        (maxCostUsd, spentUsd, rowsDone, rowsTotal) => {
          const usd = proposeMaxCost({ maxCostUsd, spentUsd, rowsDone, rowsTotal })

          expect(usd).toBeGreaterThanOrEqual(maxCostUsd * 2 * (1 - 1e-12))
          expect(String(usd)).toMatch(/^(0\.0*)?[125](0*|e[-+]\d+)$/)
        },
      ),
    )
  })
})
