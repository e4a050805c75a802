import { EventEmitter } from 'node:events'
import { watchReports } from '../../../lib/cli/terminal/watch-reports.js'
import type { BatchStatus } from '../../../lib/port/stored-batch.js'
import type { BatchReport } from '../../../lib/report/batch-report.js'
import { fakeClock } from '../../support/fake-clock.js'
import { makeStoredBatch } from '../make-stored-batch.js'

function reportOf(status: BatchStatus): BatchReport {
  return {
    batch: makeStoredBatch({ status }),
    durationMs: 0,
    leftMs: undefined,
    errors: [],
    resumeCommand: undefined,
  }
}

function watching(statuses: readonly BatchStatus[]) {
  const shown: [BatchStatus, boolean][] = []
  const signals = new EventEmitter()
  const clock = fakeClock()
  let looks = 0
  const look = async (): Promise<BatchReport> => {
    const status = statuses[looks]
    looks += 1
    if (status === undefined) throw new Error('database is gone')
    return reportOf(status)
  }
  const show = async (report: BatchReport, isLast: boolean) =>
    void shown.push([report.batch.status, isLast])
  return { shown, signals, clock, ended: watchReports(look, show, { signals, clock }) }
}

describe('watchReports', () => {
  it('rejects when the batch cannot be looked at any more, and listens no longer', async () => {
    const { ended, clock, signals } = watching(['running'])
    const failing = expect(ended).rejects.toThrow('database is gone')
    await clock.advance(1000)
    await failing
    expect(signals.eventNames()).toEqual([])
  })

  it('looks each second until the batch ends', async () => {
    const { shown, clock, ended } = watching(['running', 'running', 'paused'])
    await clock.advance(999)
    expect(shown).toHaveLength(1)
    await clock.advance(1001)
    expect(await ended).toBe(true)
    expect(shown).toEqual([
      ['running', false],
      ['running', false],
      ['paused', true],
    ])
  })

  it('shows nothing more when one leaves while it looks', async () => {
    const signals = new EventEmitter()
    let shown = 0
    const look = async () => {
      signals.emit('SIGINT')
      return reportOf('completed')
    }
    const show = async () => {
      shown += 1
    }
    expect(await watchReports(look, show, { signals, clock: fakeClock() })).toBe(false)
    expect(shown).toBe(0)
  })

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'])('leaves at once on %s', async signal => {
    const { signals, clock, ended, shown } = watching(['running', 'running'])
    await clock.advance(1)
    signals.emit(signal)
    expect(await ended).toBe(false)
    expect(shown).toHaveLength(1)
    expect(signals.eventNames()).toEqual([])
  })
})
