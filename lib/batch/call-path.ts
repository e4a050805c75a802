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
  /** What holds calls back now; undefined when nothing on this way does. */
  readonly holdUp: () => HoldUp | undefined
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
  const settle = settleWithRetry(paced, { ...options, gate, maxAttempts: retries + 1 })

  return { settle, callsInFlight: gate.inFlight, refresh: gate.refresh, holdUp }

  function limit(): number {
    return Math.max(0, adaptiveLimit.limit() - unrecorded())
  }

  function holdUp(): HoldUp | undefined {
    const waitMs = pacer.nextStartMs() - clock.monotonicMs()
    if (waitMs > longWaitMs) return { kind: 'wait', ms: waitMs }
    if (waitMs > 0) return { kind: 'rate-limit' }
    const limit = adaptiveLimit.limit()
    if (limit < concurrency && gate.inFlight() >= limit) return { kind: 'server', limit }
    if (gate.waiting() > 0 || gate.inFlight() >= concurrency) return { kind: 'concurrency' }
    return undefined
  }
}

/** A wait longer than this is told in seconds; shorter ones are the ordinary spacing of calls. */
const longWaitMs = 5_000
