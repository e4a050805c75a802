import type { RunEnd } from '../../port/batch-store.js'
import type { Clock } from '../../port/clock.js'
import type { Database } from '../database/database.js'
import { logDate } from '../database/log-date.js'
import { batchLost } from './batch-lost.js'
import { countCells, type PulsingRun } from './batch-pulse.js'
import type { AnswerClaims } from './claim-answers.js'
import { recordedRows } from './recorded-counts.js'
import { setUsage } from './usage-columns.js'

export interface EndRunOptions {
  readonly run: PulsingRun
  readonly end: RunEnd
  readonly claims: AnswerClaims
  /** Whether a completed batch forgets its answers. */
  readonly isForgetting: boolean
  readonly clock: Clock
}

const forgetAnswers = `
  UPDATE batch_rows SET response = NULL WHERE batch_id = ? AND response IS NOT NULL`
const deleteUnplaced = 'DELETE FROM batch_rows WHERE batch_id = ? AND row_index IS NULL'
const giveBack = `
  UPDATE batch_runs SET total_prompts = coalesce(?, total_prompts), completed_prompts = ?, failed_prompts = ?,
    deduped_prompts = ?, cached_prompts = ?, skipped_prompts = ?, ${setUsage}, status = ?,
    updated_at = ?,
    lease = NULL, rate = NULL, hold_up = ?
  WHERE id = ? AND lease = ?`

/**
 * Ends a run after all its rows are recorded, in one transaction: after a kill, the batch is as it
 * was before.
 *
 * @throws {BatchError} BATCH_LOST; then nothing has changed.
 */
export async function endRun(database: Database, options: EndRunOptions): Promise<void> {
  const { run, end, claims, isForgetting, clock } = options
  const { id, lease, row } = run
  await database.transaction(async statements => {
    if (end.isWhole) await claims.releaseUnclaimed(statements)
    const counts = countCells(row, end.pulse, await recordedRows(statements, id))
    const cells = [...counts, end.status, logDate(clock.nowMs()), end.heldBy ?? null, id, lease]
    if ((await statements.run(giveBack, cells)) === 0) throw batchLost(id)
    if (!isForgetting) return
    await statements.run(deleteUnplaced, [id])
    await statements.run(forgetAnswers, [id])
  })
  // Overwritten bytes stay in the write-ahead log until it is emptied.
  if (isForgetting) await database.all('PRAGMA wal_checkpoint(TRUNCATE)')
}
