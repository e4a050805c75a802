export interface HeldBackOptions<Call> {
  readonly send: (call: Call) => void
  /** Whether nobody waits for the call any more. */
  readonly isOver: (call: Call) => boolean
}

/** Keeps calls that got no socket. Each is sent again after another call has ended. */
export interface HeldBack<Call> {
  readonly onBegun: () => void
  readonly onEnded: () => void
  /** @returns false if no other call is in flight, so that none would end. */
  readonly hold: (call: Call) => boolean
}

export function createHeldBack<Call>({ send, isOver }: HeldBackOptions<Call>): HeldBack<Call> {
  const held: Call[] = []
  let underWay = 0
  return {
    onBegun() {
      underWay += 1
    },
    onEnded() {
      underWay -= 1
      if (held.length > 0) queueMicrotask(sendNext)
    },
    hold(call) {
      if (underWay <= 1) return false
      underWay -= 1
      held.push(call)
      return true
    },
  }

  function sendNext(): void {
    for (let call = held.shift(); call !== undefined; call = held.shift()) {
      if (isOver(call)) continue
      underWay += 1
      send(call)
      return
    }
  }
}
