import { stat } from 'node:fs/promises'
import type { StoredBatch } from '../port/stored-batch.js'
import { emptyTally } from '../row/tally.js'
import type { Batch } from '../run/plan.js'
import type { BatchProgress } from '../run/progress.js'
import { changedSince, isForgotten } from './batch/recorded-config.js'
import { isOutputOf } from './open-batch-output.js'
import type { PlannedBatch } from './plan-batch.js'

/**
 * A batch that is completed, whose answers were not kept (`--no-log`), and whose output has all of
 * them: there is nothing left to do, and nothing that could be shown again. Undefined for any other
 * batch.
 *
 * Only the times of the two files tell whether the files are as the batch left them.
 */
export async function forgottenBatch(planned: PlannedBatch): Promise<Batch | undefined> {
  const { plan, recorded, asked, options, closing } = planned
  if (recorded === undefined || !isForgotten(recorded)) return undefined
  if (changedSince(recorded, asked).length > 0) return undefined
  if (!(await isOutputOf(recorded, options.output)) || !(await isAsLeft(recorded, plan.inputFiles)))
    return undefined
  const rows = recorded.completedPrompts
  const progress: BatchProgress = {
    rowsRead: rows,
    rowsTotal: rows,
    bytesRead: 0,
    bytesTotal: undefined,
    tally: { ...emptyTally, answered: rows, recalled: rows },
    callsInFlight: 0,
    rowsWritten: rows,
    elapsedMs: 0,
    isStopping: false,
    bottleneck: undefined,
  }
  return {
    plan,
    before: recorded,
    progress: () => progress,
    run: async () => ({
      batchId: recorded.id,
      status: 'completed',
      rowsRead: rows,
      tally: progress.tally,
      price: { kind: plan.price.kind, basis: plan.price.basis },
      durationMs: 0,
      outputPath: recorded.outputFile,
      output: 'all',
      formulas: 0,
      notes: [],
      stopReason: undefined,
    }),
    stop() {},
    abort() {},
    close: closing.close,
  }
}

/** Whether the inputs are older than the batch, and the output no newer than the batch's end. */
async function isAsLeft(
  { outputFile, createdAtMs, updatedAtMs }: StoredBatch,
  inputFiles: readonly string[],
): Promise<boolean> {
  const changedMs = (path = '-') =>
    stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => Infinity,
    )
  for (const path of inputFiles) if ((await changedMs(path)) > createdAtMs) return false
  return (await changedMs(outputFile)) <= updatedAtMs
}
