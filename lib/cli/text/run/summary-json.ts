import { BatchError } from '../../../error/batch-error.js'
import { stringifyJson } from '../../../row/exact-json.js'
import type { ColumnValue } from '../../../row/row.js'
import type { BatchSummary } from '../../../run/progress.js'

export interface SummaryJsonOptions {
  readonly summary: BatchSummary
  readonly modelId: string
  readonly warnings: readonly string[]
  /** What ended the run early; undefined if nothing did. */
  readonly reason: unknown
  /** The command that resumes the batch. */
  readonly command: string
  readonly exitCode: number
  /** Writes our commands as they are to be typed. */
  readonly asCalled: (text: string) => string
}

/**
 * The summary of a run as one line of JSON, with the names of `llm batch status --json`. Unknown
 * values are null.
 */
export function summaryJson(options: SummaryJsonOptions): string {
  const { summary, modelId, warnings, reason, command, exitCode, asCalled } = options
  const { tally, capped, outputPath } = summary
  return `${stringifyJson({
    id: summary.batchId,
    status: summary.status,
    exit_code: exitCode,
    model: modelId,
    output_file: outputPath ?? null,
    output: summary.output,
    rows_read: summary.rowsRead,
    completed_prompts: tally.answered,
    failed_prompts: tally.failed,
    skipped_prompts: tally.skipped,
    recalled_prompts: tally.recalled,
    deduped_prompts: tally.deduped,
    cached_prompts: tally.cached,
    input_tokens: tally.inputTokens,
    cached_input_tokens: tally.cachedInputTokens,
    output_tokens: tally.outputTokens,
    reasoning_tokens: tally.reasoningTokens,
    cost_usd: tally.costUsd ?? null,
    unpriced_prompts: tally.unpricedAnswers,
    max_cost_usd: capped?.maxCostUsd ?? null,
    unsettled_usd: capped?.unsettledUsd ?? null,
    duration_seconds: Math.round(summary.durationMs) / 1000,
    formulas: summary.formulas,
    unknown_endings: tally.unknownEndings,
    errors: tally.errors.map(({ code, message, remedy, count, firstRowIndex }) => ({
      code,
      message,
      remedy: remedy === undefined ? null : asCalled(remedy),
      count,
      first_row: firstRowIndex + 1,
    })),
    warnings: [...warnings],
    notes: [...summary.notes],
    stopped_by: reason === undefined ? null : stopFields(reason, asCalled),
    resume_command: summary.status === 'completed' ? null : command,
  })}\n`
}

function stopFields(reason: unknown, asCalled: (text: string) => string): ColumnValue {
  const message = reason instanceof Error ? reason.message : String(reason)
  if (!BatchError.isInstance(reason)) return { code: null, message, remedy: null }
  const { code, message: said, remedy } = reason
  return { code, message: said, remedy: remedy === undefined ? null : asCalled(remedy) }
}
