import { BatchError } from '../../error/batch-error.js'
import type { StoredBatch } from '../../port/stored-batch.js'
import { proposeMaxCost } from '../../report/propose-max-cost.js'
import { rowsDone } from '../../row/tally.js'
import type { BatchSummary } from '../../run/progress.js'

/** Whether a run was paused by its cap. */
export function isCapReached(reason: unknown): reason is BatchError {
  return BatchError.isInstance(reason) && reason.code === 'COST_CAP_REACHED'
}

/**
 * A cap to resume with, if the run was paused by its cap.
 *
 * @param before the batch before the run, which may have more rows than the run came to.
 */
export function higherCap(
  { stopReason, capped, tally }: BatchSummary,
  before: StoredBatch | undefined,
  rowsTotal: number | undefined,
): number | undefined {
  if (!isCapReached(stopReason) || capped === undefined) return undefined
  const { settledUsd, unsettledUsd, maxCostUsd } = capped
  const done = Math.max(rowsDone(tally), before?.completedPrompts ?? 0)
  return proposeMaxCost({
    maxCostUsd,
    spentUsd: settledUsd + unsettledUsd,
    rowsDone: done,
    rowsTotal,
  })
}
