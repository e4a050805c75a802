import { createStopSwitch } from '../../lib/call/stop-switch.js'
import { BatchError } from '../../lib/error/batch-error.js'
import type { Outcome } from '../../lib/row/outcome.js'
import { stopRules } from '../../lib/run/stop-rules.js'
import { answered, failed, range, row } from '../support/rows.js'

function rules(changes: { stopOnError?: boolean; failFast?: boolean } = {}) {
  const stop = createStopSwitch()
  return { stop, watch: stopRules({ stopOnError: false, failFast: true, ...changes }, stop) }
}

describe('stopRules', () => {
  it('stops when the first ten rows all fail alike, and says with what', () => {
    const { stop, watch } = rules()
    for (const index of range(9)) watch(failed(index))
    expect(stop.reason()).toBeUndefined()

    watch(failed(9))

    expect(stop.reason()).toMatchObject({ code: 'ROWS_FAILING_ALIKE', reach: 'run' })
    expect(stop.reason()?.message).toMatch(/first 10 rows .* a fault of kind REQUEST_REJECTED/)
  })

  it('goes on when one of the first ten was answered', () => {
    const { stop, watch } = rules()
    watch(answered(0))
    for (const index of range(50)) watch(failed(index))

    expect(stop.reason()).toBeUndefined()
  })

  it('goes on when they fail in different ways', () => {
    const { stop, watch } = rules()
    for (const index of range(50))
      watch(failed(index, index % 2 ? 'ANSWER_EMPTY' : 'REPLY_INVALID'))

    expect(stop.reason()).toBeUndefined()
  })

  it('does not count rows that were skipped', () => {
    const { stop, watch } = rules()
    for (const index of range(9)) watch(failed(index))
    watch({ kind: 'skipped', row: row(9) })

    expect(stop.reason()).toBeUndefined()
  })

  it('does not let an answer that was recalled speak for the run', () => {
    const { stop, watch } = rules()
    watch({ ...answered(0), isRecalled: true })
    for (const index of range(10)) watch(failed(index + 1))

    expect(stop.reason()).toMatchObject({ code: 'ROWS_FAILING_ALIKE' })
  })

  it('does not let an outcome that was reused speak for the run', () => {
    const { stop, watch } = rules({ stopOnError: true })
    watch({ ...answered(0), reused: 'cached' })
    for (const index of range(10)) watch({ ...failed(index + 1), reused: 'equal' })
    expect(stop.reason()).toBeUndefined()

    watch(failed(11))

    expect(stop.reason()).toMatchObject({ code: 'RUN_STOPPED' })
  })

  it('goes on all the same when told to', () => {
    const { stop, watch } = rules({ failFast: false })
    for (const index of range(50)) watch(failed(index))

    expect(stop.reason()).toBeUndefined()
  })

  describe('once five rows in turn were refused alike, each perhaps for its text', () => {
    const refused = (index: number, code: BatchError['code'] = 'ACCESS_REFUSED') => ({
      ...failed(index),
      error: new BatchError('Blocked', { code, reach: 'row', mayBeOfRow: true }),
    })

    it('stops, and says with what', () => {
      const { stop, watch } = rules()
      watch(answered(0))
      for (const index of range(4)) watch(refused(index + 1))
      expect(stop.reason()).toBeUndefined()
      watch({ kind: 'skipped', row: row(5) })
      watch({ ...answered(6), isRecalled: true })

      watch(refused(7))

      expect(stop.reason()).toMatchObject({
        code: 'ROWS_FAILING_ALIKE',
        message: 'The last 5 rows were all refused: Blocked',
        remedy: expect.stringContaining('--no-fail-fast'),
      })
    })

    it.each<[string, Outcome]>([
      ['an answer', answered(9)],
      ['a failure of another kind', failed(9)],
      ['a refusal of another kind', refused(9, 'MODEL_UNKNOWN')],
    ])('goes on if %s stands between', (_what, between) => {
      const { stop, watch } = rules()
      watch(answered(0))
      for (const index of range(20)) {
        watch(refused(index))
        if (index % 4 === 3) watch(between)
      }

      expect(stop.reason()).toBeUndefined()
    })

    it('goes on when told to', () => {
      const { stop, watch } = rules({ failFast: false })
      for (const index of range(20)) watch(refused(index))

      expect(stop.reason()).toBeUndefined()
    })
  })

  it('stops at the first failed row when told to', () => {
    const { stop, watch } = rules({ stopOnError: true })
    watch(answered(0))
    watch(failed(1))

    expect(stop.reason()).toMatchObject({ code: 'RUN_STOPPED' })
  })
})
