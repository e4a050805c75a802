import type { UsageSum } from '../row/usage-sum.js'

export const batchStatuses = ['running', 'completed', 'failed', 'paused', 'cancelled'] as const
export type BatchStatus = (typeof batchStatuses)[number]

/**
 * What a resume needs, in JSON values: the batch's options, never a key, and what its answers
 * depend on.
 */
export type RecordedConfig = Readonly<Record<string, unknown>>

/**
 * A batch as the database knows it. Times are milliseconds since 1970. Tokens and costs are of all
 * runs, also of answers that a later answer has replaced.
 */
export interface StoredBatch extends UsageSum {
  readonly id: string
  readonly createdAtMs: number
  /** Last sign of life of its process. */
  readonly updatedAtMs: number
  /** Absolute path, or `-`. */
  readonly inputFile: string
  readonly outputFile: string | undefined
  readonly model: string
  /** `failed` if the database says `running` and the process is gone. */
  readonly status: BatchStatus
  /** Whether the status is `failed` because the process is gone. */
  readonly isProcessGone: boolean
  /** Whether somebody has asked the process to stop. */
  readonly isStopAsked?: boolean | undefined
  /** Rows of the input, if known. */
  readonly totalPrompts: number | undefined
  readonly completedPrompts: number
  readonly failedPrompts: number
  /** Completed prompts that took the answer of an equal prompt of the batch. */
  readonly dedupedPrompts: number
  /** Completed prompts whose answer came from another batch. */
  readonly cachedPrompts: number
  readonly skippedPrompts: number
  /** US dollars that calls without an answer may have cost besides, if the batch has a cap. */
  readonly unsettledUsd?: number | undefined
  /** Rows ended per minute, over the last minute. */
  readonly ratePerMinute: number | undefined
  readonly bottleneck: string | undefined
  readonly host: string | undefined
  readonly processId: number | undefined
  readonly config: RecordedConfig
}
