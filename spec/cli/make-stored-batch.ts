import type { StoredBatch } from '../../lib/port/stored-batch.js'

export const startedMs = new Date(2026, 10, 23, 10, 20).getTime()

/** A batch that runs, with whatever a spec says of it besides. */
export function makeStoredBatch(said: Partial<StoredBatch> = {}): StoredBatch {
  return {
    id: 'reviews-k3x9qd',
    createdAtMs: startedMs,
    updatedAtMs: startedMs + 60_000,
    inputFile: '/home/ada/reviews.csv',
    outputFile: '/home/ada/out.csv',
    model: 'gpt-4o-mini',
    status: 'running',
    isProcessGone: false,
    totalPrompts: 10_000,
    completedPrompts: 1200,
    dedupedPrompts: 0,
    cachedPrompts: 0,
    failedPrompts: 34,
    skippedPrompts: 0,
    inputTokens: 5000,
    outputTokens: 700,
    cachedInputTokens: 0,
    reasoningTokens: 0,
    unpricedAnswers: 0,
    costUsd: 0.0275,
    ratePerMinute: 600,
    bottleneck: 'waiting for tokens per minute (anthropic), 12 s',
    host: 'here',
    processId: 1,
    config: {},
    ...said,
  }
}
