import { tmpdir } from 'node:os'
import type { Writable } from 'node:stream'
import { takeBudget } from '../call/budgets-in-use.js'
import type { BatchOptions } from '../config/batch-options.js'
import { isSamePath } from '../disk/resolve-links.js'
import { type BatchError, runError } from '../error/batch-error.js'
import { hasStoredKey } from '../home/stored-keys.js'
import { type Surroundings, thisProcess } from '../host/surroundings.js'
import type { HeldBatch } from '../port/batch-store.js'
import type { RowSink } from '../port/row-sink.js'
import type { StoredBatch } from '../port/stored-batch.js'
import type { Batch, Plan } from '../run/plan.js'
import { runBatch } from '../run/run-batch.js'
import { sharedSink } from '../sink/shared-sink.js'
import { removePartial } from '../sink/target/partial-path.js'
import { formOf } from '../source/check-form.js'
import { checkSpillFolder } from '../stage/spill/spill-file.js'
import { openBatchStore } from '../store/open-batch-store.js'
import { openSharedTime } from '../store/open-shared-time.js'
import { type ToolWatch, watchToolCalls } from '../tool/watch-tool-calls.js'
import { checkUnchanged } from './batch/recorded-config.js'
import { countRows } from './count-rows.js'
import { sampleSource } from './estimate/sample-source.js'
import { forgottenBatch } from './forgotten-batch.js'
import { openModelClient } from './model/choose-model.js'
import { openBatchOutput } from './open-batch-output.js'
import { type PlannedBatch, planBatch } from './plan-batch.js'

export interface OpenBatchOptions {
  /**
   * Takes each outcome as well, once the outcome is written; then nothing goes to standard output.
   */
  readonly reader?: Writable | undefined
  /** Asks only these rows, as a part of the batch, and writes no output. */
  readonly sample?: SampledRows | undefined
  /** Sees the calls of tools. */
  readonly toolWatch?: ToolWatch | undefined
}

/** Some rows of an input. */
export interface SampledRows {
  /** In order. */
  readonly indices: readonly number[]
  /** Rows of the whole input. */
  readonly rowsTotal: number
  /** Takes each outcome, once the outcome is recorded. */
  readonly reader: Writable
}

/**
 * Plans a batch and opens all that it needs: the model's client, the database, the batch's lease,
 * the output. Asks nothing. What is refused leaves nothing behind.
 *
 * @throws {BatchError} reach run.
 * @example
 *     const template = 'Classify: {review}'
 *     const batch = await openBatch({ input: 'reviews.csv', template, output: 'out.csv' })
 *     const summary = await batch.run()
 *     await batch.close()
 */
export async function openBatch(
  given: BatchOptions,
  surroundings: Surroundings = thisProcess(),
  { reader, sample, toolWatch }: OpenBatchOptions = {},
): Promise<Batch> {
  const planned = await planBatch(given, surroundings, reader !== undefined)
  try {
    if (toolWatch?.approve !== undefined) checkOneAtATime(planned.plan)
    const isReading = reader !== undefined || sample !== undefined
    const forgotten = isReading ? undefined : await forgottenBatch(planned)
    if (forgotten !== undefined) return forgotten
    checkUnchanged(planned.recorded, planned.asked)
    // A recorded name that is not stored would be sent as if it were the key.
    const { key } = planned.options
    const isKeyFromRecord = key !== undefined && given.key === undefined
    if (isKeyFromRecord && !(await hasStoredKey(planned.home.folder, key))) throw keyForgotten(key)
    return await openPlanned(planned, surroundings, { reader, sample, toolWatch })
  } catch (error) {
    await planned.closing.close()
    throw error
  }
}

async function openPlanned(
  planned: PlannedBatch,
  { processId, identifyProcess, stdout }: Surroundings,
  { reader, sample, toolWatch }: OpenBatchOptions,
): Promise<Batch> {
  const { recorded, batch, asked, model, options, home, clock, closing } = planned
  const { plan, source } = sample === undefined ? planned : partOf(planned, sample)
  const { concurrency, databasePath: path, isLogged: log } = plan
  const { key, maxReplyMb, overwrite, takeOver } = options
  const { schema } = plan.form ?? {}
  const isAskedWhole = plan.inputFormat === 'openai-batch'
  const opening = { clock, key, concurrency, maxReplyMb, schema, isAskedWhole }
  const client = await openModelClient(model, home, opening)
  closing.add(client.close)
  const budget = takeBudget(client.budgetId, clock)
  closing.add(budget.release)
  if (plan.order === 'input') await checkSpillFolder(tmpdir())
  const store = await openBatchStore({ path, log, clock, processId, identifyProcess })
  closing.add(store.close)
  if (plan.shareLimits && client.budgetId !== undefined) {
    const time = await openSharedTime({ path, budgetId: client.budgetId, clock })
    closing.add(time.close)
    budget.share(time)
    // Before the time is closed: another run of this process may go on.
    closing.add(budget.release)
  }
  // Before the output is touched: another process may be writing to it.
  const held = await (recorded === undefined
    ? store.begin(batch)
    : store.resume(batch, { takeOver }))
  let hasRun = false
  // A batch that is not run after all is left as it was.
  closing.add(() => hasRun || held.withdraw())
  // While this process waited for its input, another may have completed the batch.
  checkUnchanged(held.before, asked)
  const sink = sample === undefined ? await openOutput() : sharedSink(undefined, sample.reader)

  let rowsTotal = sample?.rowsTotal
  if (sample === undefined) {
    void countRows(source, formOf(options)).then(count => {
      rowsTotal = count
    })
  }
  const rowsCounted = () => rowsTotal
  const known = sample === undefined ? held : recallingNothing(held)
  const watched = toolWatch === undefined ? plan : watchedPlan(plan, toolWatch)
  const running = runBatch(watched, {
    source,
    sink,
    held: known,
    client,
    clock,
    budget,
    rowsCounted,
  })
  return {
    ...running,
    run() {
      hasRun = true
      return running.run()
    },
    plan,
    before: held.before,
    close: closing.close,
  }

  async function openOutput(): Promise<RowSink> {
    const { outputFile } = batch
    const others = outputFile === undefined ? [] : await store.idleWriters(outputFile)
    const opened = await openBatchOutput(planned, { stdout, reader, overwrite, held, others })
    await removeLeftovers(held, outputFile, others)
    return opened
  }
}

/** The plan of a sample: its run ends at its last row, so that the batch is paused. */
function partOf({ plan, source }: PlannedBatch, { indices }: SampledRows) {
  return {
    plan: { ...plan, limit: indices.length, order: 'completion' as const },
    source: sampleSource(source, indices),
  }
}

/** A sampled row is asked, even if another row with an equal prompt has an answer. */
function recallingNothing(held: HeldBatch): HeldBatch {
  return {
    ...held,
    async start(scope) {
      const run = await held.start(scope)
      return { ...run, recall: async prompts => prompts.map(() => undefined) }
    },
  }
}

/** Removes what killed resumes left beside an output, where no run would ever remove it. */
async function removeLeftovers(
  { id, before }: Pick<HeldBatch, 'id' | 'before'>,
  outputFile: string | undefined,
  others: readonly StoredBatch[],
): Promise<void> {
  if (outputFile !== undefined) {
    for (const other of others) await removePartial(outputFile, other.id)
  }
  const formerOutput = before?.outputFile
  if (formerOutput === undefined) return
  // Under another name of the same file, the partial file is the one that this run writes.
  const isWritten = outputFile !== undefined && (await isSamePath(formerOutput, outputFile))
  if (!isWritten) await removePartial(formerOutput, id)
}

function watchedPlan(plan: Plan, watch: ToolWatch): Plan {
  const { tools } = plan
  return tools === undefined
    ? plan
    : { ...plan, tools: { ...tools, runner: watchToolCalls(tools.runner, watch) } }
}

/** Questions about several rows at once would confuse. */
function checkOneAtATime({ concurrency, isConcurrencyAuto }: Plan): void {
  if (concurrency === 1 && !isConcurrencyAuto) return
  throw runError(
    'USAGE_INVALID',
    `--tools-approve asks about one row at a time, and --concurrency is ${isConcurrencyAuto ? 'auto' : concurrency}`,
    'Set --concurrency 1, or leave out --tools-approve.',
  )
}

function keyForgotten(name: string): BatchError {
  return runError(
    'KEY_MISSING',
    `The batch began with the key ${name}, which is not stored any more`,
    `Add the key with 'llm keys set ${name}', or name another with --key.`,
  )
}
