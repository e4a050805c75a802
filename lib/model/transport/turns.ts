import type { ReplyRoom } from '../../port/model-client.js'

/** A caller that waits for a turn. */
export interface TurnTaker {
  goOn(): void
}

/** Lets a few callers go on at the same time. The others wait for their turn. */
export interface Turns {
  /**
   * Returns whether a caller may go on. If not, its `goOn` is called later. A second call keeps its
   * place.
   */
  readonly take: (taker: TurnTaker) => boolean
  readonly giveBack: (taker: TurnTaker) => void
  /** From now on, no turn starts while there is no room. */
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
      // Later, because undici reads no other socket during this callback.
      queueMicrotask(() => next.goOn())
    }
  }
}
