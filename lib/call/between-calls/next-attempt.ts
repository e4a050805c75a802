import { BatchError } from '../../error/batch-error.js'
import { retryDelay } from '../../throttle/retry-delay.js'

export interface NextAttemptOptions {
  /** Attempts made so far. */
  readonly attempts: number
  /** Attempts per row in all, so 1 means no retry. */
  readonly maxAttempts: number
  /** Milliseconds that the row has left, waits included. */
  readonly leftMs: number
  readonly random: () => number
}

const backoff = { baseMs: 1_000, ceilingMs: 60_000 }

/** What follows a failed attempt: milliseconds until the next attempt, or the row's final error. */
export function nextAttempt(error: BatchError, options: NextAttemptOptions): number | BatchError {
  const { attempts, maxAttempts, leftMs, random } = options
  if (error.reach !== 'attempt' || attempts >= maxAttempts) return error
  const waitMs = retryDelay(attempts, { ...backoff, random, retryAfterMs: error.retryAfterMs })
  return waitMs > leftMs ? waitPastDeadline(error, waitMs, leftMs) : waitMs
}

function waitPastDeadline(error: BatchError, waitMs: number, leftMs: number): BatchError {
  const seconds = (ms: number): string => `${Math.ceil(ms / 1000)} s`
  const isLimit = error.code === 'RATE_LIMITED'
  const what = isLimit ? 'Rate limit exceeded' : error.message
  const wait = `the next attempt would be in ${seconds(waitMs)}, the row has ${seconds(leftMs)} left`
  return new BatchError(`${what}: ${wait}`, {
    code: error.code,
    reach: 'row',
    remedy: 'Lower --rate-limit or --concurrency, or allow rows more time with --deadline SECONDS.',
    retryAfterMs: error.retryAfterMs,
    cause: error,
  })
}
