import { tmpdir } from 'node:os'
import type { Writable } from 'node:stream'
import {
  type BatchOptions,
  parseBatchOptions,
  type ResolvedBatchOptions,
} from '../config/batch-options.js'
import { isSamePath } from '../disk/resolve-links.js'
import { type Surroundings, thisProcess } from '../host/surroundings.js'
import type { BatchStore } from '../port/batch-store.js'
import type { StoredBatch } from '../port/stored-batch.js'
import type { BatchSummary } from '../run/progress.js'
import { runBatch } from '../run/run-batch.js'
import type { BatchParts, RunningBatch } from '../run/run-plan.js'
import { removePartial } from '../sink/target/partial-path.js'
import { checkSpillFolder } from '../stage/spill/spill-file.js'
import { openBatchStore } from '../store/open-batch-store.js'
import type { Batch } from './batch.js'
import { checkUnchanged } from './check-unchanged.js'
import { type ChosenBatch, chooseBatch } from './choose-batch.js'
import { checkKeyName, openChosenModel } from './choose-model.js'
import { countRows } from './count-rows.js'
import { type DecidedBatch, decideBatch } from './decide-batch.js'
import { describeRun } from './describe-run.js'
import { forgottenBatch } from './forgotten-batch.js'
import { columnsCheck, openBatchSink } from './open-batch-sink.js'
import { planOf } from './plan-of.js'
import { askedOf } from './recorded-config.js'

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
  const asked = parseBatchOptions(chosen.options, 'The options of the batch')
  const decided = await decideBatch(asked, surroundings)
  const options = { ...asked, concurrency: decided.concurrency }
  try {
    const forgotten = opening.reader
      ? undefined
      : await forgottenBatch(chosen, { options, decided })
    if (forgotten !== undefined) return forgotten
    checkUnchanged(chosen.recorded, askedOf(decided.asked))
    return await openDecided(chosen, { options, decided, surroundings, opening, isKeySaid })
  } catch (error) {
    await decided.closing.close()
    throw error
  }
}

interface OpenDecidedOptions {
  readonly options: ResolvedBatchOptions
  readonly decided: DecidedBatch
  readonly surroundings: Surroundings
  readonly opening: OpenBatchOptions
  /** Whether the key was said now, and does not come from the record. */
  readonly isKeySaid: boolean
}

async function openDecided(chosen: ChosenBatch, given: OpenDecidedOptions): Promise<Batch> {
  const { options, decided, surroundings } = given
  const { model, clock, closing } = decided
  const { key } = options
  if (key !== undefined && !given.isKeySaid) await checkKeyName(key, surroundings)
  const opened = { ...options, clock, modelOptions: model.modelOptions, surroundings }
  const client = await openChosenModel(model.reference, opened)
  closing.add(client.close)
  if (options.order === 'input') await checkSpillFolder(tmpdir())
  const store = await openStore(decided, surroundings)
  const run = await describeRun(chosen, { ...given, modelId: client.id })
  // Before the output is touched: another process may be writing it.
  const held = await (chosen.recorded === undefined ? store.begin(run) : store.resume(run, options))
  let hasRun = false
  // A batch that is not run after all is left as it was.
  closing.add(() => hasRun || held.withdraw())
  // While this one waited for its input, another may have brought it to its end.
  checkUnchanged(held.before, askedOf(decided.asked))
  const { outputFile } = run
  const others = outputFile === undefined ? [] : await store.idleWriters(outputFile)
  const sink = await openBatchSink(options, { ...given, held, resumed: held.before, others })
  await removeLeftovers({ id: held.id, outputFile, before: held.before, others })
  const running = startRun({ ...given, sink, held, client })
  const runOnce = (): Promise<BatchSummary> => {
    hasRun = true
    return running.run()
  }
  const plan = planOf({ ...chosen, recorded: held.before }, { options, decided, sink })
  return { ...running, run: runOnce, plan, close: closing.close }
}

async function openStore(
  { databasePath: path, isLogged: log, clock, closing }: DecidedBatch,
  { processId, identifyProcess }: Surroundings,
): Promise<BatchStore> {
  const store = await openBatchStore({ path, log, clock, processId, identifyProcess })
  closing.add(store.close)
  return store
}

type StartRunOptions = OpenDecidedOptions & Pick<BatchParts, 'sink' | 'held' | 'client'>

function startRun(given: StartRunOptions): RunningBatch {
  const { options, decided, sink, held, client } = given
  const { source, model, clock } = decided
  let rowsTotal: number | undefined
  void countRows(source, options).then(count => {
    rowsTotal = count
  })
  const plan = {
    ...options,
    render: decided.makeRender(columnsCheck(source, { ...options, format: sink.format })),
    rateLimit: model.rateLimit,
    rowsCounted: () => rowsTotal,
  }
  return runBatch(plan, { source, sink, held, client, clock })
}

interface Leavers {
  readonly id: string
  readonly outputFile: string | undefined
  /** The batch as it was before this run. */
  readonly before: StoredBatch | undefined
  /** Others of the same output. */
  readonly others: readonly StoredBatch[]
}

/** Nobody else would ever remove what was written beside an output by a resume that was killed and is not gone on with there. */
async function removeLeftovers({ id, outputFile, before, others }: Leavers): Promise<void> {
  if (outputFile !== undefined) {
    for (const other of others) await removePartial(outputFile, other.id)
  }
  const formerOutput = before?.outputFile
  if (formerOutput === undefined) return
  // Under another name of the same file, it is what this run writes.
  const isWritten = outputFile !== undefined && (await isSamePath(formerOutput, outputFile))
  if (!isWritten) await removePartial(formerOutput, id)
}
