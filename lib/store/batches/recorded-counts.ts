import type { Tally } from '../../row/tally.js'
import type { Statements } from '../database/database.js'
import type { BatchRunRow } from './stored-batch-row.js'

type RowCounts = Pick<Tally, 'answered' | 'failed'>

interface TokensRow {
  readonly input_tokens: number | null
  readonly output_tokens: number | null
}

// Both counts read only an index. After an edit, two rows may have one index; together they count
// once.
const countRows = `
  SELECT places - failed AS answered, failed FROM (
    SELECT
      (SELECT count(DISTINCT row_index) FROM batch_rows WHERE batch_id = ?1) AS places,
      (SELECT count(DISTINCT row_index) FROM batch_rows
        WHERE batch_id = ?1 AND status = 'failed') AS failed)`
const sumTokens = `
  SELECT sum(input_tokens) AS input_tokens, sum(output_tokens) AS output_tokens
  FROM batch_rows WHERE batch_id = ?`
const updateCounts = `
  UPDATE batch_runs SET completed_prompts = ?2, failed_prompts = ?3, input_tokens = ?4, output_tokens = ?5
  WHERE id = ?1 AND lease IS ?6`

/** Recorded rows of a batch that have an index. */
export async function recordedRows(
  statements: Pick<Statements, 'all'>,
  batchId: string,
): Promise<RowCounts> {
  const [counts] = await statements.all<RowCounts>(countRows, [batchId])
  return counts ?? { answered: 0, failed: 0 }
}

/**
 * A batch with the counts of its recorded rows, instead of the last counts of its process: a killed
 * process has recorded more.
 */
export async function withRecordedCounts(
  statements: Pick<Statements, 'all'>,
  row: BatchRunRow,
): Promise<BatchRunRow> {
  const { answered, failed } = await recordedRows(statements, row.id)
  const [tokens] = await statements.all<TokensRow>(sumTokens, [row.id])
  return {
    ...row,
    completed_prompts: answered,
    failed_prompts: failed,
    // Only the batch's own sum has the earlier tokens of rows that were asked again.
    input_tokens: Math.max(row.input_tokens, tokens?.input_tokens ?? 0),
    output_tokens: Math.max(row.output_tokens, tokens?.output_tokens ?? 0),
  }
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
  const { completed_prompts, failed_prompts, input_tokens, output_tokens } = counted
  const counts = [completed_prompts, failed_prompts, input_tokens, output_tokens]
  await statements.run(updateCounts, [row.id, ...counts, lease])
  return counted
}
