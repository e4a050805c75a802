import { pipeline } from 'node:stream/promises'
import { BatchError } from '../error/batch-error.js'
import type { BatchStatus } from '../port/stored-batch.js'
import type { Outcome } from '../row/outcome.js'
import { addToTally, emptyTally, type Tally, tallied } from '../row/tally.js'
import { invokeModel } from '../stage/invoke-model.js'
import { mapPrompts } from '../stage/map-prompts.js'
import { type RecallAnswersOptions, recallAnswers } from '../stage/recall-answers.js'
import { recordOutcomes } from '../stage/record-outcomes.js'
import { restoreOrder } from '../stage/restore-order.js'
import { createStopSwitch } from '../stage/stop-switch.js'
import { takeRows } from '../stage/take-rows.js'
import { writeOutcomes } from '../stage/write-outcomes.js'
import { callPath } from './call-path.js'
import { keepPulse } from './keep-pulse.js'
import { outputLeft } from './output-left.js'
import type { BatchSummary } from './progress.js'
import { inputBroken, rowsNotConserved, statusAfter } from './run-end.js'
import type { BatchParts, RunningBatch, RunPlan } from './run-plan.js'
import { type RunState, runProgress } from './run-progress.js'
import { stopRules } from './stop-rules.js'

/** Rows read ahead of the calls, so that the next prompt is there when a call ends, and waits hold nobody up. */
const aheadRows = 256

/**
 * Few calls at once are held up by each answer that waits to be recorded, so it is recorded at once; of many, a few
 * together, since a transaction costs more than the rows in it.
 */
function groupsFor(concurrency: number): { readonly dueRows: number; readonly groupMs: number } {
  return { dueRows: Math.ceil(concurrency / 10), groupMs: 4 }
}

/** Whether a call was made for it in this run. */
function isOfCall(outcome: Outcome): boolean {
  return outcome.kind !== 'skipped' && outcome.attempts > 0 && !('isRecalled' in outcome)
}

/**
 * One run of a batch: the way of every row, from the source to the sink.
 *
 * Whatever ends it early (a broken input, an output that cannot be written on, a refused key, the user) ends it in
 * the same order: no new call, those in flight finish and are recorded, and the output is left valid.
 */
export function runBatch(plan: RunPlan, parts: BatchParts): RunningBatch {
  const { source, sink, store, client, clock } = parts
  const stop = createStopSwitch()
  const aborter = new AbortController()
  const calls = callPath(client.ask, { ...plan, clock, unrecorded: () => unrecorded })
  const watchRules = stopRules({ ...plan, stop })
  const windowRows = plan.concurrency + aheadRows
  let rowsRead = 0
  let isInputOver = false
  let inputError: BatchError | undefined
  let isFlowOver = false
  let tally: Tally = emptyTally
  /** Whether anything was asked. */
  let hasCalled = false
  /** Outcomes of calls that are not yet recorded. */
  let unrecorded = 0

  const { progress, pulse, isCut } = runProgress({ plan, parts, calls, windowRows, state })

  return { run, stop: stop.request, abort, progress }

  async function run(): Promise<BatchSummary> {
    const endPulse = keepPulse({
      pulse: () => store.pulse(plan.run.id, pulse()),
      clock,
      stop: stop.request,
      abort,
    })
    try {
      await flow()
      isFlowOver = true
    } catch (error) {
      if (inputError !== undefined && rowsRead === 0) throw await refuse(inputError)
      // Asked to end at once, it did. A database that cannot be written on ends the run at once as well.
      if (!aborter.signal.aborted) await giveUp(error)
    } finally {
      endPulse()
      await closeSink()
    }
    return end()
  }

  function flow(): Promise<void> {
    return pipeline(
      [
        takeRows(source.rows, {
          limit: plan.limit,
          stopping: stop.signal,
          onRecord: () => {
            rowsRead += 1
          },
          onSourceError: error => {
            inputError = inputBroken(error)
            if (rowsRead === 0) aborter.abort(inputError)
          },
          onEnd: () => {
            isInputOver = true
          },
        }),
        mapPrompts({ render: plan.render }),
        ...(plan.isResumed ? [recallAnswers(recalling())] : []),
        invokeModel({
          settle: calls.settle,
          windowRows,
          stop,
          onOutcome: noteOutcome,
        }),
        recordOutcomes({ record, clock, ...groupsFor(plan.concurrency) }),
        ...(plan.order === 'input' ? [restoreOrder({ stop })] : []),
        writeOutcomes({ sink: sink.outcomes, stop, onLost, onlyNew: plan.onlyNew }),
      ],
      { signal: aborter.signal },
    )
  }

  function recalling(): RecallAnswersOptions {
    return {
      recall: prompts => store.recall(plan.run.id, prompts),
      recallFailures: plan.isRewritten
        ? prompts => store.recallFailures(plan.run.id, prompts)
        : undefined,
    }
  }

  /** A reader may leave with the last row: it ends a run in which there is something left to ask. */
  function onLost(listener: (error: Error) => void): void {
    sink.onLost?.(error => {
      if (!isInputOver || tallied(tally) < rowsRead) listener(error)
    })
  }

  function noteOutcome(outcome: Outcome): void {
    if (isOfCall(outcome)) {
      unrecorded += 1
      hasCalled = true
    }
    watchRules(outcome)
  }

  async function record(group: readonly Outcome[]): Promise<void> {
    await store.record(plan.run.id, group)
    unrecorded -= group.filter(isOfCall).length
    // Here, not further down the flow: what is safe counts, also while nobody reads what is written.
    tally = group.reduce(addToTally, tally)
    calls.refresh()
  }

  function abort(reason: BatchError): void {
    stop.request(reason)
    aborter.abort(reason)
  }

  async function end(): Promise<BatchSummary> {
    if (aborter.signal.aborted) {
      tally = { ...tally, skipped: rowsRead - tally.answered - tally.failed }
    } else if (tallied(tally) !== rowsRead) throw rowsNotConserved(rowsRead, tally)
    await markEnded(status())
    return {
      batchId: plan.run.id,
      status: status(),
      rowsRead,
      tally,
      durationMs: progress().elapsedMs,
      outputPath: sink.path,
      output: outputLeft(sink, { rowsOfRun: rowsToWrite(), isMoreRecorded: isMoreRecorded() }),
      stopReason: stopReason(),
    }
  }

  function rowsToWrite(): number {
    const { answered, recalled, failed } = tally
    return answered + failed - (plan.onlyNew ? recalled : 0)
  }

  /** A run that ends early has not come to all rows that earlier ones recorded; with `onlyNew` it wants none of them. */
  function isMoreRecorded(): boolean {
    return !plan.onlyNew && status() !== 'completed' && tally.recalled < plan.answeredBefore
  }

  async function markEnded(status: BatchStatus): Promise<void> {
    try {
      // Of a finished batch nothing but its output was to change, and it has not.
      const isVain = plan.isRewritten && status !== 'completed' && !hasCalled
      await (isVain ? store.withdrawRun(plan.run.id) : store.endRun(plan.run.id, status, pulse()))
    } catch (error) {
      // Every answer is recorded by now; that the batch still counts as running must not hide how it went.
      if (!BatchError.isInstance(error)) throw error
      stop.request(error)
    }
  }

  /** An input of which not even one row can be read is wrong as a whole: nothing was asked, and no output is left. */
  async function refuse(error: BatchError): Promise<BatchError> {
    await sink.close({ discard: true })
    await (plan.isResumed ? store.withdrawRun(plan.run.id) : markEnded('failed'))
    return error
  }

  async function giveUp(error: unknown): Promise<void> {
    if (BatchError.isInstance(error)) return abort(error)
    // The bug at hand matters more than one more error from a database that may be its cause.
    await store.endRun(plan.run.id, 'failed', pulse()).catch(() => {})
    throw error
  }

  /** A broken input ends the rows, not the run: what was read before the bad place is still asked. */
  function stopReason(): BatchError | undefined {
    return stop.reason() ?? inputError
  }

  function state(): RunState {
    return { rowsRead, isInputOver, isStopped: stopReason() !== undefined, tally }
  }

  function status(): BatchStatus {
    return statusAfter({ stopReason: stopReason(), isCut: isCut() })
  }

  /** The old output gives way only to a whole one. That it cannot must not hide how the run went. */
  async function closeSink(): Promise<void> {
    try {
      await sink.close({
        isHurried: !isFlowOver,
        isWhole: isFlowOver && status() === 'completed' && tallied(tally) === rowsRead,
      })
    } catch (error) {
      if (!BatchError.isInstance(error)) throw error
      stop.request(error)
    }
  }
}
