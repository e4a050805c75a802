import { BatchError } from '../error/batch-error.js'
import type { Ask } from '../port/ask.js'
import type { Clock } from '../port/clock.js'
import type { PatientAsk } from './call-signals.js'

export interface AskWithTimeoutOptions {
  readonly timeoutMs: number
  readonly clock: Clock
}

interface StartedCall {
  readonly aborter: AbortController
  readonly dueMs: number
}

/**
 * Gives up an attempt after `timeoutMs`.
 *
 * All calls have the same time, so the one that began first is due first: one timer watches the oldest,
 * where a timer for each call would cost more than the rest of the wrappers together.
 */
export function askWithTimeout(ask: Ask, { timeoutMs, clock }: AskWithTimeoutOptions): PatientAsk {
  const started = new Set<StartedCall>()
  const followed = new WeakSet<AbortSignal>()
  let watch: AbortController | undefined

  return async (prompt, { aborted }) => {
    aborted.throwIfAborted()
    const call = { aborter: new AbortController(), dueMs: clock.monotonicMs() + timeoutMs }
    started.add(call)
    follow(aborted)
    if (watch === undefined) void watchOldest()
    try {
      return await ask(prompt, call.aborter.signal)
    } finally {
      started.delete(call)
      if (started.size === 0) watch?.abort(nothingInFlight)
    }
  }

  /** One listener a run, not one a call: a signal with thousands of listeners is slow and warns of a leak. */
  function follow(aborted: AbortSignal): void {
    if (followed.has(aborted)) return
    followed.add(aborted)
    aborted.addEventListener(
      'abort',
      () => {
        for (const call of started) call.aborter.abort(aborted.reason)
      },
      { once: true },
    )
  }

  async function watchOldest(): Promise<void> {
    const mine = new AbortController()
    watch = mine
    for (let [oldest] = started; oldest !== undefined; [oldest] = started) {
      const leftMs = oldest.dueMs - clock.monotonicMs()
      if (leftMs > 0) {
        try {
          await clock.sleep(leftMs, mine.signal)
        } catch {
          break // Nothing is in flight any more.
        }
      } else {
        started.delete(oldest)
        oldest.aborter.abort(callTimedOut(timeoutMs))
      }
    }
    if (watch !== mine) return
    watch = undefined
    if (started.size > 0) void watchOldest()
  }
}

/** Given as the reason, since an abort without one makes an error with a stack each time, to be thrown away. */
const nothingInFlight = 'nothing in flight'

function callTimedOut(timeoutMs: number): BatchError {
  return new BatchError(`No answer within ${timeoutMs / 1000} s`, {
    code: 'CALL_TIMED_OUT',
    reach: 'attempt',
    remedy: 'Give it more time with --timeout SECONDS.',
  })
}
