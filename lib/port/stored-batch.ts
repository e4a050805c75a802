export const batchStatuses = ['running', 'completed', 'failed', 'paused', 'cancelled'] as const
export type BatchStatus = (typeof batchStatuses)[number]

/**
 * What a batch is resumed from, made of JSON values: its options, never a key, and what its answers
 * depend on.
 */
export type RecordedConfig = Readonly<Record<string, unknown>>

/** A batch as the database knows it. Times are milliseconds since 1970. */
export interface StoredBatch {
  readonly id: string
  readonly createdAtMs: number
  /** Last sign of life of its process. */
  readonly updatedAtMs: number
  /** Absolute path, or `-`. */
  readonly inputFile: string
  readonly outputFile: string | undefined
  readonly model: string
  /** `failed` where the file still says `running` and the process is gone. */
  readonly status: BatchStatus
  /** Whether the status is `failed` for that reason. */
  readonly isProcessGone: boolean
  /** Whether its process has been asked to stop already. */
  readonly isStopAsked?: boolean | undefined
  /** Rows of the input, once known. */
  readonly totalPrompts: number | undefined
  readonly completedPrompts: number
  readonly failedPrompts: number
  readonly skippedPrompts: number
  readonly inputTokens: number
  readonly outputTokens: number
  readonly costUsd: number | undefined
  /** Rows ended per minute, over the last minute. */
  readonly ratePerMinute: number | undefined
  readonly bottleneck: string | undefined
  readonly host: string | undefined
  readonly processId: number | undefined
  readonly config: RecordedConfig
}
