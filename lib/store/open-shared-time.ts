import type { Clock } from '../port/clock.js'
import type { SharedTime, TimeSpan } from '../port/shared-time.js'
import { openDatabase } from './database/open-database.js'

export interface OpenSharedTimeOptions {
  /** Path of a database that has our tables. */
  readonly path: string
  /** `budgetId` of the model's client: it names the model and, as a digest, the key. */
  readonly budgetId: string
  readonly clock: Clock
}

/**
 * When the clock was set back since the last take, that take lies in the future. Then what was
 * ahead of it still is, and no more: a wrong clock must stop nobody.
 */
const takeTime = `
  INSERT INTO batch_shared_limits (budget_id, kind, next_ms, taken_ms) VALUES (?, ?, ? + ?, ?)
  ON CONFLICT (budget_id, kind) DO UPDATE SET
    next_ms = excluded.next_ms - excluded.taken_ms + CASE
      WHEN taken_ms > excluded.taken_ms THEN excluded.taken_ms + max(0, next_ms - taken_ms)
      ELSE max(next_ms, excluded.taken_ms) END,
    taken_ms = excluded.taken_ms
  RETURNING next_ms`

/**
 * The shared time of a model and key, in the table `batch_shared_limits`. Each take is one short
 * transaction, on a connection of its own: behind the outcomes that a run writes, it would come too
 * late.
 *
 * A killed process leaves nothing to clean up. The time that it took passes, and is at most that of
 * a few calls.
 */
export async function openSharedTime(options: OpenSharedTimeOptions): Promise<SharedTime> {
  const { path, budgetId, clock } = options
  const database = await openDatabase({ path, clock })
  return {
    take(kind, ms) {
      return database.transaction(async (statements): Promise<TimeSpan> => {
        // Only now, because the transaction may have waited for its lock.
        const nowMs = clock.nowMs()
        const [row] = await statements.all<{ readonly next_ms: number }>(takeTime, [
          budgetId,
          kind,
          nowMs,
          ms,
          nowMs,
        ])
        const endMs = row?.next_ms ?? nowMs + ms
        return { startMs: endMs - ms, endMs }
      })
    },
    close: database.close,
  }
}
