import fc from 'fast-check'
import { spendLedger } from '../../lib/pricing/spend-ledger.js'
import { scale } from '../support/scale.js'

describe('spendLedger', () => {
  it('has room for calls up to the cap, and not for one more', () => {
    const ledger = spendLedger({ capUsd: 0.3 })

    // In floating point, 0.1 + 0.1 + 0.1 is more than 0.3.
    const taken = [0.1, 0.1, 0.1, 0.1].map(usd => ledger.reserve(usd) !== undefined)

    expect(taken).toEqual([true, true, true, false])
    expect(ledger.openCalls()).toBe(3)
  })

  it('gives room back when a call costs less, or nothing', () => {
    const ledger = spendLedger({ capUsd: 2 })
    const first = ledger.reserve(1) as number
    const second = ledger.reserve(1) as number
    expect(ledger.reserve(1)).toBeUndefined()

    ledger.settle(first, { usd: 0.4 })
    ledger.release(second)

    expect(ledger.spend()).toEqual({ settledUsd: 0.4, unsettledUsd: 0 })
    expect(ledger.reserve(1.6)).toBeDefined()
  })

  it('keeps the room of a call that may have been billed', () => {
    const ledger = spendLedger({ capUsd: 2 })
    ledger.lose(ledger.reserve(1.5) as number)

    expect(ledger.spend()).toEqual({ settledUsd: 0, unsettledUsd: 1.5 })
    expect(ledger.reserve(1)).toBeUndefined()
    expect(ledger.openCalls()).toBe(0)
  })

  it('counts the spend of earlier runs', () => {
    const ledger = spendLedger({ capUsd: 5, before: { settledUsd: 3, unsettledUsd: 1.5 } })

    expect(ledger.reserve(0.6)).toBeUndefined()
    expect(ledger.reserve(0.5)).toBeDefined()
    expect(ledger.spend()).toEqual({ settledUsd: 3, unsettledUsd: 2 })
  })

  it('takes calls in flight and all later calls for dearer once one has cost more than its bound', () => {
    const ledger = spendLedger({ capUsd: 10 })
    const [surprise] = [ledger.reserve(1), ledger.reserve(1)]

    ledger.settle(surprise as number, { usd: 3 })

    expect(ledger.spend()).toEqual({ settledUsd: 3, unsettledUsd: 3 })
    expect(ledger.priceOf(1)).toBe(3)
    expect(ledger.reserve(1.4)).toBeUndefined()
    expect(ledger.reserve(1.3)).toBeDefined()
  })

  it('trusts a stated cost more than the price list', () => {
    const ledger = spendLedger({ capUsd: 10 })

    ledger.settle(ledger.reserve(1) as number, { usd: 0.02, listedUsd: 0.01 })

    expect(ledger.priceOf(1)).toBe(2)
  })

  it('goes on without room when a surprise has passed the cap', () => {
    const ledger = spendLedger({ capUsd: 1 })

    ledger.settle(ledger.reserve(0.5) as number, { usd: 4 })

    expect(ledger.spend()).toEqual({ settledUsd: 4, unsettledUsd: 0 })
    expect(ledger.reserve(0.000_000_001)).toBeUndefined()
  })
})

/** A call ends with a share of its bound, without an answer, or refused. */
type End = { readonly share: number } | 'lost-billed' | 'lost-free' | 'refused'
type Step =
  | { readonly kind: 'begin'; readonly worstUsd: number }
  | { readonly kind: 'end'; readonly call: number; readonly end: End }
  | { readonly kind: 'resume' }

/** Prices of tokens have up to six decimals of a cent; some sums are near the noise of doubles. */
const usd = fc.oneof(
  fc.integer({ min: 0, max: 3_000_000 }).map(micros => micros / 1e6),
  fc.double({ min: 1e-8, max: 3, noNaN: true }),
)
const end: fc.Arbitrary<End> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ share: fc.double({ min: 0, max: 1, noNaN: true }) }) },
  { weight: 2, arbitrary: fc.constant({ share: 1 }) },
  {
    weight: 3,
    arbitrary: fc.constantFrom<End[]>('lost-billed', 'lost-free', 'refused'),
  },
)
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('begin' as const), worstUsd: usd }) },
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant('end' as const), call: fc.nat(300), end }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('resume' as const) }) },
)

describe('spendLedger, in any sequence of events', () => {
  it('never lets the bill pass the cap, and refuses no call that has room for certain', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 20, noNaN: true }),
        fc.array(step, { maxLength: 300 }),
        (capUsd, steps) => {
          let ledger = spendLedger({ capUsd })
          let billedUsd = 0
          /** What the ledger may think of as spent, at most: all lost calls billed in full. */
          let countedUsd = 0
          let open: { reserved: number; worstUsd: number }[] = []

          for (const one of steps) act(one)
          for (const call of open.splice(0)) finish(call, { share: 1 })

          function act(one: Step): void {
            if (one.kind === 'begin') begin(one.worstUsd)
            else if (one.kind === 'resume') resume()
            else {
              const [call] = open.splice(one.call % Math.max(1, open.length), 1)
              if (call !== undefined) finish(call, one.end)
            }
            const { settledUsd, unsettledUsd } = ledger.spend()
            expect(settledUsd + unsettledUsd).toBeLessThanOrEqual(capUsd + 1e-9)
          }

          function begin(worstUsd: number): void {
            const reserved = ledger.reserve(worstUsd)
            if (reserved !== undefined) open.push({ reserved, worstUsd })
            else {
              const openUsd = open.reduce((sum, call) => sum + call.worstUsd, 0)
              const roundedUsd = (steps.length + 2) * 1e-9
              expect(countedUsd + openUsd + worstUsd + roundedUsd).toBeGreaterThan(capUsd)
            }
          }

          function finish({ reserved, worstUsd }: (typeof open)[0], how: End): void {
            if (how === 'refused') ledger.release(reserved)
            else if (how === 'lost-billed' || how === 'lost-free') {
              ledger.lose(reserved)
              countedUsd += worstUsd
              if (how === 'lost-billed') bill(worstUsd)
            } else {
              const spentUsd = worstUsd * how.share
              ledger.settle(reserved, { usd: spentUsd })
              countedUsd += spentUsd
              bill(spentUsd)
            }
          }

          function bill(moreUsd: number): void {
            billedUsd += moreUsd
            // The sum of doubles itself is off by some 1e-15 a call.
            expect(billedUsd).toBeLessThanOrEqual(capUsd + 1e-12)
          }

          /** Another process goes on after a kill; the calls in flight were billed in full. */
          function resume(): void {
            ledger = spendLedger({ capUsd, before: ledger.spend() })
            for (const { worstUsd } of open) {
              countedUsd += worstUsd
              bill(worstUsd)
            }
            open = []
          }
        },
      ),
      { numRuns: 600 * scale },
    )
  })
})
