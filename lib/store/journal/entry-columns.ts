import type { ReuseKind } from '../../row/outcome.js'
import type { RowUsageColumns } from '../batches/usage-columns.js'

/** The cells of an entry for `batch_rows`, in the order of its array. */
export const rowColumns = [
  'row_index',
  'prompt_hash',
  'status',
  'attempts',
  'error_code',
  'error_message',
  'input_tokens',
  'cached_input_tokens',
  'output_tokens',
  'reasoning_tokens',
  'cost_usd',
  'duration_ms',
  'finished_at',
  'reuse',
  'is_cut',
  'input_columns',
  'response',
  'log_id',
] as const

/** The cells for `batch_rows` that are counted without the database. */
export interface RowCells extends RowUsageColumns {
  readonly row_index: number
  readonly status: string
  readonly reuse: ReuseKind | null
}

/** Reads the cells of an entry for `batch_rows`. */
export function rowCellsOf(cells: readonly unknown[]): RowCells {
  return namedCells(rowColumns, cells) as unknown as RowCells
}

/** See `addAnswerCells`. */
export const answerColumns = [
  'token_details',
  'logged_input_tokens',
  'logged_output_tokens',
  'started_at',
  'reply',
  'reasoning',
] as const

/** See `addPromptCells`. */
export const promptColumns = ['prompt', 'asked', 'pieces', 'searched', 'fragments'] as const

/**
 * Further cells of an answer that goes to llm's log. `logged_…_tokens` are llm's counts if they
 * differ. `asked` is the whole text sent, if it differs from `prompt` and has no fragment. Else
 * `pieces` has its texts and, each in an array, the hashes of its fragments. `own_system` is the
 * system prompt without its fragments, if it has any. `chain` has the messages of a conversation
 * that the row gives, and `given_messages` the same in OpenAI's form, for llm's older tables.
 * `attachments` has the ids of attachments in their order.
 */
export const logColumns = [
  'thread_id',
  'name',
  'options',
  ...answerColumns,
  ...promptColumns,
  'system_hash',
  'user_hash',
  'answer_hash',
  'schema_id',
  'system_fragments',
  'own_system',
  'chain',
  'given_messages',
  'attachments',
] as const

/**
 * Further cells of an entry whose prompt has tools. `tools` has the hashes of the tools, `calls`
 * the calls in the answer, and `results` what the answer followed, if that were results of tools.
 * `rounds` has the cells of the calls of the model before, by the names of their columns, in so far
 * as the calls differ.
 */
export const toolColumns = ['tools', 'calls', 'results', 'rounds'] as const

/** Cells by the names of their columns. */
export function namedCells(
  columns: readonly string[],
  cells: readonly unknown[],
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(columns.map((column, index) => [column, cells[index]]))
}
