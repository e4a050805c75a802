import type { Clock } from '../port/clock.js'

export interface CallDeadlinesOptions<Call> {
  /** Milliseconds that each call may take. */
  readonly timeoutMs: number
  readonly clock: Clock
  /** Called with a call that is over its time; it is not watched any more. */
  readonly onOverdue: (call: Call) => void
}

export interface CallDeadlines<Call> {
  readonly begin: (call: Call) => void
  /** Takes no time into account until `goOn`, which gives the call its full time anew. */
  readonly hold: (call: Call) => void
  readonly goOn: (call: Call) => void
  /** Whether it was still in flight. */
  readonly end: (call: Call) => boolean
  readonly inFlight: () => number
  /** Watches none of them any more, and gives them. */
  readonly endAll: () => readonly Call[]
}

/**
 * Watches the time of calls.
 *
 * All have the same time, so the one that began first is due first: one timer watches the oldest,
 * where a timer for each call would cost more than all else around it.
 */
export function callDeadlines<Call>(options: CallDeadlinesOptions<Call>): CallDeadlines<Call> {
  const { timeoutMs, clock, onOverdue } = options
  /** In the order in which they began, with the moment each is due. */
  const started = new Map<Call, number>()
  /** In flight, but not watched. */
  const held = new Set<Call>()
  let watch: AbortController | undefined

  return {
    begin,
    hold(call) {
      if (unwatch(call)) held.add(call)
    },
    goOn(call) {
      if (held.delete(call)) begin(call)
    },
    end: call => unwatch(call) || held.delete(call),
    inFlight: () => started.size + held.size,
    endAll() {
      const calls = [...started.keys(), ...held]
      started.clear()
      held.clear()
      watch?.abort(nothingInFlight)
      return calls
    },
  }

  function begin(call: Call): void {
    started.set(call, clock.monotonicMs() + timeoutMs)
    if (watch === undefined) void watchOldest()
  }

  function unwatch(call: Call): boolean {
    const wasStarted = started.delete(call)
    if (started.size === 0) watch?.abort(nothingInFlight)
    return wasStarted
  }

  async function watchOldest(): Promise<void> {
    const mine = new AbortController()
    watch = mine
    for (let [oldest] = started; oldest !== undefined; [oldest] = started) {
      const [call, dueMs] = oldest
      const leftMs = dueMs - clock.monotonicMs()
      if (leftMs > 0) {
        try {
          await clock.sleep(leftMs, mine.signal)
        } catch {
          break // Nothing is in flight any more.
        }
      } else {
        started.delete(call)
        onOverdue(call)
      }
    }
    if (watch !== mine) return
    watch = undefined
    if (started.size > 0) void watchOldest()
  }
}

/**
 * Given as the reason, since an abort without one makes an error with a stack each time, to be
 * thrown away.
 */
const nothingInFlight = 'nothing in flight'
