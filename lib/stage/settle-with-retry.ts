import { BatchError } from '../error/batch-error.js'
import type { Clock } from '../port/clock.js'
import type { Answer } from '../row/answer.js'
import type { Failed, Outcome } from '../row/outcome.js'
import type { Prompt } from '../row/prompt.js'
import { retryDelay } from '../throttle/retry-delay.js'
import type { CallSignals, PatientAsk } from './call-signals.js'
import type { Gate } from './gate.js'

export interface SettleWithRetryOptions {
  /** Attempts per row in all, so 1 means "no retry". */
  readonly maxAttempts: number
  /** Milliseconds one row may take from its first call on, waits included. */
  readonly deadlineMs: number
  readonly clock: Clock
  readonly gate: Pick<Gate, 'pass'>
  /** Whether an answer cut by length is an answer. */
  readonly acceptTruncated: boolean
  /** Told when a row's next attempt is due, on the monotonic clock, as its wait begins; what it gives is called at the end of that. */
  readonly onWait?: ((dueMs: number) => () => void) | undefined
}

/**
 * Brings a prompt to its outcome, with as many attempts as that takes. Rejects only for a bug or an abort.
 *
 * @param onOutcome is called once with the outcome, before another call can begin in this one's place: who stops
 * the run at a failed row is heard in time.
 */
export type Settle = (
  prompt: Prompt,
  signals: CallSignals,
  onOutcome: (outcome: Outcome) => void,
) => Promise<Outcome>

const backoff = { baseMs: 1_000, ceilingMs: 60_000 }

/**
 * Asks until there is an answer, the row's attempts or time are used up, or trying again is of no use.
 *
 * Each attempt goes through the gate by itself: a row that waits for its next one holds no slot.
 */
export function settleWithRetry(ask: PatientAsk, options: SettleWithRetryOptions): Settle {
  const { maxAttempts, deadlineMs, clock, gate, acceptTruncated, onWait } = options

  return async (prompt, signals, onOutcome) => {
    // The row's time begins with its first call: how long it waits for its turn is no fault of its own.
    let startedMs: number | undefined
    const ended = (outcome: Outcome): Outcome => {
      onOutcome(outcome)
      return outcome
    }
    for (let attempts = 1; ; attempts += 1) {
      const attempt = async (): Promise<Outcome | Wait> => {
        startedMs ??= clock.monotonicMs()
        const result = await tryOnce(prompt, signals, attempts)
        const leftMs = deadlineMs - (clock.monotonicMs() - startedMs)
        const next = result.kind === 'failed' ? nextAfter(result, leftMs) : result
        return next.kind === 'wait' ? next : ended(next)
      }
      const next = await gate.pass(signals, attempt).catch(skipWhenStopping(prompt, signals))
      if (next.kind !== 'wait') return next
      if (!(await wait(next.ms, signals))) return ended({ kind: 'skipped', row: prompt.row })
    }
  }

  async function tryOnce(prompt: Prompt, signals: CallSignals, attempts: number): Promise<Outcome> {
    try {
      return judge(await ask(prompt, signals), prompt, attempts)
    } catch (error) {
      signals.aborted.throwIfAborted()
      if (signals.stopping.aborted && error === signals.stopping.reason) throw error
      if (!BatchError.isInstance(error)) throw error
      return { kind: 'failed', row: prompt.row, prompt, error, attempts }
    }
  }

  /** The failure itself when it is the last word, else how long to wait before trying again. */
  function nextAfter(failed: Failed, leftMs: number): Failed | Wait {
    const { error, attempts } = failed
    if (error.reach !== 'attempt' || attempts >= maxAttempts) return failed
    const ms = delayAfter(attempts, error)
    if (ms > leftMs) return { ...failed, error: waitPastDeadline(error, ms, leftMs) }
    return { kind: 'wait', ms }
  }

  function delayAfter(attempts: number, { retryAfterMs }: BatchError): number {
    return retryDelay(attempts, { ...backoff, random: clock.random, retryAfterMs })
  }

  /** Whether the wait went to its end; not so when the run is stopping. */
  async function wait(ms: number, { aborted, stopping }: CallSignals): Promise<boolean> {
    const onWaited = onWait?.(clock.monotonicMs() + ms)
    try {
      await clock.sleep(ms, stopping)
      return true
    } catch {
      aborted.throwIfAborted()
      return false
    } finally {
      onWaited?.()
    }
  }

  function judge(answer: Answer, prompt: Prompt, attempts: number): Outcome {
    const error = faultOf(answer, acceptTruncated)
    const { row } = prompt
    if (error === undefined) return { kind: 'answered', row, prompt, answer, attempts }
    return { kind: 'failed', row, prompt, error, attempts, answer }
  }
}

/** Another attempt follows, after so long. */
interface Wait {
  readonly kind: 'wait'
  readonly ms: number
}

/** A row whose turn did not come before the stop was not asked. */
function skipWhenStopping({ row }: Prompt, { aborted, stopping }: CallSignals) {
  return (error: unknown): Outcome => {
    aborted.throwIfAborted()
    if (stopping.aborted && error === stopping.reason) return { kind: 'skipped', row }
    throw error
  }
}

/** Why an answer that came is none. */
function faultOf(answer: Answer, acceptTruncated: boolean): BatchError | undefined {
  const { finishReason, text } = answer
  if (finishReason === 'content-filter') {
    return rowError('ANSWER_FILTERED', 'The model refused to answer, or its answer was filtered')
  }
  if (finishReason === 'error') {
    return rowError('SERVER_FAILED', 'The server broke off while answering')
  }
  if (finishReason === 'length' && !(acceptTruncated && text !== '')) {
    const remedy = 'Raise -o max_tokens, or take cut answers with --accept-truncated.'
    return rowError('ANSWER_TRUNCATED', 'The answer was cut by its length limit', remedy)
  }
  if (text.trim() === '') return rowError('ANSWER_EMPTY', 'The model gave an empty answer')
  return undefined
}

function rowError(
  code: 'ANSWER_FILTERED' | 'SERVER_FAILED' | 'ANSWER_TRUNCATED' | 'ANSWER_EMPTY',
  message: string,
  remedy?: string,
): BatchError {
  return new BatchError(message, { code, reach: 'row', remedy })
}

function waitPastDeadline(error: BatchError, waitMs: number, leftMs: number): BatchError {
  const seconds = (ms: number): string => `${Math.ceil(ms / 1000)} s`
  const isLimit = error.code === 'RATE_LIMITED'
  const what = isLimit ? 'Rate limit exceeded' : error.message
  const wait = `the next attempt would be in ${seconds(waitMs)}, the row has ${seconds(leftMs)} left`
  return new BatchError(`${what}: ${wait}`, {
    code: error.code,
    reach: 'row',
    remedy: 'Lower --rate-limit or --concurrency, or give rows more time with --deadline SECONDS.',
    retryAfterMs: error.retryAfterMs,
    cause: error,
  })
}
