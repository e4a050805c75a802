import { Writable } from 'node:stream'
import { createStopSwitch } from '../../lib/call/stop-switch.js'
import { writeToSink } from '../../lib/stage/write-to-sink.js'
import { collectGroups } from '../support/collect.js'
import { settle } from '../support/fake-clock.js'
import { inGroupsOf } from '../support/pass-groups.js'
import { range } from '../support/rows.js'

type Done = (error?: Error) => void

function written(write: (group: number[], done: Done) => void) {
  const groups: number[][] = []
  const stop = createStopSwitch()
  const sink = new Writable({
    objectMode: true,
    highWaterMark: 2,
    write(group: number[], _encoding, done) {
      groups.push(group)
      write(group, done)
    },
  })
  return { sink, stop, groups, stage: writeToSink({ sink, stop }) }
}

const failing = (code: string) => (_: unknown, done: Done) =>
  done(Object.assign(new Error(code), { code }))

describe('writeToSink', () => {
  it.each([1, 7, 100])('writes every group of %d and ends the sink', async size => {
    const { sink, groups, stage } = written((_, done) => setImmediate(done))

    await collectGroups(inGroupsOf(size, range(100)), stage)

    expect(groups).toEqual(inGroupsOf(size, range(100)))
    expect(sink.writableFinished).toBe(true)
  })

  it('ends the sink when nothing came', async () => {
    const { sink, groups, stage } = written((_, done) => done())
    await collectGroups([], stage)

    expect(groups).toEqual([])
    expect(sink.writableFinished).toBe(true)
  })

  it('goes no faster than the sink', async () => {
    const { groups, stage } = written(() => {})
    let accepted = 0
    for (let turn = 0; turn < 20; turn += 1) {
      if (!stage.writableNeedDrain) {
        stage.write([accepted])
        accepted += 1
      }
      await settle()
    }

    expect(groups).toHaveLength(1)
    expect(accepted).toBeLessThanOrEqual(3)
    stage.destroy()
  })

  it.each([
    ['ENOSPC', 'OUTPUT_UNWRITABLE'],
    ['EPIPE', 'OUTPUT_CLOSED'],
  ])(
    'asks for a stop when the sink breaks with %s, and lets go of what still comes',
    async (code, reason) => {
      const { stop, stage } = written(failing(code))

      await collectGroups(inGroupsOf(5, range(50)), stage)

      expect(stop.reason()).toMatchObject({ code: reason, reach: 'run' })
    },
  )

  it('does not wait for a sink that breaks while it takes nothing, or as it ends', async () => {
    const standing = written(() => {})
    const all = collectGroups(inGroupsOf(1, range(50)), standing.stage)
    await settle()
    standing.sink.destroy(Object.assign(new Error('gone'), { code: 'EPIPE' }))
    await all
    expect(standing.stop.reason()).toMatchObject({ code: 'OUTPUT_CLOSED' })

    const stop = createStopSwitch()
    const sink = new Writable({
      objectMode: true,
      write: (_group, _encoding, done) => done(),
      final: done => done(new Error('full')),
    })
    await collectGroups([[1]], writeToSink({ sink, stop }))
    expect(stop.reason()).toMatchObject({ code: 'OUTPUT_UNWRITABLE' })
  })

  it('reports a sink that was destroyed without an error', async () => {
    const standing = written(() => {})
    const all = collectGroups(inGroupsOf(1, range(50)), standing.stage)
    await settle()
    standing.sink.destroy()
    await all
    expect(standing.stop.reason()).toMatchObject({ code: 'OUTPUT_CLOSED' })

    const stop = createStopSwitch()
    writeToSink({ sink: standing.sink, stop })
    expect(stop.reason()).toMatchObject({ code: 'OUTPUT_CLOSED' })
  })

  it('destroys the sink when the pipeline fails, and does not report the sink', async () => {
    const { sink, stop, stage } = written(() => {})
    stage.write([1])

    stage.destroy()
    await settle()

    expect(sink.destroyed).toBe(true)
    expect(stop.reason()).toBeUndefined()
  })
})
