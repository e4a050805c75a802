import type { RecordedFailure } from '../port/batch-store.js'
import type { Database } from '../port/database.js'
import type { Prompt } from '../row/prompt.js'
import type { HeldRun } from './batch-lease.js'

interface FailureRow {
  readonly row_index: number
  readonly code: string
  readonly message: string
  readonly attempts: number
}

// As rows of this run they outlive its end. One that an edit moved to the same place gives way.
const takeOver = `
  UPDATE OR REPLACE batch_rows SET run = ?2
  WHERE batch_id = ?1 AND status = 'failed'
    AND (row_index, prompt_hash) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?3))
  RETURNING row_index, error_code AS code, error_message AS message, attempts`

/** As `recallFailures` of the port. */
export async function recallFailures(
  database: Database,
  { id, run }: HeldRun,
  prompts: readonly Prompt[],
): Promise<readonly (RecordedFailure | undefined)[]> {
  const places = prompts.map(({ row, hash }) => [row.index, hash])
  const rows = await database.all<FailureRow>(takeOver, [id, run, JSON.stringify(places)])
  const byIndex = new Map(rows.map(({ row_index, ...failure }) => [row_index, failure]))
  return prompts.map(({ row }) => byIndex.get(row.index))
}
