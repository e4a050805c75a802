import type { ErrorCode } from '../../lib/error/error-code.js'
import { emptyTally } from '../../lib/row/tally.js'
import { rowsNotConserved, statusAfter } from '../../lib/run/run-end.js'
import { fault } from '../support/rows.js'

describe('statusAfter', () => {
  it.each([
    ['completed', 'every row is answered', undefined, true, 0],
    ['failed', 'rows failed', undefined, true, 1],
    ['paused', 'rows are left', undefined, false, 0],
    ['paused', 'rows are left and some failed', undefined, false, 2],
    ['paused', 'it was interrupted', 'RUN_INTERRUPTED', false, 0],
    ['paused', 'the reader went away', 'OUTPUT_CLOSED', false, 1],
    ['cancelled', 'it was cancelled', 'RUN_CANCELLED', false, 0],
    ['failed', 'the key was refused', 'KEY_INVALID', false, 1],
    ['failed', 'the output cannot be written on', 'OUTPUT_UNWRITABLE', false, 0],
  ] as const)('is %s when %s', (status, _when, code, isWhole, failedRows) => {
    const stopReason = code && fault(code as ErrorCode, 'run')

    expect(statusAfter({ stopReason, isWhole, failedRows })).toBe(status)
  })
})

describe('rowsNotConserved', () => {
  it('says that it is a defect, and what was counted', () => {
    const error = rowsNotConserved(5, { ...emptyTally, answered: 1, failed: 2, skipped: 1 })

    expect(error.message).toBe(
      '5 rows were read, but 1 answered + 2 failed + 1 skipped are accounted for',
    )
    expect(error).toMatchObject({ code: 'ROWS_NOT_CONSERVED', reach: 'run' })
    expect(error.remedy).toMatch(/defect of llm batch/)
  })
})
