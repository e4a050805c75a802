import type { BatchPlan } from '../run/progress.js'
import type { RunningBatch } from '../run/run-plan.js'

/** A batch of which everything is decided and open, and nothing asked yet. */
export interface Batch extends RunningBatch {
  readonly plan: BatchPlan
  /** Lets go of files, sockets and the database; an output to which nothing was written is removed. */
  readonly close: () => Promise<void>
}
