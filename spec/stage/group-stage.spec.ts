import { Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { groupStage } from '../../lib/stage/group-stage.js'
import { collect, collectGroups } from '../support/collect.js'
import { settle } from '../support/fake-clock.js'
import { countedSource, inGroupsOf, slowly } from '../support/pass-groups.js'
import { range } from '../support/rows.js'

/** Gives on what it takes, a moment later, and has room for so many elements. */
function delaying(room: number) {
  let held = 0
  let underWay = 0
  const stage = groupStage<number, number>({
    take(group) {
      held += group.length
      underWay += 1
      setImmediate(() => {
        underWay -= 1
        stage.give(group)
      })
    },
    hasRoom: (): boolean => held < room,
    isIdle: () => underWay === 0,
    onPassed(group) {
      held -= group.length
      stage.advance()
    },
  })
  return stage.stage
}

describe('groupStage', () => {
  it.each([1, 3, 100])('passes on all groups of %d, in order, and ends', async size => {
    const groups = inGroupsOf(size, range(100))

    expect(await collectGroups(groups, delaying(4))).toEqual(groups)
  })

  it('gives no group for an empty input, and drops empty groups', async () => {
    expect(await collectGroups([], delaying(4))).toEqual([])
    expect(await collectGroups([[], [1], []], delaying(4))).toEqual([[1]])
  })

  it.each([1, 2, 15, 16, 17, 64])(
    'takes no more than its room of %d while nobody reads, and goes on when somebody does',
    async room => {
      const { source, count } = countedSource(inGroupsOf(1, range(500)))
      const stage = delaying(room)
      source.pipe(stage)
      for (let turn = 0; turn < 60; turn += 1) await settle()
      expect(count.given).toBeLessThanOrEqual(room + 4)

      expect((await stage.toArray()).flat()).toEqual(range(500))
    },
  )

  it('continues after a slow reader takes what had filled it, and with a slow source', async () => {
    async function* late() {
      for (const n of range(50)) {
        await settle()
        yield n
      }
    }

    expect(await collect(range(50), delaying(1), slowly())).toEqual(range(50))
    expect(await collect(late(), delaying(1))).toEqual(range(50))
  })

  it('remembers a read that was asked for before anything was ready', async () => {
    const held = groupStage<number, number>({
      take: () => {},
      hasRoom: () => true,
      isIdle: () => true,
    })
    const seen: unknown[] = []
    held.stage.on('data', group => seen.push(group))
    await settle()

    held.give([1])
    await settle()
    held.give([2])
    held.give([3])
    await settle()

    expect(seen).toEqual([[1], [2], [3]])
  })

  it('gives a group to a waiting reader in the same turn', async () => {
    const written: unknown[] = []
    const held = groupStage<number, number>({
      take: () => {},
      hasRoom: () => true,
      isIdle: () => true,
    })
    const sink = new Writable({
      objectMode: true,
      highWaterMark: 1,
      write(group, _encoding, done) {
        written.push(group)
        done()
      },
    })
    pipeline(new Readable({ objectMode: true, read() {} }), held.stage, sink).catch(() => {})
    await settle()

    for (const n of range(20)) {
      held.give([n])
      expect(written).toHaveLength(n + 1)
      await settle()
    }
    held.stage.destroy()
  })

  it('closes only after its cleanup, and fails with the error of its cleanup', async () => {
    let letGo = (_error: Error) => {}
    const { stage } = groupStage<number, number>({
      take: () => {},
      hasRoom: () => true,
      isIdle: () => true,
      letGo: () =>
        new Promise<void>((_, reject) => {
          letGo = reject
        }),
    })
    const failed = new Promise(resolve => stage.once('error', resolve))
    stage.destroy()
    expect(await Promise.race([failed, settle().then(() => 'waiting')])).toBe('waiting')

    letGo(new Error('full'))

    expect(await failed).toMatchObject({ message: 'full' })
  })

  it('keeps its own error if its cleanup fails too', async () => {
    const { stage } = groupStage<number, number>({
      take: () => {},
      hasRoom: () => true,
      isIdle: () => true,
      letGo() {
        throw new Error('full')
      },
    })
    const failed = new Promise(resolve => stage.once('error', resolve))

    stage.destroy(new Error('a bug'))

    expect(await failed).toMatchObject({ message: 'a bug' })
  })

  it('does nothing more once it is destroyed', async () => {
    const held = groupStage<number, number>({
      take: () => {},
      hasRoom: () => true,
      isIdle: () => true,
    })
    held.stage.on('error', () => {})
    held.stage.destroy(new Error('gone'))

    expect(() => held.give([1])).not.toThrow()
  })
})
