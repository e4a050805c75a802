import type { Statements } from '../port/database.js'
import type { BatchRunRow } from './stored-batch-row.js'

interface CountsRow {
  readonly rows: number
  readonly failed: number
  readonly input_tokens: number | null
  readonly output_tokens: number | null
}

const countRows = `
  SELECT
    (SELECT count(*) FROM batch_rows WHERE batch_id = ?1) AS rows,
    (SELECT count(*) FROM batch_rows WHERE batch_id = ?1 AND status = 'failed') AS failed,
    sum(input_tokens) AS input_tokens, sum(output_tokens) AS output_tokens
  FROM batch_rows WHERE batch_id = ?1`

/**
 * A batch that is running as far as the file says, with the counts of its recorded rows in place of what its process
 * said last: killed, it has recorded more. One that came to an end is left as it is.
 */
export async function withRecordedCounts(
  statements: Pick<Statements, 'all'>,
  row: BatchRunRow,
): Promise<BatchRunRow> {
  if (row.status !== 'running') return row
  const [counts] = await statements.all<CountsRow>(countRows, [row.id])
  if (counts === undefined) return row
  return {
    ...row,
    // After an edit two runs may both have recorded a row at one place.
    completed_prompts: Math.min(counts.rows, row.total_prompts ?? counts.rows) - counts.failed,
    failed_prompts: counts.failed,
    // Of rows that were asked again, the tokens of the first time are known to the batch alone.
    input_tokens: Math.max(row.input_tokens, counts.input_tokens ?? 0),
    output_tokens: Math.max(row.output_tokens, counts.output_tokens ?? 0),
  }
}
