import { Readable } from 'node:stream'
import { holdingStage } from '../../lib/stage/holding-stage.js'
import { collect } from '../support/collect.js'
import { settle } from '../support/fake-clock.js'
import { range } from '../support/rows.js'

/** Gives on what it takes, a moment later, and has room for so many. */
function delaying(room: number) {
  let underWay = 0
  let taken = 0
  const held = holdingStage<number, number>({
    take(item) {
      taken += 1
      underWay += 1
      setImmediate(() => {
        underWay -= 1
        held.give([item])
      })
    },
    hasRoom: (): boolean => underWay + held.unread() < room,
    isIdle: () => underWay === 0,
  })
  return { ...held, taken: () => taken }
}

describe('holdingStage', () => {
  it('gives on all it takes, and ends when the last of it is read', async () => {
    expect(await collect(range(100), delaying(4).stage)).toEqual(range(100))
  })

  it.each([1, 15, 16, 17, 64])(
    'takes no more than its room of %d while nobody reads, and goes on when somebody does',
    async room => {
      const { stage, taken } = delaying(room)
      Readable.from(range(500)).pipe(stage)
      for (let turn = 0; turn < 60; turn += 1) await settle()
      // Beside its own room there is Node's buffer of 16.
      expect(taken()).toBeLessThanOrEqual(room + 17)

      expect(await stage.toArray()).toEqual(range(500))
    },
  )

  it('is gone only when it has let go', async () => {
    let letGo = () => {}
    const { stage } = holdingStage<number, number>({
      take: () => {},
      hasRoom: () => true,
      isIdle: () => true,
      letGo: () =>
        new Promise<void>(resolve => {
          letGo = resolve
        }),
    })
    const closed = new Promise(resolve => stage.once('close', resolve))
    stage.destroy()
    expect(await Promise.race([closed, settle().then(() => 'waiting')])).toBe('waiting')

    letGo()

    await closed
  })

  it('does nothing more once it is destroyed', async () => {
    const { stage, give } = delaying(4)
    stage.on('error', () => {})
    stage.destroy(new Error('gone'))

    expect(() => give([1])).not.toThrow()
  })
})
