import { pipeline } from 'node:stream/promises'
import { answerForm } from '../call/answer-form.js'
import { callPath } from '../call/call-path.js'
import { loadAttachments } from '../call/client/load-attachments.js'
import { spendCap } from '../call/spend-cap.js'
import { createStopSwitch } from '../call/stop-switch.js'
import { BatchError } from '../error/batch-error.js'
import type { StoredRun } from '../port/batch-store.js'
import type { BatchStatus } from '../port/stored-batch.js'
import type { Outcome } from '../row/outcome.js'
import { tallied } from '../row/tally.js'
import { invokeModel } from '../stage/invoke-model.js'
import { mapRows } from '../stage/map-rows.js'
import { recallAnswers } from '../stage/recall-answers.js'
import { recordOutcomes } from '../stage/record-outcomes.js'
import { restoreOrder } from '../stage/restore-order.js'
import { takeRows } from '../stage/take-rows.js'
import { createWindow } from '../stage/window.js'
import { writeToSink } from '../stage/write-to-sink.js'
import { keepPulse } from './keep-pulse.js'
import { leaveStandingReader } from './leave-standing-reader.js'
import { outputLeft } from './output-left.js'
import type { BatchParts, Plan, RunningBatch } from './plan.js'
import type { BatchSummary } from './progress.js'
import { promptStages } from './prompt-stages.js'
import { replyRoom } from './reply-room.js'
import { rowReuse } from './row-reuse.js'
import { runCount } from './run-count.js'
import { heldBy, isAskedEnd, rowsNotConserved, statusAfter } from './run-end.js'
import { runNotes } from './run-notes.js'
import { runProgress } from './run-progress.js'
import { stopRules } from './stop-rules.js'

/** Rows read ahead of the calls, so that the next prompt is ready when a call ends. */
const aheadRows = 256

/**
 * One run of a batch: the way of every row from the source to the sink.
 *
 * A run that ends early (a broken input, an output that cannot be written, a refused key, the user)
 * drains: no new call starts, calls in flight finish and are recorded, and the output is valid. An
 * abort also breaks off the calls. In both cases every answer is in the journal before the run
 * ends, because each is recorded in the turn in which it comes.
 */
export function runBatch(plan: Plan, parts: BatchParts): RunningBatch {
  const { source, sink, held, client, clock, budget } = parts
  const stop = createStopSwitch()
  const aborter = new AbortController()
  const { concurrency, isConcurrencyAuto, sharedConcurrency, rateLimit, tokenLimit } = plan
  const { retries, timeoutMs, deadlineMs, acceptTruncated, stripThinking, price } = plan
  const form = plan.form && answerForm(plan.form)
  const cap = plan.costLimit && spendCap({ ...plan.costLimit, price, before: held.before, stop })
  const calls = callPath(loadAttachments(client, plan.attachments?.load), {
    ...{ concurrency, isConcurrencyAuto, sharedConcurrency, rateLimit, tokenLimit },
    ...{ retries, timeoutMs, deadlineMs, acceptTruncated, stripThinking },
    ...{ form, price, cap, clock, stop, budget },
    ...{ tools: plan.tools?.runner, chainLimit: plan.tools?.chainLimit },
    hasAnswers: (held.before?.completedPrompts ?? 0) > 0,
  })
  const window = createWindow({ rows: concurrency + aheadRows })
  const replies = replyRoom(stop)
  const { scope, equals, stages: reuseStages } = rowReuse(plan, stop)
  const count = runCount()
  const { progress, pulse } = runProgress(plan, parts, { calls, cap, window, equals, count, stop })
  let isFlowOver = false
  /** What failed while the output was closed, or while the end was recorded. */
  let endError: BatchError | undefined

  return { run, stop: requestStop, abort, progress }

  async function run(): Promise<BatchSummary> {
    const recorded = await held.start(scope)
    const beat = () => recorded.pulse(pulse())
    const endPulse = keepPulse({ pulse: beat, clock, stop: requestStop, abort })
    const endWatch = leaveStandingReader({ sink, stop, clock, isIdle, abort })
    try {
      await flow(recorded)
      isFlowOver = true
    } catch (error) {
      if (!aborter.signal.aborted) await giveUp(error, recorded)
    } finally {
      endPulse()
      endWatch()
      await closeSink()
    }
    return end(recorded)
  }

  function flow(recorded: StoredRun): Promise<void> {
    client.heed?.(replies)
    cap?.secureWith(recorded.secure)
    const heedRules = stopRules(plan, stop)
    const onOutcome = (outcome: Outcome): void => {
      replies.take(outcome)
      heedRules(outcome)
    }
    const append = (outcomes: readonly Outcome[]): Promise<void> | undefined => {
      const room = recorded.append(outcomes, cap?.toRecord())
      count.onRecorded(outcomes)
      // Last, because this may look up the answers for the rows that wait.
      equals?.ended(outcomes)
      return room
    }
    return pipeline(
      [
        takeRows({
          limit: plan.limit,
          isEndAwaited: source.bytesTotal !== undefined,
          stopping: stop.signal,
          onGroup: count.onRead,
          onSourceError(error) {
            count.onSourceError(error)
            if (count.rowsRead() === 0) abort(count.inputError() as BatchError)
          },
          onEnd: count.onRowsEnd,
        })(source.rows),
        ...promptStages(plan, stop.signal),
        ...(held.before === undefined ? [] : [recallAnswers(recorded)]),
        ...reuseStages(recorded),
        invokeModel({
          calls,
          window,
          onOutcome,
          // The end of the run waits for the database, and gets its error.
          rescue: outcomes => void append(outcomes)?.catch(() => {}),
        }),
        recordOutcomes({ append, release: calls.release, stop, window }),
        mapRows(writtenOf),
        ...(plan.order === 'input' ? [restoreOrder(sink.form, { stop })] : []),
        writeToSink({ sink: sink.rows, stop }),
      ],
      { signal: aborter.signal },
    )
  }

  /**
   * Makes what the output takes. An answer that is left out keeps its place, as a skipped row does.
   */
  function writtenOf(outcome: Outcome): unknown {
    replies.free(outcome)
    const isLeftOut = plan.onlyNew && outcome.kind === 'answered' && outcome.isRecalled
    return sink.form.make(isLeftOut ? { kind: 'skipped', row: outcome.row } : outcome)
  }

  /** After the flow, there is nothing left to stop. */
  function requestStop(reason: BatchError): void {
    if (!isFlowOver) stop.request(reason)
  }

  function abort(reason: BatchError): void {
    if (isFlowOver) return
    stop.request(reason)
    aborter.abort(reason)
  }

  async function giveUp(error: unknown, recorded: StoredRun): Promise<void> {
    if (BatchError.isInstance(error)) return abort(error)
    // The bug matters more than a further error of the database.
    await recorded.end({ status: 'failed', pulse: pulse(), isWhole: false }).catch(() => {})
    throw error
  }

  async function end(recorded: StoredRun): Promise<BatchSummary> {
    if (aborter.signal.aborted) count.onBrokenOff()
    const tally = count.tally()
    const rowsRead = count.rowsRead()
    const defect = tallied(tally) === rowsRead ? undefined : rowsNotConserved(rowsRead, tally)
    endError ??= defect
    await markEnded(recorded)
    const error = count.inputError()
    // An input without one readable row is wrong as a whole.
    const isNothingRead = error !== undefined && rowsRead === 0
    if (defect !== undefined || isNothingRead) throw defect ?? error
    return {
      batchId: held.id,
      status: status(),
      rowsRead,
      tally,
      price: { kind: plan.price.kind, basis: plan.price.basis },
      durationMs: progress().elapsedMs,
      outputPath: sink.path,
      output: outputLeft(sink, { rowsOfRun: rowsToWrite(), isMoreRecorded: isMoreRecorded() }),
      capped: cap?.spend(),
      formulas: sink.formulas?.() ?? 0,
      notes: runNotes({ source, sink, form, isEmpty: rowsRead === 0 && isWhole() }),
      stopReason: stopReason(),
    }
  }

  async function markEnded(recorded: StoredRun): Promise<void> {
    const ended = { status: status(), isWhole: isWhole(), heldBy: heldBy(stopReason()) }
    try {
      await recorded.end({ ...ended, pulse: pulse(), isHurried: aborter.signal.aborted })
    } catch (error) {
      // Every answer is in the journal by now. A failure to record the end must not hide how the
      // run went.
      if (!BatchError.isInstance(error)) throw error
      endError ??= error
    }
  }

  /** Closes the output. A failure to close must not hide how the run went. */
  async function closeSink(): Promise<void> {
    try {
      await sink.close({ isHurried: !isFlowOver, isWhole: isWhole(), discard: !isFlowOver })
    } catch (error) {
      if (!BatchError.isInstance(error)) throw error
      endError ??= error
    }
  }

  function isIdle(): boolean {
    return calls.callsInFlight() === 0
  }

  /** Whether every row of the input had its turn. */
  function isWhole(): boolean {
    return isFlowOver && stopReason() === undefined && count.rowsEnd() === 'source-ended'
  }

  /** A broken input ends the rows, not the run: the rows before the fault are still asked. */
  function stopReason(): BatchError | undefined {
    const reason = stop.reason()
    return (isTooLate(reason) ? undefined : reason) ?? endError ?? count.inputError()
  }

  /** Whether every row was already written when somebody asked for an end. */
  function isTooLate(reason: BatchError | undefined): boolean {
    if (!isAskedEnd(reason) || !isFlowOver || count.rowsEnd() !== 'source-ended') return false
    return count.tally().skipped === 0 && sink.rowsWritten() === rowsToWrite()
  }

  function status(): BatchStatus {
    const { failed: failedRows } = count.tally()
    return statusAfter({ stopReason: stopReason(), isWhole: isWhole(), failedRows })
  }

  function rowsToWrite(): number {
    const { answered, recalled, failed } = count.tally()
    return answered + failed - (plan.onlyNew ? recalled : 0)
  }

  /** Whether earlier runs recorded answers that this run ended too early to write. */
  function isMoreRecorded(): boolean {
    const answeredBefore = held.before?.completedPrompts ?? 0
    return !plan.onlyNew && !isWhole() && count.tally().recalled < answeredBefore
  }
}
