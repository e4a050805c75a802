import type { ReplyRoom } from '../port/model-client.js'

/** Lets a few go on at once; the others wait for their turn. */
export interface Turns {
  /** Whether it may go on; else `begin` is called when its turn has come. Asked again, it keeps its place. */
  readonly take: (begin: () => void) => boolean
  readonly giveBack: (begin: () => void) => void
  /** From now on nobody begins while there is no room, however few go on. */
  readonly heed: (room: ReplyRoom) => void
}

export function createTurns(most: number): Turns {
  const going = new Set<() => void>()
  const waiting = new Set<() => void>()
  let hasRoom = (): boolean => true
  return {
    take(begin) {
      if (going.has(begin)) return true
      const isItsTurn = isFree()
      ;(isItsTurn ? going : waiting).add(begin)
      return isItsTurn
    },
    giveBack(begin) {
      waiting.delete(begin)
      if (going.delete(begin)) beginWaiting()
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
      queueMicrotask(next)
    }
  }
}
