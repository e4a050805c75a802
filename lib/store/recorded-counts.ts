import type { Statements } from '../port/database.js'
import type { Tally } from '../row/tally.js'
import type { BatchRunRow } from './stored-batch-row.js'

interface TokensRow {
  readonly input_tokens: number | null
  readonly output_tokens: number | null
}

// Both counts read an index alone.
const countRows = `
  SELECT rows - failed AS answered, failed FROM (
    SELECT
      (SELECT count(*) FROM batch_rows WHERE batch_id = ?1) AS rows,
      (SELECT count(*) FROM batch_rows WHERE batch_id = ?1 AND status = 'failed') AS failed)`
const sumTokens = `
  SELECT sum(input_tokens) AS input_tokens, sum(output_tokens) AS output_tokens
  FROM batch_rows WHERE batch_id = ?`

/** Rows of a batch that are recorded; after an edit of its input, two may stand at one place. */
export async function recordedRows(
  statements: Pick<Statements, 'all'>,
  batchId: string,
): Promise<Pick<Tally, 'answered' | 'failed'>> {
  type Counts = Pick<Tally, 'answered' | 'failed'>
  const [counts] = await statements.all<Counts>(countRows, [batchId])
  return counts ?? { answered: 0, failed: 0 }
}

/**
 * A batch that is running as far as the file says, with the counts of its recorded rows in place of what its process
 * said last: killed, it has recorded more. One that came to an end is left as it is.
 */
export async function withRecordedCounts(
  statements: Pick<Statements, 'all'>,
  row: BatchRunRow,
): Promise<BatchRunRow> {
  if (row.status !== 'running') return row
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
