import { setMaxListeners } from 'node:events'
import { BatchError } from '../error/batch-error.js'
import type { ModelClient } from '../port/model-client.js'
import type { Answer } from '../row/answer.js'
import type { Outcome } from '../row/outcome.js'
import type { Prompt } from '../row/prompt.js'
import type { Row } from '../row/row.js'
import { AskedRow, type OutcomeListener, type PathOfRow } from './asked-row.js'
import { attemptWaits } from './between-calls/attempt-waits.js'
import { callDeadlines } from './call-deadlines.js'
import { type CallHolds, callHolds } from './call-holds.js'
import type { CallPathOptions } from './call-path-options.js'
import type { CallPlace } from './call-place.js'
import { callThrottle } from './call-throttle.js'
import { beginCall } from './client/begin-call.js'
import { type AfterAttempt, callTimedOut, settleAttempt } from './settle-attempt.js'
import { createSlots } from './slots.js'
import { noSpendCap } from './spend-cap.js'
import { createStopSwitch, type StopSwitch } from './stop-switch.js'
import { toolChain } from './tool-chain.js'

/** How a prompt comes to its outcome: slots, pace, timeout, retry, tools. */
export interface CallPath extends CallHolds {
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
 * An answer that calls tools is followed by the next call of the model, with the results. The row
 * keeps its slot meanwhile. A chain that has begun is finished after a stop, unless it waits for
 * its next attempt, or finds no room under the cap.
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
  const settling = settleAttempt({
    ...options,
    hasTools: options.tools !== undefined,
    random: clock.random,
  })
  const slots = createSlots({ limit: throttle.limit, onFree: serve })
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
  const waits = attemptWaits({ clock, ending: stopping, onDue: serve, onEnded: skip })
  const { tools: runner, deadlineMs } = options
  const chain =
    runner && toolChain({ runner, clock, deadlineMs, onReady: goOn, onFailed: endChain })

  return {
    stop,
    tryBegin(prompt, listener) {
      // A due row may be waiting for room that this prompt would fit into.
      if (waits.isAnyDue() || isHalted() || !slots.isFree(0)) return false
      return tryEnter(new AskedRow(prompt, listener, path))
    },
    release: outcomes =>
      slots.giveBack(outcomes.filter(({ row }) => unreleased.delete(row)).length),
    onFree(listener) {
      onFree = listener
    },
    breakOff(reason) {
      broken.abort(reason)
      // After a stop, chains that have begun are still in the queue.
      skipWaiting()
      for (const row of deadlines.endAll()) {
        row.call?.breakOff(reason)
        throttle.onBrokenOff(row.place as CallPlace)
        skip(row)
      }
      chain?.endAll(reason).forEach(skip)
      waits.waiting.forEach(skip)
    },
    callsInFlight: () => deadlines.inFlight() + (chain?.underWay() ?? 0),
    ...callHolds({
      ...{ concurrency, isConcurrencyAuto, provider, clock },
      ...{ throttle, slots, cap, waiting: waits.waiting, lastError: () => lastError },
    }),
  }

  /** Listeners of `stop.signal` run before `stopping` aborts, and may call this. */
  function isHalted(): boolean {
    return stop.signal.aborted || broken.signal.aborted
  }

  /** Rows that have waited for their next attempt go before new rows. */
  function serve(): void {
    waits.serve(row => !isHalted() && tryEnter(row))
    if (!waits.isAnyDue()) onFree()
  }

  /** Takes a slot, room for the attachments, and room under the cap. */
  function tryEnter(row: AskedRow): boolean {
    if (!slots.isFree(row.bytes) || !cap.reserve(row)) return false
    slots.take(row.bytes)
    throttle.enter(row)
    return true
  }

  function skipWaiting(): void {
    waits.removeDue().forEach(skip)
    const queued = throttle.leaveQueue() as readonly AskedRow[]
    const isLeft = (row: AskedRow): boolean => row.rounds === undefined || broken.signal.aborted
    const left = queued.filter(isLeft)
    left.forEach(cap.giveBack)
    left.forEach(skip)
    for (const { bytes } of left) slots.giveBackBytes(bytes)
    slots.giveBack(left.length)
    // These chains have begun, so they are finished.
    for (const row of queued) if (!isLeft(row)) throttle.enter(row)
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
    throttle.onAnswer(answer, row.place as CallPlace)
    cap.answered(row, answer)
    const next = settling.afterAnswer(row, answer)
    // The row keeps its slot, and its room for attachments.
    if (next === 'run-tools') return void chain?.run(row, answer)
    slots.giveBackBytes(row.bytes)
    follow(row, next)
  }

  /** The next call of a chain takes the slot that the row has. */
  function goOn(row: AskedRow): void {
    if (cap.reserve(row)) return void throttle.enter(row)
    slots.giveBackBytes(row.bytes)
    if (isHalted()) skip(row)
    else waits.addDue(row)
    slots.giveBack(1)
  }

  function endChain(row: AskedRow, outcome: Outcome): void {
    slots.giveBackBytes(row.bytes)
    end(row, outcome)
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
    waits.add(row, ms)
    slots.giveBack(1)
  }

  /** Ends a row that is not asked any more. What it has cost is not lost. */
  function skip(row: AskedRow): void {
    waits.remove(row)
    if (row.isPaid() || !broken.signal.aborted) row.listener.ended(row.left(), row.prompt)
  }
}
