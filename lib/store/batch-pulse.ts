import type { BatchPulse, StopRequest } from '../port/batch-store.js'
import type { Clock } from '../port/clock.js'
import type { Database, SqlValue, Statements } from '../port/database.js'
import type { BatchStatus } from '../port/stored-batch.js'
import type { HeldRun } from './batch-lease.js'
import { logDate } from './log-date.js'
import { rowsAMinute } from './rows-a-minute.js'
import { parseStopRequest } from './stop-request.js'

const setCounts = `
  total_prompts = coalesce(?, total_prompts), completed_prompts = ?, failed_prompts = ?,
  skipped_prompts = ?, input_tokens = ?, output_tokens = ?`
const updatePulse = `
  UPDATE batch_runs SET ${setCounts}, updated_at = ?, rate = ?, hold_up = ?
  WHERE id = ? AND lease = ? RETURNING stop_requested`
const updateCounts = `UPDATE batch_runs SET ${setCounts} WHERE id = ? AND lease = ?`
const giveBack = `
  UPDATE batch_runs SET status = ?, updated_at = ?, lease = NULL, rate = NULL, hold_up = NULL
  WHERE id = ? AND lease = ?`

/**
 * Writes what a run says of itself.
 *
 * @returns takes a pulse, gives what was asked of the run from elsewhere: to abort as well when its lease is no
 * longer in the file, because it was silent for so long that another process took the batch.
 */
export function batchPulse(
  database: Database,
  held: HeldRun,
  clock: Clock,
): (pulse: BatchPulse) => Promise<StopRequest | undefined> {
  const rate = rowsAMinute(clock)
  return async pulse => {
    const { answered, recalled, failed } = pulse.tally
    const asked = await database.all<{ readonly stop_requested: string | null }>(updatePulse, [
      ...countCells(pulse, held),
      logDate(clock.nowMs()),
      rate(answered - recalled + failed) ?? null,
      pulse.holdUp ?? null,
      held.id,
      held.lease,
    ])
    return asked[0] === undefined ? { kind: 'abort' } : parseStopRequest(asked[0].stop_requested)
  }
}

/** The last counts of a run. */
export async function writeCounts(
  statements: Statements,
  held: HeldRun,
  pulse: BatchPulse,
): Promise<void> {
  await statements.run(updateCounts, [...countCells(pulse, held), held.id, held.lease])
}

export interface GiveBackLeaseOptions {
  readonly status: BatchStatus
  readonly clock: Clock
}

/** Ends a run in the file; gives whether it still was ours to end. */
export async function giveBackLease(
  statements: Statements,
  held: HeldRun,
  { status, clock }: GiveBackLeaseOptions,
): Promise<boolean> {
  const now = logDate(clock.nowMs())
  return (await statements.run(giveBack, [status, now, held.id, held.lease])) > 0
}

/** Tokens are those of all runs; rows are those of the input, which each run goes through from its beginning. */
function countCells({ totalRows, tally }: BatchPulse, held: HeldRun): SqlValue[] {
  const { answered, failed, skipped } = tally
  const inputTokens = held.inputTokens + tally.inputTokens
  const outputTokens = held.outputTokens + tally.outputTokens
  return [totalRows ?? null, answered, failed, skipped, inputTokens, outputTokens]
}
