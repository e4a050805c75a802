import type { Clock } from '../port/clock.js'

export interface CallDeadlinesOptions<Call> {
  /** Milliseconds that each call may take. */
  readonly timeoutMs: number
  readonly clock: Clock
  /** Called with a call whose time is over. The call is not watched any more. */
  readonly onOverdue: (call: Call) => void
}

export interface CallDeadlines<Call> {
  readonly begin: (call: Call) => void
  /** Stops the time of a call until `goOn`, which gives the call its full time again. */
  readonly hold: (call: Call) => void
  readonly goOn: (call: Call) => void
  /** Returns whether the call was still in flight. */
  readonly end: (call: Call) => boolean
  readonly inFlight: () => number
  /** Ends all watching. Returns the calls that were in flight. */
  readonly endAll: () => readonly Call[]
}

/**
 * Watches the deadlines of calls.
 *
 * All calls have the same time, so the oldest is due first, and one timer is enough. A timer for
 * each call would cost more CPU than the rest of the call path.
 */
export function callDeadlines<Call>(options: CallDeadlinesOptions<Call>): CallDeadlines<Call> {
  const { timeoutMs, clock, onOverdue } = options
  /** In the order of their starts, each with the moment at which the call is due. */
  const started = new Map<Call, number>()
  /** Calls in flight that are not watched. */
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
          break // No call is in flight.
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

/** A constant reason: an abort without a reason creates an error with a stack each time. */
const nothingInFlight = 'nothing in flight'
