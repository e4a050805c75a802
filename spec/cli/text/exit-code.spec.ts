import {
  exitCodeOfError,
  exitCodeOfRun,
  isClosedPipe,
  isDefect,
} from '../../../lib/cli/text/exit-code.js'
import { BatchError } from '../../../lib/error/batch-error.js'
import type { ErrorCode } from '../../../lib/error/error-code.js'
import { emptyTally } from '../../../lib/row/tally.js'
import type { BatchSummary } from '../../../lib/run/progress.js'

const summary = (failed: number, code?: ErrorCode): BatchSummary => ({
  batchId: 'x',
  status: 'completed',
  rowsRead: 3,
  tally: { ...emptyTally, failed },
  price: { kind: 'free', basis: 'a spec costs nothing' },
  durationMs: 1,
  outputPath: undefined,
  output: 'all',
  formulas: 0,
  notes: [],
  stopReason: code === undefined ? undefined : new BatchError('stop', { code, reach: 'run' }),
})

const unaccounted = new BatchError('x', { code: 'ROWS_NOT_CONSERVED', reach: 'run' })
const refusal = new BatchError('x', { code: 'BATCH_RUNNING', reach: 'run' })

const wrong = new BatchError('x', { code: 'USAGE_INVALID', reach: 'run' })
const full = Object.assign(new Error('x'), { code: 'ENOSPC', syscall: 'write' })

describe('exitCodeOfError', () => {
  it.each([
    ['an interruption', new BatchError('x', { code: 'RUN_INTERRUPTED', reach: 'run' }), 130],
    ['a defect', new TypeError('bug'), 70],
    ['rows that are unaccounted for', unaccounted, 70],
    ['a setting of llm', new BatchError('x', { code: 'SETTING_INVALID', reach: 'run' }), 1],
    ['wrong words', wrong, 2],
    ['a full disk', full, 2],
  ])('of %s', (_what, error, code) => expect(exitCodeOfError(error)).toBe(code))
})

describe('exitCodeOfRun', () => {
  it.each([
    ['every row was answered', { summary: summary(0) }, 0],
    ['some rows failed', { summary: summary(1) }, 1],
    ['it was stopped', { summary: summary(0, 'KEY_INVALID') }, 3],
    ['it was stopped and rows had failed', { summary: summary(2, 'ROWS_FAILING_ALIKE') }, 3],
    ['it was cancelled from elsewhere', { summary: summary(0, 'RUN_CANCELLED') }, 3],
    ['it was interrupted', { summary: summary(2, 'RUN_INTERRUPTED') }, 130],
    ['the reader of the output left', { summary: summary(2, 'OUTPUT_CLOSED') }, 0],
    ['another process was quicker', { summary: undefined, error: refusal }, 2],
    ['it was refused before the first call', { summary: undefined, error: wrong }, 2],
    ['the system refused a file', { summary: undefined, error: full }, 3],
    ['it broke', { summary: undefined, error: new Error('bug') }, 70],
    ['it broke with no error at all', { summary: undefined, error: null }, 3],
    ['it broke after the end', { summary: summary(0), error: new Error('bug') }, 70],
    ['rows are unaccounted for', { summary: undefined, error: unaccounted }, 70],
    ['nothing is known of it', { summary: undefined }, 3],
  ])('when %s', (_when, end, code) => {
    expect(exitCodeOfRun(end.summary, 'error' in end ? end.error : undefined)).toBe(code)
  })
})

describe('isDefect', () => {
  const refused = (code: string, syscall: string) =>
    Object.assign(new Error(code), { code, syscall })

  it.each([
    ['an error of ours', refusal, false],
    ['rows that are unaccounted for', unaccounted, true],
    ['no permission', refused('EACCES', 'open'), false],
    ['a folder that is gone', refused('ENOENT', 'uv_cwd'), false],
    ['a full disk', refused('ENOSPC', 'write'), false],
    ['a file that was closed already', refused('EBADF', 'read'), true],
    ['a wrong place', Object.assign(refused('EINVAL', 'open'), { path: '/sys/x' }), false],
    ['a bug', new TypeError('x is not a function'), true],
    ['a wrong argument', Object.assign(new TypeError('x'), { code: 'ERR_INVALID_ARG_TYPE' }), true],
    ['no error', undefined, false],
    ['a thrown null', null, true],
    [
      'a call of the system without a code',
      Object.assign(new Error('x'), { syscall: 'open' }),
      true,
    ],
  ])('of %s', (_what, error, is) => {
    expect(isDefect(error)).toBe(is)
  })
})

describe('isClosedPipe', () => {
  it('looks through causes, also where they go round', () => {
    const pipe = Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })
    expect(isClosedPipe(new Error('x', { cause: new Error('y', { cause: pipe }) }))).toBe(true)
    const round = new Error('round')
    round.cause = round
    expect(isClosedPipe(round)).toBe(false)
    expect(isClosedPipe(undefined)).toBe(false)
  })
})
