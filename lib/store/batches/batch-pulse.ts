import type { BatchPulse, StopRequest } from '../../port/batch-store.js'
import type { Clock } from '../../port/clock.js'
import type { Database, SqlValue } from '../database/database.js'
import { logDate } from '../database/log-date.js'
import { batchLost } from './batch-lost.js'
import type { RowCounts } from './recorded-counts.js'
import { parseStopRequest } from './request-stop.js'
import type { BatchRunRow } from './stored-batch-row.js'
import { highestUsage, plusUsage, setUsage, usageCells } from './usage-columns.js'

/** A run in progress. */
export interface PulsingRun {
  readonly id: string
  readonly lease: string
  /** The batch before this run. */
  readonly row: BatchRunRow
}

const updatePulse = `
  UPDATE batch_runs SET total_prompts = coalesce(?, total_prompts), completed_prompts = ?, failed_prompts = ?,
    deduped_prompts = ?, cached_prompts = ?, skipped_prompts = ?, ${setUsage}, updated_at = ?,
    rate = ?, hold_up = ?
  WHERE id = ? AND lease = ? RETURNING stop_requested`

/**
 * Records the state of a run.
 *
 * @returns a function that records a pulse, and resolves with what another terminal asks of the
 * run. Rejects with BATCH_LOST if the lease is no longer in the database: this process was silent
 * for so long that another took the batch.
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
 * The counts of a batch: rows in all, answered, failed, deduped, cached, skipped, and the tokens
 * and costs of all runs.
 *
 * @param rows recorded rows of the batch, of any run.
 */
export function countCells(
  before: BatchRunRow,
  { totalRows, tally, spend }: BatchPulse,
  { answered, failed, deduped, cached }: RowCounts,
): SqlValue[] {
  const usage = plusUsage(before, tally)
  // The cap has also counted answers that could not be recorded.
  const counted = highestUsage(usage, { ...usage, cost_usd: spend?.settledUsd ?? null })
  const rows = [answered, failed, deduped, cached, tally.skipped]
  return [totalRows ?? null, ...rows, ...usageCells(counted)]
}

/**
 * A run reads the input from the start. Until the end, the rows recorded by earlier runs are
 * counted with the new rows. For an unedited input that is exact, except for failed rows that were
 * asked again.
 */
function sumOf(before: BatchRunRow, { tally, totalRows }: BatchPulse): RowCounts {
  const most = totalRows ?? before.total_prompts ?? Number.POSITIVE_INFINITY
  const isNew = tally.answered - tally.recalled
  const answered = Math.max(tally.answered, Math.min(before.completed_prompts + isNew, most))
  const failed = Math.max(tally.failed, Math.min(before.failed_prompts, most - answered))
  const deduped = before.deduped_prompts + tally.deduped
  const cached = before.cached_prompts + tally.cached
  return { answered, failed, deduped, cached }
}

const windowMs = 60_000

/**
 * Measures the rows ended per minute, over the last minute.
 *
 * @returns a function of the rows ended so far that returns the rate; undefined at the start.
 */
function rowsAMinute(clock: Clock): (ended: number) => number | undefined {
  const samples = [{ atMs: clock.monotonicMs(), ended: 0 }]
  return ended => {
    const atMs = clock.monotonicMs()
    samples.push({ atMs, ended })
    // The minute starts at the newest sample that is at least a minute old.
    while ((samples[1]?.atMs ?? atMs) <= atMs - windowMs) samples.shift()
    const first = samples[0]
    if (first === undefined || atMs === first.atMs) return undefined
    return ((ended - first.ended) / (atMs - first.atMs)) * windowMs
  }
}
