import type { SqlValue, Statements } from '../port/database.js'
import { stringifyJson } from '../row/exact-json.js'
import type { Answered, Failed } from '../row/outcome.js'
import { insertGroupSql, insertRows } from './insert-group.js'

/** A row recorded twice in one run is what it was the second time. */
const insertBatchRows = insertGroupSql({
  table: 'batch_rows',
  columns: [
    'batch_id',
    'row_index',
    'run',
    'prompt_hash',
    'status',
    'attempts',
    'error_code',
    'error_message',
    'input_tokens',
    'output_tokens',
    'duration_ms',
    'finished_at',
    'log_id',
    'input_columns',
    'response',
  ],
  onConflict: 'replace',
})

/**
 * Deletes what earlier runs recorded at places, given as [batch, row index, run], and what nobody can use now that
 * there is a new outcome: failures, and answers of which the text is forgotten.
 */
const deleteReplacedRows = `
  DELETE FROM batch_rows WHERE id IN (
    SELECT kept.id FROM json_each(?) AS given
    CROSS JOIN batch_rows AS kept
    ON kept.batch_id = given.value ->> 0 AND kept.row_index = given.value ->> 1
    WHERE kept.run < given.value ->> 2 AND (kept.status = 'failed' OR kept.response IS NULL))`

export interface BatchRowOptions {
  readonly batchId: string
  /** Which run of the batch it is, from 1. */
  readonly run: number
  readonly outcome: Answered | Failed
  readonly finishedAt: string
  /** Id of the answer in llm's log, when it is there. */
  readonly logId: string | undefined
}

/** Records rows of one run, in a transaction of the caller's. */
export async function writeBatchRows(
  statements: Statements,
  rows: readonly BatchRowOptions[],
): Promise<void> {
  const replacing = rows.filter(({ run }) => run > 1)
  if (replacing.length > 0) {
    const places = replacing.map(({ batchId, outcome, run }) => [batchId, outcome.row.index, run])
    await statements.runGroup(deleteReplacedRows, JSON.stringify(places))
  }
  await insertRows(statements, insertBatchRows, rows.map(batchRow))
}

/** One row of `batch_rows`. */
function batchRow(options: BatchRowOptions): SqlValue[] {
  const { batchId, run, outcome, finishedAt, logId } = options
  const { kind, row, prompt, answer, attempts } = outcome
  const error = kind === 'failed' ? outcome.error : undefined
  return [
    batchId,
    row.index,
    run,
    prompt?.hash ?? '',
    kind,
    attempts,
    error?.code ?? null,
    error?.message ?? null,
    answer?.usage.inputTokens ?? null,
    answer?.usage.outputTokens ?? null,
    answer === undefined ? null : Math.round(answer.durationMs),
    finishedAt,
    logId ?? null,
    kind === 'failed' ? stringifyJson(row.columns) : null,
    answer?.text ?? null,
  ]
}
