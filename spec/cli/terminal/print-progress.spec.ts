import { PassThrough } from 'node:stream'
import { printProgress } from '../../../lib/cli/terminal/print-progress.js'
import { emptyTally } from '../../../lib/row/tally.js'
import type { BatchProgress } from '../../../lib/run/progress.js'
import { fakeClock } from '../../support/fake-clock.js'

describe('printProgress', () => {
  it('prints a plain line a minute until it is stopped', async () => {
    const clock = fakeClock()
    const stderr = new PassThrough()
    let answered = 0
    const stop = printProgress(
      () =>
        ({
          rowsRead: 1000,
          rowsTotal: 1000,
          bytesRead: 1,
          bytesTotal: 1,
          tally: { ...emptyTally, answered },
          callsInFlight: 4,
          rowsWritten: 0,
          elapsedMs: clock.monotonicMs(),
          isStopping: false,
          bottleneck: { kind: 'concurrency' },
        }) satisfies BatchProgress,
      { stderr, clock },
    )
    await clock.advance(59_999)
    expect(stderr.read()).toBeNull()

    answered = 3
    await clock.advance(1)
    answered = 123
    await clock.advance(60_000)
    stop()
    await clock.advance(600_000)

    expect(String(stderr.read()).split('\n')).toEqual([
      '3/1,000 rows · 4 in flight · 20 s a row · 5h 32m left · held by the concurrency',
      '123/1,000 rows · 4 in flight · 2.0 rows/s · 7m 19s left · held by the concurrency',
      '',
    ])
    expect(clock.sleepers()).toBe(0)
  })
})
