import type { ResolvedBatchOptions } from '../config/batch-options.js'
import type { RowSink } from '../port/row-sink.js'
import type { BatchPlan } from '../run/progress.js'
import type { ChosenBatch } from './choose-batch.js'
import type { DecidedBatch } from './decide-batch.js'

export interface PlanOfOptions {
  readonly options: ResolvedBatchOptions
  readonly decided: DecidedBatch
  readonly sink: Pick<RowSink, 'path' | 'format'>
}

/** What was decided, for people to read. */
export function planOf(chosen: ChosenBatch, given: PlanOfOptions): BatchPlan {
  const { options, decided, sink } = given
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
    isResumed: chosen.recorded !== undefined,
    notices: noticesOf(chosen),
    warnings: decided.warnings,
  })
}

function noticesOf({ recorded }: ChosenBatch): readonly string[] {
  if (recorded === undefined) return []
  const { id, status, completedPrompts, failedPrompts } = recorded
  const answered = `${completedPrompts} answered`
  return status === 'completed'
    ? [`Batch ${id} is completed: ${answered}. Only new and changed rows are asked.`]
    : [`Resuming batch ${id}: ${answered}, ${failedPrompts} failed so far.`]
}
