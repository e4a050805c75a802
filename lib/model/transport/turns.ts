import type { ReplyRoom } from '../../port/model-client.js'

/** Who waits for a turn. */
export interface TurnTaker {
  goOn(): void
}

/** Lets a few go on at once; the others wait for their turn. */
export interface Turns {
  /**
   * Whether it may go on; else its `goOn` is called when its turn has come. Asked again, it keeps
   * its place.
   */
  readonly take: (taker: TurnTaker) => boolean
  readonly giveBack: (taker: TurnTaker) => void
  /** From now on nobody begins while there is no room, however few go on. */
  readonly heed: (room: ReplyRoom) => void
}

export function createTurns(most: number): Turns {
  const going = new Set<TurnTaker>()
  const waiting = new Set<TurnTaker>()
  let hasRoom = (): boolean => true
  return {
    take(taker) {
      if (going.has(taker)) return true
      const isItsTurn = isFree()
      ;(isItsTurn ? going : waiting).add(taker)
      return isItsTurn
    },
    giveBack(taker) {
      waiting.delete(taker)
      if (going.delete(taker)) beginWaiting()
    },
    heed(room) {
      hasRoom = room.hasRoom
      room.onFree(beginWaiting)
    },
  }

  function isFree(): boolean {
    return going.size < most && hasRoom()
  }

  function beginWaiting(): void {
    for (const next of waiting) {
      if (!isFree()) return
      waiting.delete(next)
      going.add(next)
      // Later, since undici reads no socket while it reads another.
      queueMicrotask(() => next.goOn())
    }
  }
}
