/** Lets a few go on at once; the others wait for their turn. */
export interface Turns {
  /** Whether it may go on; else `begin` is called when its turn has come. Asked again, it keeps its place. */
  readonly take: (begin: () => void) => boolean
  readonly giveBack: (begin: () => void) => void
}

export function createTurns(most: number): Turns {
  const going = new Set<() => void>()
  const waiting = new Set<() => void>()
  return {
    take(begin) {
      if (going.has(begin)) return true
      const hasRoom = going.size < most
      ;(hasRoom ? going : waiting).add(begin)
      return hasRoom
    },
    giveBack(begin) {
      waiting.delete(begin)
      if (!going.delete(begin)) return
      const [next] = waiting
      if (next === undefined) return
      waiting.delete(next)
      going.add(next)
      // Later, since undici reads no socket while it reads another.
      queueMicrotask(next)
    },
  }
}
