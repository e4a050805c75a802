import { resolve } from 'node:path'
import type { Writable } from 'node:stream'
import { isKept } from '../batch/is-kept.js'
import type { BatchPlan, BatchSummary } from '../batch/progress.js'
import {
  answersForgotten,
  askedOf,
  batchChanged,
  changedSince,
  recordedConfig,
  rowLimits,
} from '../batch/recorded-config.js'
import { runBatch } from '../batch/run-batch.js'
import {
  type BatchOptions,
  parseBatchOptions,
  type ResolvedBatchOptions,
} from '../config/batch-options.js'
import type { BatchRun, BatchStore } from '../port/batch-store.js'
import type { StoredBatch } from '../port/stored-batch.js'
import type { Failed } from '../row/outcome.js'
import type { Prompt } from '../row/prompt.js'
import { removePartial } from '../sink/partial-path.js'
import { mapPrompts } from '../stage/map-prompts.js'
import { takeRows } from '../stage/take-rows.js'
import type { Batch } from './batch.js'
import { type ChosenBatch, chooseBatch } from './choose-batch.js'
import { openChosenModel } from './choose-model.js'
import { countRows } from './count-rows.js'
import { type DecidedBatch, decideBatch } from './decide-batch.js'
import { finishedBatch } from './finished-batch.js'
import { isFinished, isToBeWrittenAgain } from './is-finished.js'
import { columnsCheck, isOutputOf, openBatchSink } from './open-batch-sink.js'
import { planOf } from './plan-of.js'
import { type Surroundings, thisProcess } from './surroundings.js'

export interface OpenBatchOptions {
  /** Is given each outcome as well, once it is written; then nothing goes to standard output. */
  readonly reader?: Writable
}

/** A batch that is looked at and not run. */
export interface Rehearsal {
  readonly plan: BatchPlan
  /** The first prompts, or why there is none. */
  readonly preview: (count: number) => Promise<readonly (Prompt | Failed)[]>
  readonly close: () => Promise<void>
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
  const chosen = await chooseBatch(given, surroundings)
  const options = parseBatchOptions(chosen.options, 'The options of the batch')
  const decided = await decideBatch(options, surroundings)
  try {
    checkUnchanged(chosen, decided, options)
    return (await isNothingLeft(chosen, options))
      ? finishedBatch(chosen, { options, decided })
      : await openUnfinished(chosen, { options, decided, surroundings, opening })
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
}

async function openUnfinished(chosen: ChosenBatch, given: OpenUnfinishedOptions): Promise<Batch> {
  const { options, decided, surroundings, opening } = given
  const { source, model, clock, closing } = decided
  const { rateLimit, reference, modelOptions } = model
  const opened = { ...options, clock, modelOptions, surroundings }
  const client = await openChosenModel(reference, opened)
  closing.add(client.close)
  const store = await decided.openStore()
  const output = options.output === undefined ? undefined : resolve(options.output)
  const limits = rowLimits(chosen.recorded, options.limit)
  const run = {
    id: chosen.id,
    inputFile: source.path,
    outputFile: output,
    model: client.id,
    config: recordedConfig({
      options,
      asked: askedOf(decided.asked),
      decided: {
        input: source.path,
        output,
        model: reference.id,
        rateLimit,
        log: decided.isLogged,
        limit: limits.ofBatch,
        ...database(options),
      },
    }),
  }
  let hasRun = false
  const isResumed = chosen.recorded !== undefined
  // Before the output is touched: another process may be writing it.
  const before = isResumed ? await store.resumeRun(run) : undefined
  if (!isResumed) await store.beginRun(run)
  // A batch that is not run after all is left as it was.
  closing.add(() => hasRun || store.withdrawRun(run.id))
  // While this one waited for its input, another may have brought it to its end.
  if (chosen.recorded?.status !== 'completed' && isFinished(before, options)) {
    return finishedBatch({ ...chosen, recorded: before }, { options, decided })
  }
  const sink = await openBatchSink(options, { decided, surroundings, opening, resumed: before })
  await removeLeftovers(store, { run, before })
  const render = decided.makeRender(columnsCheck(source, { ...options, format: sink.format }))
  let rowsTotal: number | undefined
  void countRows(source, { ...options, limit: limits.ofBatch }).then(count => {
    rowsTotal = count
  })
  const rowsCounted = (): number | undefined => rowsTotal
  const isLimitOfRun = limits.ofRun !== limits.ofBatch
  const running = runBatch(
    { ...options, run, render, rateLimit, isResumed, isLimitOfRun, rowsCounted },
    { source, sink, store, client, clock },
  )
  const runOnce = (): Promise<BatchSummary> => {
    hasRun = true
    return running.run()
  }
  const plan = planOf(
    { ...chosen, recorded: before },
    { options, decided, sink, isFinished: false },
  )
  return { ...running, run: runOnce, plan, close: closing.close }
}

/** Nobody else would ever remove what was written beside an output by a resume that was killed and is not gone on with there. */
async function removeLeftovers(
  store: BatchStore,
  { run, before }: { readonly run: BatchRun; readonly before: StoredBatch | undefined },
): Promise<void> {
  const { id, outputFile } = run
  if (outputFile !== undefined) {
    for (const other of await store.idleWriters(outputFile)) await removePartial(outputFile, other)
  }
  const formerOutput = before?.outputFile
  if (formerOutput !== undefined && formerOutput !== outputFile) {
    await removePartial(formerOutput, id)
  }
}

/** The same plan without a key, a database or an output: for looking at the first prompts. */
export async function rehearseBatch(
  given: BatchOptions,
  surroundings: Surroundings = thisProcess(),
): Promise<Rehearsal> {
  const chosen = await chooseBatch(given, surroundings)
  const options = parseBatchOptions(chosen.options, 'The options of the batch')
  const decided = await decideBatch(options, surroundings)
  const { source, closing } = decided
  try {
    checkUnchanged(chosen, decided, options)
    // Never the partial output of a batch that may be running: this one is only looked at.
    const overwrite = options.overwrite || isOutputOf(chosen.recorded, options.output)
    const shown = { ...options, overwrite }
    const sink = await openBatchSink(shown, { decided, surroundings, opening: {} })
    const render = decided.makeRender(columnsCheck(source, { ...options, format: sink.format }))
    const isFinished = await isNothingLeft(chosen, options)
    const plan = planOf(chosen, { options, decided, sink, isFinished })
    return { plan, preview, close: closing.close }

    async function preview(count: number): Promise<readonly (Prompt | Failed)[]> {
      const limit = Math.min(count, options.limit ?? count)
      return takeRows(source.rows, { limit }).compose(mapPrompts({ render })).toArray()
    }
  } catch (error) {
    await closing.close()
    throw error
  }
}

/** Whether a batch is finished, and its answers are where they are wanted. */
async function isNothingLeft(
  { recorded }: ChosenBatch,
  options: ResolvedBatchOptions,
): Promise<boolean> {
  if (recorded === undefined || !isFinished(recorded, options)) return false
  return !(await isToBeWrittenAgain(recorded, options))
}

/** Answers recorded for another model, template or option are no answers to what is asked now. */
function checkUnchanged(
  { recorded }: ChosenBatch,
  { asked }: DecidedBatch,
  options: ResolvedBatchOptions,
): void {
  if (recorded === undefined) return
  const changed = changedSince(recorded, askedOf(asked))
  if (changed.length > 0) throw batchChanged(recorded.id, changed)
  const isForgotten = recorded.status === 'completed' && !isKept(recorded)
  if (options.retryFailed && isForgotten) throw answersForgotten(recorded.id)
}

function database(options: ResolvedBatchOptions): Pick<BatchOptions, 'database'> {
  return options.database === undefined ? {} : { database: resolve(options.database) }
}
