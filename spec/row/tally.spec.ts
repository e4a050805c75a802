import { BatchError } from '../../lib/error/batch-error.js'
import { addToTally, emptyTally, rowsAsked } from '../../lib/row/tally.js'
import { answer, answered, failed } from '../support/rows.js'

const failedWith = (index: number, message: string, remedy?: string) => ({
  ...failed(index),
  error: new BatchError(message, { code: 'COLUMN_UNEXPECTED', reach: 'row', remedy }),
})

describe('addToTally', () => {
  it('counts failures by kind, with the words and the remedy of the first row of each', () => {
    const tally = addToTally(emptyTally, [
      failedWith(7, 'No column for: y', 'Write JSON.'),
      failedWith(2, 'No column for: x'),
      failedWith(9, 'No column for: z', 'Write nothing.'),
    ])

    expect(tally).toMatchObject({ failed: 3, answered: 0 })
    expect(tally.errors).toEqual([
      { code: 'COLUMN_UNEXPECTED', message: 'No column for: x', firstRowIndex: 2, count: 3 },
    ])
    expect(addToTally(tally, [failedWith(1, 'm', 'Write it.')]).errors[0]?.remedy).toBe('Write it.')
  })

  it('counts tokens of calls of this run, and none of answers that were recalled', () => {
    const recalled = { ...answered(0), isRecalled: true }

    const tally = addToTally(emptyTally, [answered(1), recalled, { ...answered(2), attempts: 2 }])

    expect(tally).toMatchObject({ answered: 3, recalled: 1, inputTokens: 6, outputTokens: 2 })
  })

  it('adds up costs, and counts answers without a known cost apart', () => {
    const usage = { inputTokens: 9, cachedInputTokens: 4, outputTokens: 5, reasoningTokens: 3 }
    const cut = { ...failed(1), answer: answer('', { usage }), costUsd: 0.2 }
    const priced = addToTally(emptyTally, [{ ...answered(0), costUsd: 0.1 }, cut, failed(2)])
    const mixed = addToTally(priced, [answered(3)])

    expect(priced).toMatchObject({ costUsd: 0.3, unpricedAnswers: 0 })
    expect(priced).toMatchObject({ cachedInputTokens: 4, reasoningTokens: 3 })
    expect(mixed).toMatchObject({ costUsd: 0.3, unpricedAnswers: 1 })
  })

  it('has no cost if none is known, which is not $0, and has $0 for what costs nothing', () => {
    const unknown = addToTally(emptyTally, [answered(0)])

    expect(emptyTally.costUsd).toBe(0)
    expect(unknown).toMatchObject({ costUsd: undefined, unpricedAnswers: 1 })
    expect(addToTally(unknown, [{ ...answered(1), costUsd: 0.1 }]).costUsd).toBe(0.1)
    expect(addToTally(emptyTally, [{ ...answered(1), costUsd: 0 }]).costUsd).toBe(0)
  })

  it('counts the tokens of all answers to a row', () => {
    const twice = { ...answered(0), usage: { inputTokens: 30, outputTokens: 10 }, costUsd: 1 }

    expect(addToTally(emptyTally, [twice])).toMatchObject({ inputTokens: 30, outputTokens: 10 })
  })

  it('counts no cost of a recalled answer', () => {
    const recalled = { ...answered(0), costUsd: 3, isRecalled: true }

    expect(addToTally(emptyTally, [recalled])).toMatchObject({ costUsd: 0, unpricedAnswers: 0 })
  })

  it('counts answers that were reused, and failures that were shared as failures alone', () => {
    const tally = addToTally(emptyTally, [
      answered(0),
      { ...answered(1), reused: 'equal' },
      { ...answered(2), reused: 'cached' },
      { ...failed(3), reused: 'equal' },
      { ...answered(4), isRecalled: true },
    ])

    expect(tally).toMatchObject({ answered: 4, deduped: 1, cached: 1, recalled: 1, failed: 1 })
    expect(rowsAsked(tally)).toBe(2)
  })
})
