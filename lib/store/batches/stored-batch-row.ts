import type { TakeOverOptions } from '../../port/batch-store.js'
import type { BatchStatus, RecordedConfig, StoredBatch } from '../../port/stored-batch.js'
import { type HolderAliveOptions, isHolderAlive } from './holder-alive.js'
import { type UsageColumns, usageColumns, usageSum } from './usage-columns.js'

/** The columns of `batch_runs` that are read. */
export interface BatchRunRow extends UsageColumns {
  readonly id: string
  readonly created_at: string
  readonly updated_at: string
  readonly input_file: string
  readonly output_file: string | null
  readonly model: string
  readonly status: BatchStatus
  readonly total_prompts: number | null
  readonly completed_prompts: number
  readonly failed_prompts: number
  readonly deduped_prompts: number
  readonly cached_prompts: number
  readonly skipped_prompts: number
  readonly unsettled_usd: number | null
  readonly run: number
  readonly rate: number | null
  readonly hold_up: string | null
  readonly host: string | null
  readonly process_id: number | null
  readonly lease: string | null
  readonly stop_requested: string | null
  readonly config: string
}

export const selectBatchRuns = `
  SELECT id, created_at, updated_at, input_file, output_file, model, status, total_prompts,
    completed_prompts, failed_prompts, deduped_prompts, cached_prompts, skipped_prompts,
    ${usageColumns}, unsettled_usd, run, rate, hold_up, host, process_id, lease, stop_requested, config
  FROM batch_runs`
export const selectBatchRun = `${selectBatchRuns} WHERE id = ?`

export type IsHeldOptions = HolderAliveOptions & TakeOverOptions

/** Whether a batch is running and its process is alive. */
export function isHeld(row: BatchRunRow, options: IsHeldOptions): boolean {
  return row.status === 'running' && !options.takeOver && isHolderAlive(row, options)
}

/** A batch in the port's form. A running batch whose process is gone counts as failed. */
export function storedBatch(row: BatchRunRow, options: IsHeldOptions): StoredBatch {
  const isProcessGone = row.status === 'running' && !isHeld(row, options)
  return {
    id: row.id,
    createdAtMs: Date.parse(row.created_at),
    updatedAtMs: Date.parse(row.updated_at),
    inputFile: row.input_file,
    outputFile: row.output_file ?? undefined,
    model: row.model,
    status: isProcessGone ? 'failed' : row.status,
    isProcessGone,
    isStopAsked: row.stop_requested !== null,
    totalPrompts: row.total_prompts ?? undefined,
    completedPrompts: row.completed_prompts,
    failedPrompts: row.failed_prompts,
    dedupedPrompts: row.deduped_prompts,
    cachedPrompts: row.cached_prompts,
    skippedPrompts: row.skipped_prompts,
    ...usageSum(row),
    unsettledUsd: row.unsettled_usd || undefined,
    ratePerMinute: row.rate ?? undefined,
    bottleneck: row.hold_up ?? undefined,
    host: row.host ?? undefined,
    processId: row.process_id ?? undefined,
    config: parseConfig(row.config),
  }
}

/**
 * A damaged config counts as empty: the batch can be listed and removed, and a resume is refused.
 */
function parseConfig(text: string): RecordedConfig {
  try {
    return Object(JSON.parse(text))
  } catch {
    return {}
  }
}
