import { BatchError } from '../error/batch-error.js'
import type { Clock } from '../port/clock.js'
import type { AdaptiveLimit } from '../throttle/adaptive-limit.js'
import type { Pacer } from '../throttle/pacer.js'
import type { PatientAsk } from './call-signals.js'

export interface AskWithPaceOptions {
  readonly pacer: Pacer
  readonly adaptiveLimit: AdaptiveLimit
  readonly clock: Clock
}

/**
 * Waits for its place in the pace, every attempt anew, and tells pacer and limit how the call went.
 *
 * A wait that the server asks of one call is that call's own: others go on. Only when nothing but refusals
 * comes back, at least three in a row and as many as calls are allowed in flight, does everybody wait.
 */
export function askWithPace(ask: PatientAsk, options: AskWithPaceOptions): PatientAsk {
  const { pacer, adaptiveLimit, clock } = options

  return async (prompt, signals) => {
    const waitMs = pacer.reserve(clock.monotonicMs())
    if (waitMs > 0) await clock.sleep(waitMs, signals.stopping)
    const startedMs = clock.monotonicMs()
    try {
      const answer = await ask(prompt, signals)
      adaptiveLimit.onSuccess()
      if (answer.rateLimits !== undefined) {
        const { inputTokens = 0, outputTokens = 0 } = answer.usage
        pacer.observe(answer.rateLimits, inputTokens + outputTokens, clock.monotonicMs())
      }
      return answer
    } catch (error) {
      if (isRefusal(error)) onRefusal(error, startedMs)
      else if (isTaken(error)) adaptiveLimit.onTaken()
      throw error
    }
  }

  function onRefusal(error: BatchError, startedMs: number): void {
    const nowMs = clock.monotonicMs()
    adaptiveLimit.onRefusal(startedMs, nowMs)
    const isEverybody = adaptiveLimit.refusalsInRow() >= Math.max(3, adaptiveLimit.limit())
    if (isEverybody && error.retryAfterMs !== undefined) {
      pacer.pauseUntil(nowMs + error.retryAfterMs)
    }
  }
}

/** The server took the call and found fault with this prompt alone. */
function isTaken(error: unknown): boolean {
  return BatchError.isInstance(error) && error.reach === 'row'
}

function isRefusal(error: unknown): error is BatchError {
  return (
    BatchError.isInstance(error) &&
    (error.code === 'RATE_LIMITED' || error.code === 'SERVER_OVERLOADED')
  )
}
