import type { ReplyRoom } from '../../port/model-client.js'

/** Limits how many large replies are read at once. The others wait for their turn. */
export interface ReadingTurns {
  /**
   * Returns whether the reader may go on. If not, its `goOn` is called later, when its turn comes.
   * A reader that asks again keeps its place.
   */
  readonly take: (reader: Reader) => boolean
  readonly giveBack: (reader: Reader) => void
  /** From now on, no turn starts while there is no room. */
  readonly heed: (room: ReplyRoom) => void
}

interface Reader {
  goOn(): void
}

export function createReadingTurns(most: number): ReadingTurns {
  const reading = new Set<Reader>()
  const waiting = new Set<Reader>()
  let hasRoom = (): boolean => true
  return {
    take(reader) {
      if (reading.has(reader)) return true
      const isItsTurn = isFree()
      ;(isItsTurn ? reading : waiting).add(reader)
      return isItsTurn
    },
    giveBack(reader) {
      waiting.delete(reader)
      if (reading.delete(reader)) beginWaiting()
    },
    heed(room) {
      hasRoom = room.hasRoom
      room.onFree(beginWaiting)
    },
  }

  function isFree(): boolean {
    return reading.size < most && hasRoom()
  }

  function beginWaiting(): void {
    for (const next of waiting) {
      if (!isFree()) return
      waiting.delete(next)
      reading.add(next)
      // Later, because undici reads no other socket during this callback.
      queueMicrotask(() => next.goOn())
    }
  }
}
