import type { Writable } from 'node:stream'
import type { BatchSummary } from '../batch/progress.js'
import { type RowLimits, rowLimits } from '../batch/recorded-config.js'
import { runBatch } from '../batch/run-batch.js'
import type { BatchParts, RunningBatch } from '../batch/run-plan.js'
import {
  type BatchOptions,
  parseBatchOptions,
  type ResolvedBatchOptions,
} from '../config/batch-options.js'
import type { BatchRun } from '../port/batch-store.js'
import type { StoredBatch } from '../port/stored-batch.js'
import { removePartial } from '../sink/partial-path.js'
import { isSamePlace } from '../sink/place-of.js'
import type { Batch } from './batch.js'
import { checkUnchanged } from './check-unchanged.js'
import { type ChosenBatch, chooseBatch } from './choose-batch.js'
import { checkKeyName, openChosenModel } from './choose-model.js'
import { countRows } from './count-rows.js'
import { type DecidedBatch, decideBatch } from './decide-batch.js'
import { describeRun } from './describe-run.js'
import { finishedBatch } from './finished-batch.js'
import { isFinished, isNothingLeft } from './is-finished.js'
import { columnsCheck, openBatchSink } from './open-batch-sink.js'
import { planOf } from './plan-of.js'
import { type Surroundings, thisProcess } from './surroundings.js'

export interface OpenBatchOptions {
  /** Is given each outcome as well, once it is written; then nothing goes to standard output. */
  readonly reader?: Writable
}

/**
 * Makes the plan of a batch whole: finds the batch to resume or begins one, opens the input, finds model, key and
 * template, proves that the output can be written, and opens the database. Nothing is asked, and what is refused
 * leaves nothing behind.
 *
 * @throws {BatchError} reach run.
 */
export async function openBatch(
  given: BatchOptions,
  surroundings: Surroundings = thisProcess(),
  opening: OpenBatchOptions = {},
): Promise<Batch> {
  const isKeySaid = given.key !== undefined
  const chosen = await chooseBatch(given, surroundings)
  const options = parseBatchOptions(chosen.options, 'The options of the batch')
  const decided = await decideBatch(options, surroundings)
  try {
    checkUnchanged(chosen, decided, options)
    return (await isNothingLeft(chosen.recorded, options))
      ? finishedBatch(chosen, { options, decided, reader: opening.reader })
      : await openUnfinished(chosen, { options, decided, surroundings, opening, isKeySaid })
  } catch (error) {
    await decided.closing.close()
    throw error
  }
}

interface OpenUnfinishedOptions {
  readonly options: ResolvedBatchOptions
  readonly decided: DecidedBatch
  readonly surroundings: Surroundings
  readonly opening: OpenBatchOptions
  /** Whether the key was said now, and does not come from the record. */
  readonly isKeySaid: boolean
}

async function openUnfinished(chosen: ChosenBatch, given: OpenUnfinishedOptions): Promise<Batch> {
  const { options, decided, surroundings } = given
  const { model, clock, closing } = decided
  const { reference, modelOptions } = model
  const { key } = options
  if (key !== undefined && !given.isKeySaid) await checkKeyName(key, surroundings)
  const opened = { ...options, clock, modelOptions, surroundings }
  const client = await openChosenModel(reference, opened)
  closing.add(client.close)
  const store = await decided.openStore()
  const limits = rowLimits(chosen.recorded, options.limit)
  const run = await describeRun(chosen, { ...given, modelId: client.id, limit: limits.ofBatch })
  let hasRun = false
  // Before the output is touched: another process may be writing it.
  const before = chosen.recorded === undefined ? undefined : await store.resumeRun(run)
  if (before === undefined) await store.beginRun(run)
  // A batch that is not run after all is left as it was.
  closing.add(() => hasRun || store.withdrawRun(run.id))
  const going = { ...chosen, recorded: before }
  // While this one waited for its input, another may have brought it to its end.
  if (chosen.recorded?.status !== 'completed' && isFinished(before, options)) {
    return finishedBatch(going, { options, decided, reader: given.opening.reader })
  }
  const { outputFile } = run
  const others = outputFile === undefined ? [] : await store.idleWriters(outputFile)
  const sink = await openBatchSink(options, { ...given, resumed: before, others })
  await removeLeftovers(run, { before, others })
  const running = startRun(run, { ...given, sink, store, client, limits, before })
  const runOnce = (): Promise<BatchSummary> => {
    hasRun = true
    return running.run()
  }
  const plan = planOf(going, { options, decided, sink, isFinished: false })
  return { ...running, run: runOnce, plan, close: closing.close }
}

interface StartRunOptions
  extends OpenUnfinishedOptions,
    Pick<BatchParts, 'sink' | 'store' | 'client'> {
  readonly limits: RowLimits
  readonly before: StoredBatch | undefined
}

function startRun(run: BatchRun, given: StartRunOptions): RunningBatch {
  const { options, decided, sink, store, client, limits, before } = given
  const { source, model, clock } = decided
  let rowsTotal: number | undefined
  void countRows(source, { ...options, limit: limits.ofBatch }).then(count => {
    rowsTotal = count
  })
  const plan = {
    ...options,
    run,
    render: decided.makeRender(columnsCheck(source, { ...options, format: sink.format })),
    rateLimit: model.rateLimit,
    isResumed: before !== undefined,
    // Its failures are not asked again; rows that were added since are.
    isRewritten: isFinished(before, options),
    answeredBefore: before?.completedPrompts ?? 0,
    isLimitOfRun: limits.ofRun !== limits.ofBatch,
    rowsCounted: () => rowsTotal,
  }
  return runBatch(plan, { source, sink, store, client, clock })
}

interface Leavers {
  /** The batch as it was before this run. */
  readonly before: StoredBatch | undefined
  /** Others of the same output. */
  readonly others: readonly StoredBatch[]
}

/** Nobody else would ever remove what was written beside an output by a resume that was killed and is not gone on with there. */
async function removeLeftovers(
  { id, outputFile }: BatchRun,
  { before, others }: Leavers,
): Promise<void> {
  if (outputFile !== undefined) {
    for (const other of others) await removePartial(outputFile, other.id)
  }
  const formerOutput = before?.outputFile
  if (formerOutput === undefined) return
  // Under another name of the same file, it is what this run writes.
  const isWritten = outputFile !== undefined && (await isSamePlace(formerOutput, outputFile))
  if (!isWritten) await removePartial(formerOutput, id)
}
