import { stat } from 'node:fs/promises'
import type { StoredBatch } from '../port/stored-batch.js'
import { emptyTally } from '../row/tally.js'
import type { BatchProgress } from '../run/progress.js'
import { chooseOutputFormat } from '../sink/choose-output-format.js'
import type { Batch } from './batch.js'
import type { ChosenBatch } from './choose-batch.js'
import { isOutputOf } from './open-batch-sink.js'
import { type PlanOfOptions, planOf } from './plan-of.js'
import { askedOf, changedSince, isForgotten } from './recorded-config.js'

/**
 * A batch that has nothing left to do and cannot be shown again: it is completed, its answers were not kept
 * (`--no-log`), and its output has them all. Undefined for any other batch.
 *
 * Only the times of the two files tell whether they are as the batch left them: nothing else is kept of them.
 */
export async function forgottenBatch(
  chosen: ChosenBatch,
  given: Omit<PlanOfOptions, 'sink'>,
): Promise<Batch | undefined> {
  const { recorded } = chosen
  const { options, decided } = given
  if (recorded === undefined || !isForgotten(recorded)) return undefined
  if (changedSince(recorded, askedOf(decided.asked)).length > 0) return undefined
  if (!(await isOutputOf(recorded, options.output)) || !(await isAsLeft(recorded))) return undefined
  const { id: batchId, outputFile: outputPath, completedPrompts: rows } = recorded
  const format = chooseOutputFormat({ ...options, path: outputPath, isTerminal: false })
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
    plan: planOf(chosen, { options, decided, sink: { path: outputPath, format } }),
    progress: () => progress,
    run: async () => ({
      batchId,
      status: 'completed',
      rowsRead: rows,
      tally: progress.tally,
      durationMs: 0,
      outputPath,
      output: 'all',
      formulas: 0,
      stopReason: undefined,
    }),
    stop() {},
    abort() {},
    close: decided.closing.close,
  }
}

/** Whether the input is older than the batch, and the output no newer than the batch's end. */
async function isAsLeft(recorded: StoredBatch): Promise<boolean> {
  const { inputFile, outputFile, createdAtMs, updatedAtMs } = recorded
  const changedMs = (path = '-') =>
    stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => Infinity,
    )
  return (await changedMs(inputFile)) <= createdAtMs && (await changedMs(outputFile)) <= updatedAtMs
}
