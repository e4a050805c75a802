import { BatchError } from '../../lib/error/batch-error.js'
import { addToTally, emptyTally } from '../../lib/row/tally.js'
import { answered, failed } from '../support/rows.js'

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
})
