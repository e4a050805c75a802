export interface RetryDelayOptions {
  /** Upper bound of the first wait. */
  readonly baseMs: number
  /** Greatest upper bound. */
  readonly ceilingMs: number
  /** A draw from 0 up to, not including, 1. */
  readonly random: () => number
  /** The wait that the server asked for, in milliseconds: a floor, not capped. */
  readonly retryAfterMs?: number | undefined
}

/**
 * How long to wait before the next attempt.
 *
 * "Full jitter": a uniform draw from zero up to an exponentially growing bound, so that clients
 * refused together do not come back together. The server's wait is a floor, with a small draw on
 * top: a server that says 0 must not use up all attempts at once.
 *
 * @param attempt attempts already made, 1 after the first failure.
 * @returns milliseconds, at least zero, not rounded.
 * @throws {RangeError} if `attempt` is not a positive integer: a caller's bug, never the user's.
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/ (the "full jitter"
 * formula)
 */
export function retryDelay(attempt: number, options: RetryDelayOptions): number {
  if (!Number.isInteger(attempt) || attempt < 1) {
    throw new RangeError(`attempt must be 1 or more, got ${attempt}`)
  }
  const { baseMs, ceilingMs, random, retryAfterMs } = options
  const bound = Math.min(ceilingMs, baseMs * 2 ** (attempt - 1))
  const draw = random() * bound
  if (retryAfterMs === undefined) return draw
  // A tenth of the jitter above the floor: enough to spread the calls.
  return Math.max(draw, retryAfterMs + draw / 10)
}
