import type { BatchPulse, StopRequest } from '../port/batch-store.js'
import type { Clock } from '../port/clock.js'
import type { Database, SqlValue, Statements } from '../port/database.js'
import type { BatchStatus } from '../port/stored-batch.js'
import type { Tally } from '../row/tally.js'
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
      ...countCells(pulse, { held, rows: sumOf(held.earlier, pulse) }),
      logDate(clock.nowMs()),
      rate(answered - recalled + failed) ?? null,
      pulse.holdUp ?? null,
      held.id,
      held.lease,
    ])
    return asked[0] === undefined ? { kind: 'abort' } : parseStopRequest(asked[0].stop_requested)
  }
}

export interface RunCounted {
  readonly held: HeldRun
  /** Rows of the batch, whatever run recorded them. */
  readonly rows: Pick<Tally, 'answered' | 'failed'>
}

/** The last counts of a run. */
export async function writeCounts(
  statements: Statements,
  run: RunCounted,
  pulse: BatchPulse,
): Promise<void> {
  const { id, lease } = run.held
  await statements.run(updateCounts, [...countCells(pulse, run), id, lease])
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

/** Tokens are those of all runs. */
function countCells({ totalRows, tally }: BatchPulse, { held, rows }: RunCounted): SqlValue[] {
  const { skipped } = tally
  const { answered, failed } = rows
  const { earlier } = held
  const inputTokens = earlier.input_tokens + tally.inputTokens
  const outputTokens = earlier.output_tokens + tally.outputTokens
  return [totalRows ?? null, answered, failed, skipped, inputTokens, outputTokens]
}

/**
 * A run goes through the input from its beginning: until it has, what the runs before recorded counts beside what is
 * new. As long as nobody has edited the input, that is what is recorded, but for failed rows that were asked again.
 */
function sumOf(
  earlier: HeldRun['earlier'],
  { tally, totalRows }: BatchPulse,
): Pick<Tally, 'answered' | 'failed'> {
  const most = totalRows ?? earlier.total_prompts ?? Number.POSITIVE_INFINITY
  const isNew = tally.answered - tally.recalled
  const answered = Math.max(tally.answered, Math.min(earlier.completed_prompts + isNew, most))
  const failed = Math.max(tally.failed, Math.min(earlier.failed_prompts, most - answered))
  return { answered, failed }
}
