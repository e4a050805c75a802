import { Writable } from 'node:stream'
import type { Outcome } from '../../lib/row/outcome.js'
import { createStopSwitch } from '../../lib/stage/stop-switch.js'
import { writeOutcomes } from '../../lib/stage/write-outcomes.js'
import { collect } from '../support/collect.js'
import { settle } from '../support/fake-clock.js'
import { answered, range, row } from '../support/rows.js'

function sinkOf(write: (outcome: Outcome, done: (error?: Error) => void) => void) {
  const written: Outcome[] = []
  const sink = new Writable({
    objectMode: true,
    highWaterMark: 2,
    write(outcome: Outcome, _encoding, done) {
      written.push(outcome)
      write(outcome, done)
    },
  })
  return { sink, written }
}

describe('writeOutcomes', () => {
  it('writes every outcome and ends the sink', async () => {
    const { sink, written } = sinkOf((_, done) => setImmediate(done))
    const outcomes = range(20).map(index => answered(index))

    await collect(outcomes, writeOutcomes({ sink, stop: createStopSwitch() }) as never)

    expect(written).toEqual(outcomes)
    expect(sink.writableFinished).toBe(true)
  })

  it('does not write rows that were skipped', async () => {
    const { sink, written } = sinkOf((_, done) => done())
    const stage = writeOutcomes({ sink, stop: createStopSwitch() })

    await collect([{ kind: 'skipped', row: row(0) }, answered(1)], stage as never)

    expect(written).toEqual([answered(1)])
  })

  it('goes no faster than the sink', async () => {
    const { sink, written } = sinkOf(() => {})
    const stage = writeOutcomes({ sink, stop: createStopSwitch() })

    let accepted = 0
    while (accepted < 100 && stage.write(answered(accepted))) accepted += 1
    await settle()

    expect(written).toHaveLength(1)
    expect(accepted).toBeLessThan(20)
    stage.destroy()
  })

  it('asks for a stop when the sink breaks, and lets go of what still comes', async () => {
    const stop = createStopSwitch()
    const { sink } = sinkOf((outcome, done) =>
      done(
        outcome.row.index === 1 ? Object.assign(new Error('full'), { code: 'ENOSPC' }) : undefined,
      ),
    )
    const outcomes = range(50).map(index => answered(index))

    await collect(outcomes, writeOutcomes({ sink, stop }) as never)

    expect(stop.reason()).toMatchObject({ code: 'OUTPUT_UNWRITABLE', reach: 'run' })
  })

  it('knows a reader that has gone away', async () => {
    const stop = createStopSwitch()
    const { sink } = sinkOf((_, done) => done(Object.assign(new Error('EPIPE'), { code: 'EPIPE' })))

    await collect([answered(0), answered(1)], writeOutcomes({ sink, stop }) as never)

    expect(stop.reason()).toMatchObject({ code: 'OUTPUT_CLOSED' })
  })

  it('asks for a stop when it is told that nobody is left to read, and lets what still comes go', async () => {
    const stop = createStopSwitch()
    const { sink, written } = sinkOf((_, done) => done())
    let tell: (error: Error) => void = () => {}
    const stage = writeOutcomes({
      sink,
      stop,
      onLost: listener => {
        tell = listener
      },
    })
    stage.write(answered(0))

    tell(Object.assign(new Error('gone'), { code: 'EPIPE' }))
    stage.write(answered(1))
    await new Promise<void>(resolve => stage.end(resolve))

    expect(stop.reason()).toMatchObject({ code: 'OUTPUT_CLOSED', reach: 'run' })
    expect(written).toHaveLength(1)
  })

  it('destroys the sink when the pipeline breaks', () => {
    const { sink } = sinkOf((_, done) => done())

    writeOutcomes({ sink, stop: createStopSwitch() }).destroy()

    expect(sink.destroyed).toBe(true)
  })
})
