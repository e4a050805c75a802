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

/** Which calls are meant. */
export interface EarlierCallsQuery {
  /** The model's id. */
  readonly model: string
  /** Only calls of batches with this template, system prompt and schema, by their digests. */
  readonly asked?:
    | { readonly template: string; readonly system: string; readonly schema?: string }
    | undefined
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
   * Answered calls that llm's log has with their texts. Calls with fragments or a schema are left
   * out.
   */
  readonly billedPrompts: (query: EarlierCallsQuery) => Promise<readonly BilledPrompt[]>
  /** The kept hash of each answer of a batch that a resume would recall, page by page. */
  readonly answeredHashes: (batchId: string) => AsyncIterable<readonly string[]>
  readonly close: () => Promise<void>
}
