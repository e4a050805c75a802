import type { Clock } from '../port/clock.js'
import type { SharedTime } from '../port/shared-time.js'
import type { Prompt } from '../row/prompt.js'
import { createEvenPace } from '../throttle/even-pace.js'
import { createAlarm } from './alarm.js'
import { CallPlace } from './call-place.js'
import { type CallEnd, type LimitHold, limitsInForce, type OwnLimits } from './limits-in-force.js'
import { paceOverSharedTime } from './pace-over-shared-time.js'

/** A call that asks for its turn. */
export interface CallInTurn {
  /** What is asked, and so what the call costs. */
  readonly asked: Prompt
  /** Called once, when the call may start, perhaps at once. */
  readonly onTurn: (place: CallPlace) => void
}

/** What the calls of a run wait for: a limit, or a pause that the server asked for. */
export type BudgetHold = LimitHold | { readonly what: undefined; readonly ms: number }

/** A run's part in a budget. */
export interface BudgetMember {
  /** Puts a call in the queue. The call starts at once if nothing keeps it. */
  readonly enter: (call: CallInTurn) => void
  readonly end: (place: CallPlace, end: CallEnd) => void
  /** No call of any run starts before this moment of the monotonic clock. */
  readonly pauseUntil: (timeMs: number) => void
  /** Milliseconds of the pause that are left. */
  readonly pauseMs: () => number
  /** What this run's next call waits for. Undefined if none waits. */
  readonly hold: () => BudgetHold | undefined
  /** Takes this run's calls out of the queue, and returns them. */
  readonly leaveQueue: () => readonly CallInTurn[]
}

/**
 * What a model takes under one key: requests and tokens a minute, and calls at once. Every attempt
 * of every run of this process with that model and key passes the same budget.
 *
 * The limits are the lowest that a run sets for itself, and all that the provider states. Calls
 * start in the order in which they came: the first waits until no limit keeps it, and the others
 * wait behind it. So a costly call gets its turn too.
 */
export interface CallBudget {
  /** Adds a run with the limits that it sets for itself. */
  readonly join: (limits: OwnLimits) => BudgetMember
  /** Removes a run with its limits and its waiting calls. */
  readonly leave: (member: BudgetMember) => void
  /**
   * From now on, the runs' own limits hold for all processes that take from this time.
   *
   * @returns a function that ends this.
   */
  readonly share: (time: SharedTime) => () => void
}

interface QueuedCall {
  readonly call: CallInTurn
  readonly place: CallPlace
  readonly member: BudgetMember
}

/** Less than a timer can tell. Without it, errors of rounding could make the wait endless. */
const shortestWaitMs = 0.05

export function createCallBudget({ clock }: { readonly clock: Clock }): CallBudget {
  const members = new Map<BudgetMember, OwnLimits>()
  const limits = limitsInForce()
  const alarm = createAlarm({ clock, onAlarm: startNext })
  let queue: QueuedCall[] = []
  let sharedTimes: readonly SharedTime[] = []
  let pauseEndMs = Number.NEGATIVE_INFINITY
  /** When the first call in the queue may start, as far as known. */
  let dueMs = Number.POSITIVE_INFINITY

  return {
    join(own) {
      const member = createMember()
      members.set(member, own)
      limits.setOwn(lowest(members.values()))
      return member
    },
    leave(member) {
      member.leaveQueue()
      members.delete(member)
      limits.setOwn(lowest(members.values()))
      startNext()
    },
    share(time) {
      sharedTimes = [...sharedTimes, time]
      setPaces()
      return () => {
        sharedTimes = sharedTimes.filter(other => other !== time)
        setPaces()
        startNext()
      }
    },
  }

  function createMember(): BudgetMember {
    const member: BudgetMember = {
      enter(call) {
        const place = new CallPlace(call.asked)
        queue.push({ call, place, member })
        if (queue.length === 1) startNext()
      },
      end(place, end) {
        limits.end(place, end, clock.monotonicMs())
        if (queue.length > 0) startNext()
      },
      pauseUntil(timeMs) {
        pauseEndMs = Math.max(pauseEndMs, timeMs)
      },
      pauseMs,
      hold() {
        const isWaiting = queue.some(waiting => waiting.member === member)
        return isWaiting ? holdOf((queue[0] as QueuedCall).place) : undefined
      },
      leaveQueue() {
        const left = queue.filter(waiting => waiting.member === member)
        queue = queue.filter(waiting => waiting.member !== member)
        // Another run's call may be the first now, and need not wait for as much.
        startNext()
        return left.map(({ call }) => call)
      },
    }
    return member
  }

  /** All shared times of one database are one. So the last one serves all runs. */
  function setPaces(): void {
    const time = sharedTimes.at(-1)
    const callsWaiting = () => queue.length
    limits.setPaces((kind, perMinute) => {
      if (time === undefined) return createEvenPace(perMinute)
      const onTime = startNext
      return paceOverSharedTime({ kind, perMinute, callsWaiting, time, clock, onTime })
    })
  }

  /** Starts the calls whose turn it is. */
  function startNext(): void {
    for (;;) {
      const [first] = queue
      if (first === undefined) {
        alarm.clear()
        dueMs = Number.POSITIVE_INFINITY
        return
      }
      const nowMs = clock.monotonicMs()
      const waitMs = Math.max(limits.waitMs(first.place, nowMs), pauseEndMs - nowMs)
      if (waitMs > shortestWaitMs) {
        dueMs = nowMs + waitMs
        if (waitMs < Number.POSITIVE_INFINITY) alarm.setTo(dueMs)
        return
      }
      queue.shift()
      limits.start(first.place, nowMs, Math.max(0, nowMs - dueMs))
      first.call.onTurn(first.place)
    }
  }

  function holdOf(place: CallPlace): BudgetHold | undefined {
    const ms = pauseMs()
    const hold = limits.hold(place, clock.monotonicMs())
    return ms > (hold?.ms ?? 0) ? { what: undefined, ms } : hold
  }

  function pauseMs(): number {
    return Math.max(0, pauseEndMs - clock.monotonicMs())
  }
}

/** Of each limit the lowest that is set. */
function lowest(all: Iterable<OwnLimits>): OwnLimits {
  const limits = [...all]
  const lowestOf = (kind: keyof OwnLimits): number | undefined => {
    const set = limits.flatMap(own => own[kind] ?? [])
    return set.length === 0 ? undefined : Math.min(...set)
  }
  return { calls: lowestOf('calls'), requests: lowestOf('requests'), tokens: lowestOf('tokens') }
}
