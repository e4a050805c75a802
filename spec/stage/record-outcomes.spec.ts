import { EventEmitter, once } from 'node:events'
import { Readable, Transform } from 'node:stream'
import type { Outcome } from '../../lib/row/outcome.js'
import { recordOutcomes } from '../../lib/stage/record-outcomes.js'
import { collect } from '../support/collect.js'
import { fakeClock, settle } from '../support/fake-clock.js'
import { answered, range } from '../support/rows.js'

const outcomes = (count: number) => range(count).map(index => answered(index))

describe('recordOutcomes', () => {
  it('gives all outcomes on in their order', async () => {
    const stage = recordOutcomes({ record: async () => {}, clock: fakeClock() })

    const out = await collect<Outcome>(outcomes(1000), stage)

    expect(out.map(outcome => outcome.row.index)).toEqual(range(1000))
  })

  it('shows an outcome only once it is recorded', async () => {
    const safe = new Set<Outcome>()
    const unsafe: Outcome[] = []
    const stage = recordOutcomes({
      async record(group) {
        await settle()
        for (const outcome of group) safe.add(outcome)
      },
      clock: fakeClock(),
    })
    stage.on('data', (outcome: Outcome) => {
      if (!safe.has(outcome)) unsafe.push(outcome)
    })

    for (const outcome of outcomes(600)) stage.write(outcome)
    stage.end()
    await new Promise(resolve => stage.once('end', resolve))

    expect(safe.size).toBe(600)
    expect(unsafe).toEqual([])
  })

  it('goes on when a reader that was slower takes what had filled up', async () => {
    const slowly = new Transform({
      objectMode: true,
      highWaterMark: 1,
      transform: (outcome, _encoding, done) => setImmediate(done, null, outcome),
    })
    const stage = recordOutcomes({ record: async () => {}, clock: fakeClock() })

    expect(await collect(outcomes(2000), stage, slowly)).toHaveLength(2000)
  })

  it('lets an outcome wait for others no longer than it may', async () => {
    const clock = fakeClock()
    const groups: number[] = []
    const stage = recordOutcomes({
      record: async group => void groups.push(group.length),
      clock,
      groupMs: 50,
    })
    stage.resume()
    stage.write(answered(0))
    stage.write(answered(1))

    await clock.advance(49)
    expect(groups).toEqual([])
    await clock.advance(1)
    expect(groups).toEqual([2])
    stage.destroy()
  })

  it('records no larger groups than it may', async () => {
    const groups: number[] = []
    const stage = recordOutcomes({
      record: async group => void groups.push(group.length),
      clock: fakeClock(),
      groupRows: 100,
    })

    await collect(outcomes(250), stage)

    expect(groups).toEqual([100, 100, 50])
  })

  it('lets a group form while the one before is being recorded', async () => {
    const clock = fakeClock()
    const groups: number[] = []
    let release = () => {}
    const stage = recordOutcomes({
      record: group => {
        groups.push(group.length)
        return new Promise(resolve => {
          release = resolve
        })
      },
      clock,
    })
    stage.resume()
    stage.write(answered(0))
    await clock.advance(50)
    for (const outcome of outcomes(5)) stage.write(outcome)
    await clock.advance(200)
    expect(groups).toEqual([1])

    release()
    await settle()

    expect(groups).toEqual([1, 5])
    stage.destroy()
  })

  it('accepts no more when nobody reads', async () => {
    const stage = recordOutcomes({
      record: async () => {},
      clock: fakeClock(),
      groupRows: 10,
    })
    let given = 0
    const source = Readable.from(
      (function* () {
        for (const outcome of outcomes(1000)) {
          given += 1
          yield outcome
        }
      })(),
    )
    source.pipe(stage)

    for (let turn = 0; turn < 30; turn += 1) await settle()

    expect(given).toBeLessThan(80)
    source.destroy()
    stage.destroy()
  })

  it('is destroyed when recording fails, and shows nothing of that group', async () => {
    const stage = recordOutcomes({
      record: () => Promise.reject(new Error('disk full')),
      clock: fakeClock(),
    })
    const shown: Outcome[] = []
    stage.on('data', outcome => shown.push(outcome))

    await expect(collect(outcomes(3), stage)).rejects.toThrow('disk full')
    expect(shown).toEqual([])
  })

  it('records what has come before it is destroyed', async () => {
    const recorded: Outcome[] = []
    const stage = recordOutcomes({
      record: async group => void recorded.push(...group),
      clock: fakeClock(),
    })
    stage.on('error', () => {})
    stage.write(answered(0))

    stage.destroy(new Error('stop now'))
    await settle()

    expect(recorded).toEqual([answered(0)])
  })

  it('is not gone before a group that is being recorded is safe', async () => {
    const recording = new EventEmitter()
    const stage = recordOutcomes({
      record: async () => void (await once(recording, 'done')),
      clock: fakeClock(),
      dueRows: 1,
    })
    stage.on('error', () => {})
    stage.write(answered(0))
    await settle()

    stage.destroy(new Error('stop now'))
    await settle()
    expect(stage.closed).toBe(false)
    recording.emit('done')
    await settle()

    expect(stage.closed).toBe(true)
  })

  it.each([1, 16, 256])('goes on after groups of %d were full and unread', async groupRows => {
    const clock = fakeClock()
    const stage = recordOutcomes({ record: async () => {}, clock, groupRows })
    Readable.from(outcomes(3_000)).pipe(stage)
    for (let turn = 0; turn < 60; turn += 1) await settle()

    expect(await stage.toArray()).toHaveLength(3_000)
  })

  it('waits for no more outcomes than are due together', async () => {
    const groups: number[] = []
    const stage = recordOutcomes({
      record: async group => void groups.push(group.length),
      clock: fakeClock(),
      dueRows: 2,
    })
    stage.resume()
    stage.write(answered(0))
    await settle()
    expect(groups).toEqual([])

    stage.write(answered(1))
    await settle()

    expect(groups).toEqual([2])
    stage.destroy()
  })

  it('records what it took whether or not anybody reads', async () => {
    const recorded: Outcome[] = []
    const clock = fakeClock()
    const stage = recordOutcomes({
      record: async group => void recorded.push(...group),
      clock,
      groupRows: 10,
    })
    let taken = 0
    while (stage.write(answered(taken))) taken += 1
    for (let turn = 0; turn < 20; turn += 1) await clock.advance(50)

    expect(recorded.length).toBeGreaterThanOrEqual(30)
    stage.destroy()
  })
})
