import { limitText, type StatedLimit } from '../error/stated-limit.js'
import type { SharedKind } from '../port/shared-time.js'
import type { Usage } from '../row/answer.js'
import { createEvenPace, type EvenPace } from '../throttle/even-pace.js'
import { createLearntLimit, type LearntLimit } from '../throttle/learnt-limit.js'
import { createTokenEstimate } from '../throttle/token-estimate.js'
import type { CallPlace } from './call-place.js'

/** Limits that the user sets; none where absent. */
export interface OwnLimits {
  /** Calls in flight at once. */
  readonly calls?: number | undefined
  /** Per minute. */
  readonly requests?: number | undefined
  /** Per minute. */
  readonly tokens?: number | undefined
}

/** What a call waits for. */
export interface LimitHold {
  /** In words: `tokens per minute`. */
  readonly what: string
  readonly isProviders: boolean
  /** Whether the last call cost more than the limit of a minute, so that the wait is long. */
  readonly isAfterLargeCall?: boolean
  /** Milliseconds until the call may start; infinite if another call must end first. */
  readonly ms: number
}

/** How a call ended. */
export interface CallEnd {
  /** What was billed; undefined if nobody knows. */
  readonly usage?: Usage | undefined
  /** What the provider stated of its limits. */
  readonly limits?: readonly StatedLimit[] | undefined
  /** Whether the server took the call. A refused call costs no tokens. */
  readonly isTaken: boolean
}

/** All limits that a call passes: the user's own, and those that the provider stated. */
export interface LimitsInForce {
  /** Milliseconds until the call may start, 0 for at once. */
  readonly waitMs: (place: CallPlace, nowMs: number) => number
  /** @param lateMs how long ago the call could have started, if its timer came late. */
  readonly start: (place: CallPlace, nowMs: number, lateMs: number) => void
  readonly end: (place: CallPlace, end: CallEnd, nowMs: number) => void
  /** The limit that the call waits for longest. Undefined if it may start. */
  readonly hold: (place: CallPlace, nowMs: number) => LimitHold | undefined
  readonly setOwn: (limits: OwnLimits) => void
  /** Replaces the paces of the user's limits. */
  readonly setPaces: (
    paceOf: (kind: SharedKind, perMinute: () => number | undefined) => EvenPace,
  ) => void
}

const ownKinds: readonly SharedKind[] = ['requests', 'tokens']

export function limitsInForce(): LimitsInForce {
  const learnt = new Map<string, LearntLimit>()
  const estimate = createTokenEstimate()
  let own: OwnLimits = {}
  let paces = pacesOf((_kind, perMinute) => createEvenPace(perMinute))
  let last: CallPlace | undefined
  let callsInFlight = 0

  return {
    waitMs(place, nowMs) {
      place.estimate(estimate)
      let ms = slotWaitMs()
      for (const kind of ownKinds) ms = Math.max(ms, paces[kind].waitMs(nowMs, place.costOf(kind)))
      for (const limit of learnt.values()) {
        ms = Math.max(ms, limit.waitMs(place.costOf(limit.kind), nowMs, callsInFlight))
      }
      return ms
    },
    start(place, nowMs, lateMs) {
      callsInFlight += 1
      place.start(nowMs, last)
      last = place
      for (const kind of ownKinds) paces[kind].take(place.costOf(kind), nowMs, lateMs)
      for (const limit of learnt.values()) limit.take(place.costOf(limit.kind), nowMs)
    },
    end(place, { usage, limits, isTaken }, nowMs) {
      callsInFlight -= 1
      settle(place, usage, isTaken)
      for (const stated of limits ?? []) observe(stated, place, isTaken, nowMs)
    },
    hold(place, nowMs) {
      let longest: LimitHold | undefined
      const consider = (hold: LimitHold): void => {
        if (hold.ms > (longest?.ms ?? 0)) longest = hold
      }
      consider({ what: 'calls at once', isProviders: false, ms: slotWaitMs() })
      for (const kind of ownKinds) {
        const ms = paces[kind].waitMs(nowMs, place.costOf(kind))
        const isAfterLargeCall = (last?.costOf(kind) ?? 0) > (own[kind] ?? Number.POSITIVE_INFINITY)
        const what = limitText({ kind, windowMs: 60_000 })
        consider({ what, isProviders: false, ms, ...(isAfterLargeCall && { isAfterLargeCall }) })
      }
      for (const { kind, windowMs, waitMs } of learnt.values()) {
        const ms = waitMs(place.costOf(kind), nowMs, callsInFlight)
        consider({ what: limitText({ kind, windowMs: windowMs() }), isProviders: true, ms })
      }
      return longest
    },
    setOwn(limits) {
      own = limits
    },
    setPaces(paceOf) {
      paces = pacesOf(paceOf)
    },
  }

  function pacesOf(
    paceOf: (kind: SharedKind, perMinute: () => number | undefined) => EvenPace,
  ): Readonly<Record<SharedKind, EvenPace>> {
    return {
      requests: paceOf('requests', () => own.requests),
      tokens: paceOf('tokens', () => own.tokens),
    }
  }

  /** A call in flight must end first. */
  function slotWaitMs(): number {
    return callsInFlight < (own.calls ?? Number.POSITIVE_INFINITY) ? 0 : Number.POSITIVE_INFINITY
  }

  /** Puts what was billed in the place of the estimate. */
  function settle(place: CallPlace, usage: Usage | undefined, isTaken: boolean): void {
    const estimated = place.costOf('tokens')
    if (!isTaken) paces.tokens.correct(-estimated)
    else if (usage !== undefined) {
      const { inputTokens = place.inputTokens, outputTokens = place.outputTokens } = usage
      paces.tokens.correct(inputTokens + outputTokens - estimated)
      estimate.learn(place.rough, usage)
    }
  }

  function observe(stated: StatedLimit, place: CallPlace, isTaken: boolean, nowMs: number): void {
    const costSince = place.costSince(stated.kind, last)
    const statement = { nowMs, startedMs: place.startedMs, costSince, isTaken }
    const known = learnt.get(stated.name)
    if (known !== undefined) known.observe(stated, statement)
    else learnt.set(stated.name, createLearntLimit(stated, statement))
  }
}
