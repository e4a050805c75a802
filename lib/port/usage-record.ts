/** What one recorded call used. A number that is not recorded is absent. */
export interface EarlierCall {
  readonly inputTokens: number | undefined
  readonly outputTokens: number | undefined
  readonly durationMs: number | undefined
}

/** A recorded call with its texts: how many tokens were billed for how much text. */
export interface BilledPrompt {
  readonly text: string
  readonly system: string | undefined
  readonly inputTokens: number
}

/** Digests of what a batch asks in all its calls; of the last two, if there are any. */
export interface AskedDigests {
  readonly template: string
  readonly system: string
  readonly schema?: string
  readonly tools?: string
}

/** Which calls are meant. */
export interface EarlierCallsQuery {
  /** The model's id. */
  readonly model: string
  /** Only calls of batches that asked the same, by digests. */
  readonly asked?: AskedDigests | undefined
  /** How many calls are read at most. They are spread over the batches and over their rows. */
  readonly most: number
}

/**
 * What earlier batches used, for estimates. Only reads, and reads a bounded number of rows,
 * whatever the size of the record. Rejects with DATABASE_UNUSABLE, reach run.
 */
export interface UsageRecord {
  /** Answered calls whose output tokens were counted, of the newest batches. */
  readonly earlierCalls: (query: EarlierCallsQuery) => Promise<readonly EarlierCall[]>
  /**
   * Answered calls that llm's log has with their texts. Calls with fragments, a schema or tools are
   * left out.
   */
  readonly billedPrompts: (query: EarlierCallsQuery) => Promise<readonly BilledPrompt[]>
  /** The kept hash of each answer of a batch that a resume would recall, page by page. */
  readonly answeredHashes: (batchId: string) => AsyncIterable<readonly string[]>
  readonly close: () => Promise<void>
}
