import type { BatchPulse, StopRequest } from '../../port/batch-store.js'
import type { Clock } from '../../port/clock.js'
import type { Tally } from '../../row/tally.js'
import type { Database, SqlValue } from '../database/database.js'
import { logDate } from '../database/log-date.js'
import { batchLost } from './batch-lost.js'
import { rowsAMinute } from './rows-a-minute.js'
import { parseStopRequest } from './stop-request.js'
import type { BatchRunRow } from './stored-batch-row.js'

/** A run that is going on. */
export interface PulsingRun {
  readonly id: string
  readonly lease: string
  /** The batch before this run. */
  readonly row: BatchRunRow
}

const updatePulse = `
  UPDATE batch_runs SET total_prompts = coalesce(?, total_prompts), completed_prompts = ?, failed_prompts = ?,
    skipped_prompts = ?, input_tokens = ?, output_tokens = ?, updated_at = ?, rate = ?, hold_up = ?
  WHERE id = ? AND lease = ? RETURNING stop_requested`

/**
 * Writes what a run says of itself.
 *
 * @returns takes a pulse, gives what was asked of the run from elsewhere. Rejects with BATCH_LOST
 * when its lease is no longer in the file, because it was silent for so long that another process
 * took the batch.
 */
export function batchPulse(
  database: Database,
  { id, lease, row }: PulsingRun,
  clock: Clock,
): (pulse: BatchPulse) => Promise<StopRequest | undefined> {
  const rate = rowsAMinute(clock)
  return async pulse => {
    const { answered, recalled, failed } = pulse.tally
    const asked = await database.all<{ readonly stop_requested: string | null }>(updatePulse, [
      ...countCells(row, pulse, sumOf(row, pulse)),
      logDate(clock.nowMs()),
      rate(answered - recalled + failed) ?? null,
      pulse.bottleneck ?? null,
      id,
      lease,
    ])
    if (asked[0] === undefined) throw batchLost(id)
    return parseStopRequest(asked[0].stop_requested)
  }
}

/**
 * The counts of a batch: rows in all, answered, failed, skipped, tokens in, tokens out. Tokens are
 * those of all runs.
 *
 * @param rows of the batch, whatever run recorded them.
 */
export function countCells(
  before: BatchRunRow,
  { totalRows, tally }: BatchPulse,
  { answered, failed }: Pick<Tally, 'answered' | 'failed'>,
): SqlValue[] {
  const inputTokens = before.input_tokens + tally.inputTokens
  const outputTokens = before.output_tokens + tally.outputTokens
  return [totalRows ?? null, answered, failed, tally.skipped, inputTokens, outputTokens]
}

/**
 * A run goes through the input from its beginning: until it has, what the runs before recorded
 * counts beside what is new. As long as nobody has edited the input, that is what is recorded, but
 * for failed rows that were asked again.
 */
function sumOf(
  before: BatchRunRow,
  { tally, totalRows }: BatchPulse,
): Pick<Tally, 'answered' | 'failed'> {
  const most = totalRows ?? before.total_prompts ?? Number.POSITIVE_INFINITY
  const isNew = tally.answered - tally.recalled
  const answered = Math.max(tally.answered, Math.min(before.completed_prompts + isNew, most))
  const failed = Math.max(tally.failed, Math.min(before.failed_prompts, most - answered))
  return { answered, failed }
}
