import { isKept } from '../batch/is-kept.js'
import type { BatchPlan } from '../batch/progress.js'
import { recordedLimit } from '../batch/recorded-config.js'
import type { ResolvedBatchOptions } from '../config/batch-options.js'
import type { RowSink } from '../port/row-sink.js'
import type { StoredBatch } from '../port/stored-batch.js'
import type { ChosenBatch } from './choose-batch.js'
import type { DecidedBatch } from './decide-batch.js'
import { isFinished as hasNothingToAsk } from './is-finished.js'

export interface PlanOfOptions {
  readonly options: ResolvedBatchOptions
  readonly decided: DecidedBatch
  readonly sink: Pick<RowSink, 'path' | 'format'>
  readonly isFinished: boolean
}

/** What was decided, for people to read. */
export function planOf(chosen: ChosenBatch, given: PlanOfOptions): BatchPlan {
  const { options, decided, sink, isFinished } = given
  const { source, model } = decided
  return Object.freeze({
    batchId: chosen.id,
    inputPath: source.path,
    inputFormat: source.format,
    columns: source.columns,
    outputPath: sink.path,
    outputFormat: sink.format,
    modelId: model.reference.id,
    provider: model.reference.providerTitle,
    rateLimit: model.rateLimit,
    concurrency: options.concurrency,
    databasePath: decided.databasePath,
    isLogged: decided.isLogged,
    isFinished,
    isResumed: chosen.recorded !== undefined,
    notices: noticesOf(chosen, given),
    warnings: decided.warnings,
  })
}

function noticesOf(
  { recorded }: ChosenBatch,
  { options, isFinished }: PlanOfOptions,
): readonly string[] {
  if (recorded === undefined) return []
  const { id, completedPrompts, failedPrompts } = recorded
  const counts = `${completedPrompts} answered, ${failedPrompts} failed`
  if (isFinished) {
    return [`Batch ${id} is finished: ${counts}. Nothing is asked.${adviceFor(recorded)}`]
  }
  return hasNothingToAsk(recorded, options)
    ? [
        `Batch ${id} is finished: ${counts}. Its output is written again from the record; rows added since are asked.`,
      ]
    : [`Resuming batch ${id}: ${counts} so far.`]
}

/** How to ask after all; where the answers of the other rows are gone, only apart from them. */
function adviceFor(recorded: StoredBatch): string {
  if (isKept(recorded)) {
    const limit = recordedLimit(recorded)
    const further =
      limit === undefined ? '' : ` Go on beyond its first ${limit} rows with a higher --limit.`
    return ` Ask failed rows again, and rows added since, with --retry-failed.${further}`
  }
  if (recorded.failedPrompts === 0) return ''
  return ` Its failed rows can be a batch of their own: llm batch errors ${recorded.id} > failed.csv`
}
