import { Writable } from 'node:stream'
import { runCount } from '../../lib/run/run-count.js'
import { runProgress } from '../../lib/run/run-progress.js'
import { createWindow } from '../../lib/stage/window.js'
import { wayToModel } from '../call/way-to-model.js'
import { settle } from '../support/fake-clock.js'
import { answered, fault, row } from '../support/rows.js'

function running(plan: { limit?: number; rowsCounted?: () => number | undefined } = {}) {
  const way = wayToModel()
  const count = runCount()
  const window = createWindow({ rows: 4 })
  const records = new Writable({ objectMode: true, highWaterMark: 1, write() {} })
  const source = { bytesRead: () => 50, bytesTotal: 100 }
  const { limit, rowsCounted } = plan
  const sink = { rows: records, rowsWritten: () => 1 }
  const said = runProgress({ limit }, { source, sink, clock: way.clock, rowsCounted } as never, {
    calls: way.path,
    window,
    count,
    stop: way.stop,
  })
  return { ...way, ...said, count, window, records }
}

describe('runProgress', () => {
  it('says what is read, in flight, recorded and written, and since when', async () => {
    const { progress, clock, count, ask, stop } = running()
    count.onRead([row(0), row(1)])
    count.onRecorded([answered(0)])
    await ask(1)
    await clock.advance(500)

    expect(progress()).toMatchObject({
      rowsRead: 2,
      rowsTotal: undefined,
      bytesRead: 50,
      bytesTotal: 100,
      tally: { answered: 1 },
      callsInFlight: 1,
      rowsWritten: 1,
      elapsedMs: 500,
      isStopping: false,
      leastLeftMs: 0,
    })
    stop.request(fault('RUN_INTERRUPTED', 'run'))
    expect(progress().isStopping).toBe(true)
  })

  it('knows the rows of the run at their end, before it as far as they are counted and wanted', () => {
    const { progress, count } = running({ limit: 5, rowsCounted: () => 9 })
    expect(progress().rowsTotal).toBe(5)
    count.onRead([row(0), row(1)])
    count.onRowsEnd('source-ended')

    expect(progress().rowsTotal).toBe(2)
  })

  it('tells others the rows of the batch, not those of a run with a limit', () => {
    expect(running({ limit: 5, rowsCounted: () => 9 }).pulse().totalRows).toBe(9)
    expect(running({ limit: 5 }).pulse().totalRows).toBeUndefined()
    const whole = running()
    whole.count.onRead([row(0), row(1)])
    expect(whole.pulse().totalRows).toBe(4)
  })

  it('is held by the output while the sink takes nothing, else by the calls, else by the input', async () => {
    const { progress, records, ask, pulse } = running()
    expect(progress().bottleneck).toEqual({ kind: 'input' })
    await ask(5)
    expect(progress().bottleneck).toEqual({ kind: 'concurrency' })

    records.write([1])

    expect(progress().bottleneck).toEqual({ kind: 'output' })
    expect(pulse().bottleneck).toBe('waiting for the output')
  })

  it('is held by a wait for the next attempt when no other row can be read', async () => {
    const { progress, ask, end, window } = running()
    await ask(1)
    await end(fault('RATE_LIMITED', 'attempt', 20_000))
    await settle()
    expect(progress().bottleneck).toEqual({ kind: 'input' })

    window.take(4, 0)

    expect(progress().bottleneck).toEqual({ kind: 'wait', ms: 20_000 })
  })
})
