import { createStopSwitch } from '../../lib/call/stop-switch.js'
import type { Outcome } from '../../lib/row/outcome.js'
import { type RecordOutcomesOptions, recordOutcomes } from '../../lib/stage/record-outcomes.js'
import { charactersOf, createWindow } from '../../lib/stage/window.js'
import { collectGroups } from '../support/collect.js'
import { settle } from '../support/fake-clock.js'
import { countedSource, inGroupsOf, slowly } from '../support/pass-groups.js'
import { answered, fault, range } from '../support/rows.js'

const outcomes = (count: number) => range(count).map(index => answered(index))

/** A record that is full when the spec says so. */
function recording(options: Partial<RecordOutcomesOptions> = {}) {
  const safe: Outcome[] = []
  const released: Pick<Outcome, 'row'>[] = []
  const rooms: { resolve: () => void; reject: (error: Error) => void }[] = []
  const state = { isFull: false }
  const stage = recordOutcomes({
    append(group) {
      safe.push(...group)
      if (!state.isFull) return undefined
      return new Promise((resolve, reject) => rooms.push({ resolve, reject }))
    },
    release: group => released.push(...group),
    ...options,
  })
  return { stage, safe, released, rooms, state }
}

describe('recordOutcomes', () => {
  it.each([1, 7, 1_000])('passes on all groups of %d in their order', async size => {
    const groups = inGroupsOf(size, outcomes(1_000))

    expect(await collectGroups(groups, recording().stage)).toEqual(groups)
    expect(await collectGroups(groups, recording().stage, slowly())).toEqual(groups)
  })

  it('gives no group for an empty input', async () => {
    expect(await collectGroups([], recording().stage)).toEqual([])
  })

  it('shows an outcome only once it is recorded, and then frees its slot', async () => {
    const { stage, safe, released } = recording()
    const early: Outcome[] = []
    stage.on('data', (group: Outcome[]) => {
      early.push(...group.filter(one => !safe.includes(one) || !released.includes(one)))
    })

    for (const group of inGroupsOf(10, outcomes(100))) stage.write(group)
    stage.end()
    await new Promise(resolve => stage.once('end', resolve))

    expect(safe).toHaveLength(100)
    expect(early).toEqual([])
  })

  it('records in the turn in which a group comes', () => {
    const { stage, safe } = recording()
    stage.write(outcomes(3))

    expect(safe).toHaveLength(3)
    stage.destroy()
  })

  it('accepts no more than it may hold if nobody reads', async () => {
    const { source, count } = countedSource(inGroupsOf(10, outcomes(1_000)))
    const { stage } = recording({ unreadRows: 50 })
    source.pipe(stage)
    for (let turn = 0; turn < 30; turn += 1) await settle()
    expect(count.given).toBeLessThanOrEqual(9)

    expect((await stage.toArray()).flat()).toHaveLength(1_000)
  })

  it('with a shared window, records everything, also if nobody reads, and frees the window as outcomes are read', async () => {
    const window = createWindow({ rows: 10 })
    const { stage, safe } = recording({ window })
    for (const group of inGroupsOf(10, outcomes(200))) {
      window.take(group.length, charactersOf(group))
      stage.write(group)
      await settle()
    }
    expect(safe).toHaveLength(200)
    expect(window.hasRoom()).toBe(false)

    stage.end()
    expect((await stage.toArray()).flat()).toHaveLength(200)

    window.take(9, 15_999_999)
    expect(window.hasRoom()).toBe(true)
  })

  it('passes outcomes on but keeps their slots while the journal has no room', async () => {
    const { stage, released, rooms, state } = recording()
    state.isFull = true
    const shown: unknown[] = []
    stage.on('data', group => shown.push(group))
    stage.write(outcomes(2))
    await settle()
    expect(shown).toHaveLength(1)
    expect(released).toEqual([])

    rooms[0]?.resolve()
    await settle()

    expect(released).toHaveLength(2)
    stage.destroy()
  })

  it('ends only when the journal has room', async () => {
    const { stage, rooms, state } = recording()
    state.isFull = true
    const all = stage.toArray()
    stage.end(outcomes(1))
    await settle()
    expect(await Promise.race([all, settle().then(() => 'waiting')])).toBe('waiting')

    rooms[0]?.resolve()

    expect(await all).toEqual([outcomes(1)])
  })

  it('requests a stop if the journal gets no room, continues to record, and ends', async () => {
    const stop = createStopSwitch()
    const { stage, safe, released, rooms, state } = recording({ stop })
    const error = fault('DATABASE_UNUSABLE', 'run')
    state.isFull = true
    const all = stage.toArray()
    stage.write([answered(0)])
    await settle()
    rooms[0]?.reject(error)
    await settle()
    expect(stop.reason()).toBe(error)

    stage.end([answered(1)])
    await settle()
    rooms[1]?.reject(error)

    expect((await all).flat()).toHaveLength(2)
    expect(safe).toHaveLength(2)
    expect(released).toEqual([])
  })

  it.each([
    ['there is nobody to ask for a stop', undefined, fault('DATABASE_UNUSABLE', 'run')],
    ['it is a bug', createStopSwitch(), new TypeError('a bug')],
  ])('is destroyed by what the room fails with when %s', async (_, stop, error) => {
    const { stage, rooms, state } = recording({ stop })
    state.isFull = true
    const done = collectGroups([outcomes(1)], stage).catch(failure => failure)
    await settle()

    rooms[0]?.reject(error)

    expect(await done).toBe(error)
  })

  it('is destroyed when recording fails, and shows nothing of that group', async () => {
    const shown: unknown[] = []
    const released: unknown[] = []
    const stage = recordOutcomes({
      append() {
        throw new Error('disk full')
      },
      release: group => released.push(group),
    })
    stage.on('data', group => shown.push(group))

    await expect(collectGroups([outcomes(3)], stage)).rejects.toThrow('disk full')
    expect(shown).toEqual([])
    expect(released).toEqual([])
  })
})
