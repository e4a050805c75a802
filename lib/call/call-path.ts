import { setMaxListeners } from 'node:events'
import { BatchError } from '../error/batch-error.js'
import type { Clock } from '../port/clock.js'
import type { ModelClient } from '../port/model-client.js'
import type { Answer } from '../row/answer.js'
import type { Outcome } from '../row/outcome.js'
import type { Prompt } from '../row/prompt.js'
import type { Row } from '../row/row.js'
import { AskedRow, type OutcomeListener, type PathOfRow } from './asked-row.js'
import type { CallBudget } from './call-budget.js'
import { callDeadlines } from './call-deadlines.js'
import { type CallHolds, callHolds } from './call-holds.js'
import type { CallPlace } from './call-place.js'
import { callThrottle } from './call-throttle.js'
import { beginCall } from './client/begin-call.js'
import {
  type AfterAttempt,
  callTimedOut,
  type SettleAttemptOptions,
  settleAttempt,
} from './settle-attempt.js'
import { createSlots } from './slots.js'
import { type CallSpend, noSpendCap } from './spend-cap.js'
import { createStopSwitch, type StopSwitch } from './stop-switch.js'

export interface CallPathOptions extends Omit<SettleAttemptOptions, 'random'> {
  /** The most calls in flight. */
  readonly concurrency: number
  /** Whether fewer calls are in flight if the server gives as much with them. */
  readonly isConcurrencyAuto?: boolean | undefined
  /** Calls in flight at once of all runs with the budget; no limit if absent. */
  readonly sharedConcurrency?: number | undefined
  /** Calls started per minute. */
  readonly rateLimit?: number | undefined
  /** Tokens per minute. */
  readonly tokenLimit?: number | undefined
  readonly timeoutMs: number
  /** Holds calls back that could pass a cap of the cost. */
  readonly cap?: CallSpend | undefined
  readonly clock: Clock
  /** After a stop no call starts, and waiting rows are skipped. Made here if absent. */
  readonly stop?: StopSwitch | undefined
  /** What all runs with the model and key pass; a budget of these calls alone if absent. */
  readonly budget?: Pick<CallBudget, 'join'> | undefined
}

/** How a prompt comes to its outcome: slots, pace, timeout, retry. */
export interface CallPath extends CallHolds, Pick<CallPathOptions, 'clock' | 'concurrency'> {
  readonly stop: StopSwitch
  /** Starts with a prompt if a slot is free. Returns false if none is. */
  readonly tryBegin: (prompt: Prompt, listener: OutcomeListener) => boolean
  /**
   * Frees the slots of outcomes that are safe. Until then the outcomes count as calls in flight, so
   * that a crash repeats no more calls than may be in flight. Other outcomes hold no slot.
   */
  readonly release: (outcomes: readonly Pick<Outcome, 'row'>[]) => void
  /** Sets the listener that is called when another prompt may start. The last listener counts. */
  readonly onFree: (listener: () => void) => void
  /**
   * Ends the calls in flight. Before it returns, listeners hear of rows that have a paid answer and
   * ask once more; after that, no listener is called.
   */
  readonly breakOff: (reason: Error) => void
  readonly callsInFlight: () => number
}

/**
 * A call without a wait costs no promise and no timer.
 *
 * A row takes a slot, and room for its attachments, before a place in the pace. The other way
 * round, rows with a place would pile up behind slow calls, and then start in one burst, over the
 * limit. A row that waits for its next attempt holds neither.
 */
export function callPath(
  client: Pick<ModelClient, 'ask' | 'begin'> & Partial<Pick<ModelClient, 'provider'>>,
  options: CallPathOptions,
): CallPath {
  const { concurrency, isConcurrencyAuto, timeoutMs, form, clock } = options
  const { stop = createStopSwitch(), cap = noSpendCap } = options
  const { provider = 'the provider' } = client
  const begin = beginCall(client)
  const deadlines = callDeadlines<AskedRow>({ timeoutMs, clock, onOverdue })
  const throttle = callThrottle({ ...options, inFlight: deadlines.inFlight })
  const settling = settleAttempt({ ...options, random: clock.random })
  const slots = createSlots({ limit: throttle.limit, onFree: serve })
  /** Rows that wait between two attempts. */
  const waiting = new Set<AskedRow>()
  /** Waiting rows whose wait is over and that have no slot yet. */
  const due: AskedRow[] = []
  /** Rows with an outcome whose slot is not free yet. */
  const unreleased = new Set<Row>()
  const { hold: onHeld, goOn: onGoesOn } = deadlines
  const path: PathOfRow = { onTurn: ask, onAnswer, onFailure, onHeld, onGoesOn }
  let onFree = (): void => {}
  let lastError = ''
  const broken = new AbortController()
  const stopping = AbortSignal.any([stop.signal, broken.signal])
  // Many rows may wait on this signal at once. That is not a leak.
  setMaxListeners(0, stopping)
  stopping.addEventListener('abort', skipWaiting, { once: true })

  return {
    ...{ stop, clock, concurrency },
    tryBegin(prompt, listener) {
      // A due row may be waiting for room that this prompt would fit into.
      if (due.length > 0 || isHalted() || !slots.isFree(0)) return false
      return tryEnter(new AskedRow(prompt, listener, path))
    },
    release: outcomes =>
      slots.giveBack(outcomes.filter(({ row }) => unreleased.delete(row)).length),
    onFree(listener) {
      onFree = listener
    },
    breakOff(reason) {
      broken.abort(reason)
      for (const row of deadlines.endAll()) {
        row.call?.breakOff(reason)
        throttle.onBrokenOff(row.place as CallPlace)
        skip(row)
      }
      waiting.forEach(skip)
    },
    callsInFlight: deadlines.inFlight,
    ...callHolds({
      ...{ concurrency, isConcurrencyAuto, provider, clock },
      ...{ throttle, slots, cap, waiting, lastError: () => lastError },
    }),
  }

  /** Listeners of `stop.signal` run before `stopping` aborts, and may call this. */
  function isHalted(): boolean {
    return stop.signal.aborted || broken.signal.aborted
  }

  /** Rows that have waited for their next attempt go before new rows. */
  function serve(): void {
    for (let [row] = due; row !== undefined && !isHalted() && tryEnter(row); [row] = due) {
      due.shift()
      waiting.delete(row)
    }
    if (due.length === 0) onFree()
  }

  /** Takes a slot, room for the attachments, and room under the cap. */
  function tryEnter(row: AskedRow): boolean {
    if (!slots.isFree(row.bytes) || !cap.reserve(row)) return false
    slots.take(row.bytes)
    throttle.enter(row)
    return true
  }

  function skipWaiting(): void {
    due.splice(0).forEach(skip)
    const queued = throttle.leaveQueue() as readonly AskedRow[]
    queued.forEach(cap.giveBack)
    queued.forEach(skip)
    for (const { bytes } of queued) slots.giveBackBytes(bytes)
    slots.giveBack(queued.length)
  }

  function ask(row: AskedRow): void {
    const nowMs = clock.monotonicMs()
    // A row's time starts with its first call. Waiting for a turn does not count.
    if (row.attempts === 0) row.firstStartedMs = nowMs
    row.attempts += 1
    deadlines.begin(row)
    try {
      if (row.attempts === 1) row.asked = form?.asked(row.prompt) ?? row.prompt
      row.call = begin(row.asked, row)
    } catch (error) {
      // Later, because a listener must not be called while the row is starting.
      clock.afterTurn(() => onFailure(row, error))
    }
  }

  function onAnswer(row: AskedRow, answer: Answer): void {
    if (!deadlines.end(row)) return
    slots.giveBackBytes(row.bytes)
    throttle.onAnswer(answer, row.place as CallPlace)
    cap.answered(row, answer)
    follow(row, settling.afterAnswer(row, answer))
  }

  function onFailure(row: AskedRow, error: unknown): void {
    if (!deadlines.end(row)) return
    slots.giveBackBytes(row.bytes)
    if (BatchError.isInstance(error)) onFailed(row, error)
    else {
      throttle.onBrokenOff(row.place as CallPlace)
      row.listener.broken(error)
    }
  }

  function onOverdue(row: AskedRow): void {
    const error = callTimedOut(timeoutMs)
    row.call?.breakOff(error)
    slots.giveBackBytes(row.bytes)
    onFailed(row, error)
  }

  function onFailed(row: AskedRow, failure: BatchError): void {
    const error = settling.judge(failure)
    const place = row.place as CallPlace
    cap.failed(row, error)
    const next = settling.afterFailure(row, error, clock.monotonicMs())
    if (typeof next === 'number') lastError = error.message
    // A run that ends takes its waiting calls back first: the budget would start one of them now.
    if (error.reach === 'run') follow(row, next)
    throttle.onFailure(error, place)
    if (error.reach !== 'run') follow(row, next)
  }

  function follow(row: AskedRow, next: AfterAttempt): void {
    if (typeof next === 'number') waitForNext(row, next)
    else end(row, next)
  }

  /** The outcome keeps the slot of its call. */
  function end(row: AskedRow, outcome: Outcome): void {
    unreleased.add(outcome.row)
    row.listener.ended(outcome, row.prompt)
  }

  function waitForNext(row: AskedRow, ms: number): void {
    row.dueMs = clock.monotonicMs() + ms
    waiting.add(row)
    clock.sleep(ms, stopping).then(
      () => {
        if (isHalted()) return skipWaiter(row)
        due.push(row)
        serve()
      },
      () => skipWaiter(row),
    )
    slots.giveBack(1)
  }

  /** Unless the row was skipped before its sleep ended. */
  function skipWaiter(row: AskedRow): void {
    if (waiting.has(row)) skip(row)
  }

  /** Ends a row that is not asked any more. What it has cost is not lost. */
  function skip(row: AskedRow): void {
    waiting.delete(row)
    if (row.paid === undefined && broken.signal.aborted) return
    row.listener.ended(row.paid ?? { kind: 'skipped', row: row.prompt.row }, row.prompt)
  }
}
