import type { Tally } from '../../row/tally.js'
import type { Statements } from '../database/database.js'
import type { BatchRunRow } from './stored-batch-row.js'

type RowCounts = Pick<Tally, 'answered' | 'failed'>

interface TokensRow {
  readonly input_tokens: number | null
  readonly output_tokens: number | null
}

// Both counts read an index alone. After an edit two rows may stand at one place: of these one is
// answered, or failed.
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

/** Rows of a batch that are recorded and have a place in it. */
export async function recordedRows(
  statements: Pick<Statements, 'all'>,
  batchId: string,
): Promise<RowCounts> {
  const [counts] = await statements.all<RowCounts>(countRows, [batchId])
  return counts ?? { answered: 0, failed: 0 }
}

/**
 * A batch with the counts of its recorded rows in place of what its process said last: killed, it
 * has recorded more.
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
    // Of rows that were asked again, the tokens of the first time are known to the batch alone.
    input_tokens: Math.max(row.input_tokens, tokens?.input_tokens ?? 0),
    output_tokens: Math.max(row.output_tokens, tokens?.output_tokens ?? 0),
  }
}

/**
 * Writes the counts of the recorded rows to a batch that still has this lease, and gives it with
 * them.
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
