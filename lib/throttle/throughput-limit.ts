import {
  createAnswerWindow,
  type EndedCall,
  type Measured,
  meanOf,
  throughputOf,
} from './answer-window.js'
import { createDurationSpread } from './duration-spread.js'

export interface ThroughputLimitOptions {
  /** Calls in flight at first, and the fewest. */
  readonly first: number
  /** The most calls in flight. */
  readonly highest: number
}

/** How many calls in flight a server needs to give all it can, learnt from its answers. */
export interface ThroughputLimit {
  /** A whole number from `first` to `highest`. */
  readonly limit: () => number
  /** @param inForce the limit in force: this one, or a lower one for another reason. */
  readonly onAnswer: (call: EndedCall, inForce: number) => void
}

type Phase = 'grow' | 'cruise' | 'probe-up' | 'probe-down'

/** Of the calls that are enough, how many are in flight: in a cruise, and in each probe. */
const shareOfEnough = { cruise: 1.1, 'probe-up': 1.35, 'probe-down': 0.8 }
/** A probe upwards adds at least so many calls: the effect of a single one cannot be measured. */
const leastProbe = 4
/** Windows of a cruise between two probes, once probes change nothing. */
const longestCruise = 2
/** Measurements kept. */
const memory = 12
/** An answer that took so many times as long as usual does not let the limit grow. */
const slowAnswer = 1.5
/** Errors of the measurement beyond which a change is believed: to end the growth, and to move. */
const beliefs = { end: 3, fall: 2, move: 0.5 }

/**
 * Finds the least number of calls in flight that gives the highest throughput.
 *
 * After BBR, TCP's congestion control by a model: calls = highest throughput × shortest time of a
 * call (the bandwidth-delay product, here by Little's law). The limit doubles while the throughput
 * follows. Then it cruises a little above what is enough, and probes upwards and downwards in turn.
 * A probe that pays is kept. The throughput is always compared with the throughput of a moment ago,
 * so prompts that become longer and slower do not pass for a queue. The more durations differ, the
 * more answers a decision needs.
 *
 * @see https://queue.acm.org/detail.cfm?id=3022184 (BBR: startup, drain, probes)
 */
export function createThroughputLimit(options: ThroughputLimitOptions): ThroughputLimit {
  const { first, highest } = options
  const window = createAnswerWindow()
  const spread = createDurationSpread()
  let phase: Phase = 'grow'
  let allowed = first
  /** The limit in force when the window was opened. */
  let allowedAtOpen = first
  /** Answers that the window needs. */
  let needed = first
  let wasFull = false
  /** Calls of the former limit are still in flight. */
  let isSettling = false
  /** The measurement that the growth is compared with. */
  let base: Measured | undefined
  let samples: Measured[] = []
  /** The measurement that made the limit fall. */
  let beforeFall: Measured | undefined
  let nextProbe: 'probe-up' | 'probe-down' = 'probe-up'
  let cruiseWindows = 1
  let windowsLeft = 0

  return { limit, onAnswer }

  function limit(): number {
    return Math.round(allowed)
  }

  function onAnswer(call: EndedCall, inForce: number): void {
    if (window.answers() >= needed && window.canClose(call.nowMs)) closeWindow(call, inForce)
    const durationMs = call.nowMs - call.startedMs
    spread.add(durationMs)
    window.add(call)
    if (call.inFlight >= inForce) wasFull = true
    if (phase !== 'grow' || !wasFull || inForce < allowed - 1 || allowed >= 2 * allowedAtOpen)
      return
    if (base === undefined || durationMs <= slowAnswer * base.meanMs) allow(allowed + 1)
  }

  function closeWindow({ inFlight }: EndedCall, inForce: number): void {
    const measured = window.close()
    wasFull = false
    // If fewer calls were made than allowed, the input or the pace was the limit, not the server.
    if (measured.calls >= 0.7 * Math.min(inForce, allowedAtOpen)) judge(measured, inForce)
    allowedAtOpen = Math.min(inForce, limit())
    needed = answersNeeded(inFlight)
  }

  function answersNeeded(inFlight: number): number {
    if (phase === 'grow') return allowedAtOpen
    if (isSettling) return Math.max(allowedAtOpen, inFlight)
    const forCertainty = Math.min(300, 150 * spread.variation(), 4 * allowedAtOpen)
    return Math.max(2 * allowedAtOpen, forCertainty)
  }

  function judge(measured: Measured, inForce: number): void {
    if (phase === 'grow') judgeGrowth(measured)
    else if (isSettling) isSettling = false
    // Refusals hold the limit down. Once they end, it may grow at once.
    else if (inForce < allowed - 1) growFrom(measured)
    else if (phase === 'cruise') judgeCruise(measured)
    else judgeProbe(measured, phase === 'probe-up')
  }

  function judgeGrowth(measured: Measured): void {
    if (base === undefined || (isGrown(measured, base) && surplus(measured, base) >= 0)) {
      base = measured
    } else if (!isGrown(measured, base)) {
      base = { ...meanOf([base, measured]), answers: Math.min(base.answers, 4 * measured.calls) }
    } else if (surplus(measured, base, beliefs.end) < 0) {
      const { calls, answers } = measured
      const enoughCalls = Math.min(allowed, throughputOf(measured) * base.meanMs)
      samples = [{ calls: enoughCalls, meanMs: (enoughCalls / calls) * measured.meanMs, answers }]
      enter('cruise')
    }
  }

  function judgeCruise(measured: Measured): void {
    if (beforeFall !== undefined) {
      const before = beforeFall
      beforeFall = undefined
      // Fewer calls that are as slow: the calls are slower for themselves, not for a queue.
      if (measured.meanMs > 0.75 * before.meanMs) samples = [before]
      else keep(measured)
      enter('cruise')
    } else if (isSlump(measured)) {
      beforeFall = measured
      samples = [{ ...measured, calls: throughputOf(measured) * leastMs(), meanMs: leastMs() }]
      enter('cruise')
    } else {
      keep(measured)
      windowsLeft -= 1
      if (windowsLeft <= 0) enter(nextProbe)
      else allow(shareOfEnough.cruise * enough())
    }
  }

  /** Whether the same number of calls gives much less than a moment ago. */
  function isSlump(measured: Measured): boolean {
    const alike = samples.filter(({ calls }) => Math.abs(calls / measured.calls - 1) < 0.15)
    if (alike.length === 0) return false
    const usual = meanOf(alike)
    const least = throughputOf(measured) * (1 + beliefs.fall * errorOf(measured, usual))
    return least < 0.75 * throughputOf(usual)
  }

  function judgeProbe(measured: Measured, isUp: boolean): void {
    const others = samples.filter(({ calls }) =>
      isUp ? calls < 0.95 * measured.calls : calls > 1.05 * measured.calls,
    )
    const pays = others.length > 0 && surplus(measured, meanOf(others), -beliefs.move) >= 0
    if (pays && isUp) {
      growFrom(measured)
      return
    }
    const isFurtherDown = pays && measured.calls > first
    if (isFurtherDown) samples = []
    keep(measured)
    nextProbe = isUp || isFurtherDown ? 'probe-down' : 'probe-up'
    cruiseWindows = isFurtherDown ? 1 : Math.min(longestCruise, 2 * cruiseWindows)
    enter('cruise')
  }

  function growFrom(measured: Measured): void {
    phase = 'grow'
    base = measured
    samples = [measured]
    nextProbe = 'probe-up'
    cruiseWindows = 1
    allow(measured.calls)
  }

  function enter(next: keyof typeof shareOfEnough): void {
    phase = next
    isSettling = true
    windowsLeft = cruiseWindows
    const calls = shareOfEnough[next] * enough()
    allow(next === 'probe-up' ? Math.max(allowed + leastProbe, calls) : calls)
  }

  function allow(calls: number): void {
    allowed = Math.min(highest, Math.max(first, calls))
  }

  function keep(measured: Measured): void {
    samples.push(measured)
    if (samples.length > memory) samples.shift()
  }

  /** Calls that the highest throughput needs. */
  function enough(): number {
    return Math.max(...samples.map(throughputOf)) * leastMs()
  }

  function leastMs(): number {
    return Math.min(...samples.map(({ meanMs }) => meanMs))
  }

  /**
   * At least 0 if the throughput followed the calls at least half of the way.
   *
   * @param errors measuring errors in favour of `measured`.
   */
  function surplus(measured: Measured, before: Measured, errors = 0): number {
    const ratio = throughputOf(measured) / throughputOf(before)
    const wanted = 1 + (measured.calls / before.calls - 1) / 2
    return ratio * (1 + errors * errorOf(measured, before)) - wanted
  }

  /** The error to expect of the ratio of two mean durations, as a share. */
  function errorOf(a: Measured, b: Measured): number {
    return Math.sqrt(spread.variation() * (1 / a.answers + 1 / b.answers))
  }
}

/** Whether there are so many more calls that their effect can be seen. */
function isGrown(measured: Measured, base: Measured): boolean {
  return measured.calls >= 1.2 * base.calls
}
