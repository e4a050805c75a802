import { higherCap, isCapReached } from '../../../lib/cli/text/higher-cap.js'
import { runError } from '../../../lib/error/batch-error.js'
import { emptyTally } from '../../../lib/row/tally.js'
import { makeStoredBatch } from '../make-stored-batch.js'

const reached = runError('COST_CAP_REACHED', 'The cap is reached')
const capped = { settledUsd: 0.9, unsettledUsd: 0.1, maxCostUsd: 1 }
const tally = { ...emptyTally, answered: 9, failed: 1 }

describe('isCapReached', () => {
  it.each([
    ['the cap', reached, true],
    ['another error of ours', runError('KEY_INVALID', 'x'), false],
    ['a foreign error with the code', Object.assign(new Error('x'), { code: reached.code }), false],
    ['nothing', undefined, false],
  ])('of %s', (_what, reason, is) => expect(isCapReached(reason)).toBe(is))
})

describe('higherCap', () => {
  const of = (change: object, answeredBefore?: number, rowsTotal: number | undefined = 100) => {
    const paused = { stopReason: reached, capped, tally, ...change } as Parameters<
      typeof higherCap
    >[0]
    const before =
      answeredBefore === undefined
        ? undefined
        : makeStoredBatch({ completedPrompts: answeredBefore })
    return higherCap(paused, before, rowsTotal)
  }

  it.each<[string, number | undefined, number | undefined]>([
    ['is for all rows at what its rows have cost', of({}), 20],
    ['counts the rows of the runs before', of({}, 40), 5],
    ['is no worse for a batch that had fewer rows before', of({}, 4), 20],
    ['is at least double', of({}, undefined, 10), 2],
    ['is not there without a cap', of({ capped: undefined }), undefined],
    ['is not there for a whole batch', of({ stopReason: undefined }), undefined],
  ])('%s', (_what, cap, expected) => expect(cap).toBe(expected))

  it('is double if nobody knows how many rows there are', () => {
    const paused = { stopReason: reached, capped, tally } as Parameters<typeof higherCap>[0]
    expect(higherCap(paused, undefined, undefined)).toBe(2)
  })
})
