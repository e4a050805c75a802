import { runCount } from '../../lib/run/run-count.js'
import { answered, failed, fault, row } from '../support/rows.js'

describe('runCount', () => {
  it('counts what is read and what is recorded', () => {
    const count = runCount()
    count.onRead([row(0), row(1), row(2)])
    count.onRecorded([answered(0), failed(1)])
    count.onRecorded([{ kind: 'skipped', row: row(2) }])

    expect(count.rowsRead()).toBe(3)
    expect(count.tally()).toMatchObject({ answered: 1, failed: 1, skipped: 1 })
  })

  it('counts rows that have no outcome when the run is broken off as skipped', () => {
    const count = runCount()
    count.onRead([row(0), row(1), row(2)])
    count.onRecorded([answered(0)])

    count.onBrokenOff()

    expect(count.tally()).toMatchObject({ answered: 1, skipped: 2 })
  })

  it('keeps why no further row comes, and the error of an input in our words', () => {
    const count = runCount()
    expect(count.rowsEnd()).toBeUndefined()
    count.onSourceError(new Error('EIO'))
    count.onRowsEnd('source-failed')

    expect(count.rowsEnd()).toBe('source-failed')
    expect(count.inputError()).toMatchObject({
      code: 'INPUT_UNREADABLE',
      reach: 'run',
      message: 'Cannot read the rest of the input: EIO',
    })
  })

  it('leaves an error of ours as it is', () => {
    const count = runCount()
    const error = fault('INPUT_SYNTAX_INVALID', 'run')
    count.onSourceError(error)

    expect(count.inputError()).toBe(error)
  })
})
