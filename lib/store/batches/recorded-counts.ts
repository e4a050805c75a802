import type { ReuseKind } from '../../row/outcome.js'
import type { Tally } from '../../row/tally.js'
import { roundUsd } from '../../row/usage-sum.js'
import type { Statements } from '../database/database.js'
import type { BatchRunRow } from './stored-batch-row.js'
import {
  highestUsage,
  setUsage,
  type UsageColumns,
  usageCells,
  usageColumns,
} from './usage-columns.js'

export type RowCounts = Pick<Tally, 'answered' | 'failed' | 'deduped' | 'cached'>

type SpentRow = Pick<BatchRunRow, 'cost_usd' | 'unsettled_usd'>

const selectSpent = 'SELECT cost_usd, unsettled_usd FROM batch_runs WHERE id = ?'
// All counts read only an index. After an edit, two rows may have one index; together they count
// once.
const countRows = `
  SELECT places - failed AS answered, failed, deduped, cached FROM (
    SELECT
      (SELECT count(DISTINCT row_index) FROM batch_rows WHERE batch_id = ?1) AS places,
      (SELECT count(DISTINCT row_index) FROM batch_rows
        WHERE batch_id = ?1 AND status = 'failed') AS failed,
      ${countReused('equal')} AS deduped, ${countReused('cached')} AS cached)`
// Whatever the recorded rows cost, and the rows that were deleted.
const sumUsage = `
  SELECT
    total(input_tokens) AS input_tokens, total(cached_input_tokens) AS cached_input_tokens,
    total(output_tokens) AS output_tokens, total(reasoning_tokens) AS reasoning_tokens,
    total(cost_usd) AS cost_usd, total(unpriced_prompts) AS unpriced_prompts
  FROM (
    SELECT input_tokens, cached_input_tokens, output_tokens, reasoning_tokens, cost_usd,
      duration_ms IS NOT NULL AND cost_usd IS NULL AS unpriced_prompts
    FROM batch_rows WHERE batch_id = ?1
    UNION ALL
    SELECT ${usageColumns} FROM batch_past_usage WHERE batch_id = ?1)`
const updateCounts = `
  UPDATE batch_runs SET completed_prompts = ?, failed_prompts = ?,
    deduped_prompts = ?, cached_prompts = ?, ${setUsage}
  WHERE id = ? AND lease IS ?`

/** Recorded rows of a batch that have an index. */
export async function recordedRows(
  statements: Pick<Statements, 'all'>,
  batchId: string,
): Promise<RowCounts> {
  const [counts] = await statements.all<RowCounts>(countRows, [batchId])
  return counts ?? { answered: 0, failed: 0, deduped: 0, cached: 0 }
}

function countReused(kind: ReuseKind): string {
  return `(
        SELECT count(DISTINCT row_index) FROM batch_rows
        WHERE batch_id = ?1 AND reuse = '${kind}' AND status = 'answered')`
}

/**
 * A batch with the counts of its recorded rows, instead of the last counts of its process: a killed
 * process has recorded more.
 */
export async function withRecordedCounts(
  statements: Pick<Statements, 'all'>,
  row: BatchRunRow,
): Promise<BatchRunRow> {
  const { answered, failed, deduped, cached } = await recordedRows(statements, row.id)
  const [spent = row] = await statements.all<SpentRow>(selectSpent, [row.id])
  const [usage = row] = await statements.all<UsageColumns>(sumUsage, [row.id])
  const counts = {
    completed_prompts: answered,
    failed_prompts: failed,
    deduped_prompts: deduped,
    cached_prompts: cached,
  }
  const costUsd = roundUsd(usage.cost_usd ?? 0)
  // What an older version of ours deleted is only in the batch's own sum.
  const ofRows = highestUsage(row, { ...usage, cost_usd: costUsd })
  // A replayed journal may have written a later spend than the row has.
  const { unsettled_usd } = spent
  return { ...row, ...counts, ...highestUsage(ofRows, { ...ofRows, ...spent }), unsettled_usd }
}

/**
 * Writes the counts of the recorded rows to a batch that still has this lease. Returns the batch
 * with these counts.
 */
export async function refreshCounts(
  statements: Statements,
  row: BatchRunRow,
  lease: string | null,
): Promise<BatchRunRow> {
  const counted = await withRecordedCounts(statements, row)
  const { completed_prompts, failed_prompts, deduped_prompts, cached_prompts } = counted
  const rows = [completed_prompts, failed_prompts, deduped_prompts, cached_prompts]
  await statements.run(updateCounts, [...rows, ...usageCells(counted), row.id, lease])
  return counted
}
