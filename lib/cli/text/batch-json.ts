import { namedInputs } from '../../config/input-name.js'
import type { StoredBatch } from '../../port/stored-batch.js'
import { type BatchReport, maxCostOf } from '../../report/batch-report.js'
import { stringifyJson } from '../../row/exact-json.js'
import type { ColumnValue } from '../../row/row.js'

type Fields = Readonly<Record<string, ColumnValue>>

/** A batch for programs, with the stable names of `batch_runs`. Unknown values are null. */
export function batchFields(batch: StoredBatch): Fields {
  const inputs = namedInputs(batch.inputFile)
  return {
    id: batch.id,
    created_at: new Date(batch.createdAtMs).toISOString(),
    updated_at: new Date(batch.updatedAtMs).toISOString(),
    input_file: inputs.length === 1 ? batch.inputFile : inputs,
    output_file: batch.outputFile ?? null,
    model: batch.model,
    status: batch.status,
    process_gone: batch.isProcessGone,
    total_prompts: batch.totalPrompts ?? null,
    completed_prompts: batch.completedPrompts,
    failed_prompts: batch.failedPrompts,
    skipped_prompts: batch.skippedPrompts,
    deduped_prompts: batch.dedupedPrompts,
    cached_prompts: batch.cachedPrompts,
    input_tokens: batch.inputTokens,
    cached_input_tokens: batch.cachedInputTokens,
    output_tokens: batch.outputTokens,
    reasoning_tokens: batch.reasoningTokens,
    cost_usd: batch.costUsd ?? null,
    unsettled_usd: batch.unsettledUsd ?? null,
    max_cost_usd: maxCostOf(batch) ?? null,
    unpriced_prompts: batch.unpricedAnswers,
    rate_per_minute: batch.ratePerMinute ?? null,
    held_by: batch.bottleneck ?? null,
    host: batch.host ?? null,
    process_id: batch.processId ?? null,
  }
}

/** A batch for programs, with the further values of `llm batch status`. */
export function reportFields({ batch, ...report }: BatchReport): Fields {
  return {
    ...batchFields(batch),
    duration_seconds: Math.round(report.durationMs / 1000),
    seconds_left: report.leftMs === undefined ? null : Math.round(report.leftMs / 1000),
    resume_command: report.resumeCommand ?? null,
    errors: report.errors.map(({ code, message, count, firstRowIndex, columns }) => ({
      code,
      message,
      count,
      first_row: firstRowIndex + 1,
      sample: columns,
    })),
  }
}

/** JSON on several lines, with a final line break. */
export function jsonDocument(value: ColumnValue): string {
  return `${stringifyJson(value, 2)}\n`
}
