import { isKept } from '../batch/is-kept.js'
import type { BatchPlan } from '../batch/progress.js'
import type { ResolvedBatchOptions } from '../config/batch-options.js'
import type { RowSink } from '../port/row-sink.js'
import type { StoredBatch } from '../port/stored-batch.js'
import type { ChosenBatch } from './choose-batch.js'
import type { DecidedBatch } from './decide-batch.js'

export interface PlanOfOptions {
  readonly options: ResolvedBatchOptions
  readonly decided: DecidedBatch
  readonly sink: Pick<RowSink, 'path' | 'format'>
}

/** What was decided, for people to read. */
export function planOf(chosen: ChosenBatch, { options, decided, sink }: PlanOfOptions): BatchPlan {
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
    isFinished: isFinished(chosen.recorded, options),
    isResumed: chosen.recorded !== undefined,
    notices: noticesOf(chosen, options),
    warnings: decided.warnings,
  })
}

function noticesOf({ recorded }: ChosenBatch, options: ResolvedBatchOptions): readonly string[] {
  if (recorded === undefined) return []
  const { id, completedPrompts, failedPrompts } = recorded
  const counts = `${completedPrompts} answered, ${failedPrompts} failed`
  if (isFinished(recorded, options)) {
    return [`Batch ${id} is finished: ${counts}. Nothing is asked.${adviceFor(recorded)}`]
  }
  return [`Resuming batch ${id}: ${counts} so far.`]
}

/** How to ask after all; where the answers of the other rows are gone, only apart from them. */
function adviceFor(recorded: StoredBatch): string {
  if (isKept(recorded)) return ' Ask failed rows again, and rows added since, with --retry-failed.'
  if (recorded.failedPrompts === 0) return ''
  return ` Its failed rows can be a batch of their own: llm batch errors ${recorded.id} > failed.csv`
}

/**
 * Whether there is nothing left to ask. What comes from standard input is known only when it is read, and is printed
 * again; where the answers are gone, that would ask everything anew.
 */
export function isFinished(
  recorded: StoredBatch | undefined,
  options: ResolvedBatchOptions,
): boolean {
  if (recorded?.status !== 'completed' || options.retryFailed) return false
  return recorded.inputFile !== '-' || !isKept(recorded)
}
