import type { Ask } from '../port/ask.js'
import type { Clock } from '../port/clock.js'
import { askWithPace } from '../stage/ask-with-pace.js'
import { askWithTimeout } from '../stage/ask-with-timeout.js'
import { createGate } from '../stage/gate.js'
import { type Settle, settleWithRetry } from '../stage/settle-with-retry.js'
import { createAdaptiveLimit } from '../throttle/adaptive-limit.js'
import { createPacer } from '../throttle/pacer.js'
import type { HoldUp } from './hold-up.js'

export interface CallPathOptions {
  readonly concurrency: number
  /** Calls started per minute. */
  readonly rateLimit?: number | undefined
  readonly retries: number
  readonly timeoutMs: number
  readonly deadlineMs: number
  readonly acceptTruncated: boolean
  readonly clock: Clock
  /** Answers that came and are not yet safe: they count as calls in flight, so that a crash costs no more than those. */
  readonly unrecorded?: () => number
}

/** The way of a prompt to the model and back. */
export interface CallPath {
  readonly settle: Settle
  readonly callsInFlight: () => number
  /** To be called when answers have been recorded. */
  readonly refresh: () => void
  /** What holds calls back now; undefined when nothing on this way does, and another row would be called at once. */
  readonly holdUp: () => HoldUp | undefined
  /** The wait until a row that was called has its next attempt, which holds the run when no other row can be read. */
  readonly attemptWait: () => HoldUp | undefined
  /** Rows on the way: in flight, before the gate, waiting for their next attempts. */
  readonly rowsHeld: () => number
  /** Milliseconds until the last of the rows that wait can be called: no run is over sooner. */
  readonly leastLeftMs: () => number
}

/**
 * Wraps a model's ask: retry ∘ gate ∘ pace ∘ timeout ∘ ask.
 *
 * A row that waits for its next attempt is outside the gate and holds no slot. A row that waits for its place in
 * the pace is inside: were it outside, rows let through by the pace would pile up before a gate held by slow calls,
 * and go out in one burst, over the limit, when it opens.
 */
export function callPath(ask: Ask, options: CallPathOptions): CallPath {
  const { concurrency, rateLimit, retries, clock, unrecorded = () => 0 } = options
  const pacer = createPacer({ callsPerMinute: rateLimit })
  const adaptiveLimit = createAdaptiveLimit({ highest: concurrency })
  const gate = createGate({ highest: concurrency, limit })
  const paced = askWithPace(askWithTimeout(ask, options), { pacer, adaptiveLimit, clock })
  /** When rows that wait for their next attempts are due. */
  const due = new Set<{ readonly atMs: number }>()
  const settle = settleWithRetry(paced, { ...options, gate, maxAttempts: retries + 1, onWait })

  return {
    settle,
    callsInFlight: gate.inFlight,
    refresh: gate.refresh,
    holdUp,
    attemptWait,
    rowsHeld: () => rowsInGate() + due.size,
    leastLeftMs: () => Math.max(pauseMs(), untilMs(Math.max(...dueMs()))),
  }

  function limit(): number {
    return Math.max(0, adaptiveLimit.limit() - unrecorded())
  }

  function onWait(atMs: number): () => void {
    const wait = { atMs }
    due.add(wait)
    return () => due.delete(wait)
  }

  function holdUp(): HoldUp | undefined {
    const pace = pacer.hold(clock.monotonicMs())
    if (pauseMs() > longWaitMs) return { kind: 'wait', ms: pauseMs() }
    // The place after the last call holds nobody when all rows wait for something else.
    if (pace !== undefined && (rowsInGate() > 0 || due.size === 0)) return { kind: pace.by }
    const limit = adaptiveLimit.limit()
    if (limit < concurrency && gate.inFlight() >= limit) return { kind: 'server', limit }
    if (gate.waiting() > 0 || gate.inFlight() >= concurrency) return { kind: 'concurrency' }
    return undefined
  }

  function attemptWait(): HoldUp | undefined {
    if (due.size === 0) return undefined
    return { kind: 'wait', ms: Math.max(pauseMs(), untilMs(Math.min(...dueMs()))) }
  }

  function rowsInGate(): number {
    return gate.inFlight() + gate.waiting()
  }

  function dueMs(): number[] {
    return Array.from(due, ({ atMs }) => atMs)
  }

  function untilMs(timeMs: number): number {
    return Math.max(0, timeMs - clock.monotonicMs())
  }

  function pauseMs(): number {
    return pacer.hold(clock.monotonicMs())?.pauseMs ?? 0
  }
}

/** A wait longer than this is told in seconds; shorter ones are the ordinary spacing of calls. */
const longWaitMs = 5_000
