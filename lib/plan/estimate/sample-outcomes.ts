import { Writable } from 'node:stream'
import type { Outcome } from '../../row/outcome.js'
import type { Prompt } from '../../row/prompt.js'

/** What the sampled rows used. */
export interface SampleUsage {
  readonly answered: number
  readonly failed: number
  readonly inputTokens: number
  readonly outputTokens: number
  /** Absent if the price is unknown. */
  readonly costUsd: number | undefined
  readonly outputs: readonly number[]
  readonly durationsMs: readonly number[]
  readonly prompts: readonly { readonly counted: number; readonly billed: number }[]
}

/** Takes the outcomes of a sample, and adds up what they used. */
export function sampleOutcomes(count: (prompt: Prompt) => number): {
  readonly reader: Writable
  readonly usage: () => SampleUsage
} {
  const sum = { answered: 0, failed: 0, inputTokens: 0, outputTokens: 0, costUsd: 0 }
  const outputs: number[] = []
  const durationsMs: number[] = []
  const prompts: { counted: number; billed: number }[] = []
  let isPriced = true
  const reader = new Writable({
    objectMode: true,
    write(outcome: Outcome, _encoding, done) {
      add(outcome)
      done()
    },
  })
  return {
    reader,
    usage: () => ({
      ...sum,
      costUsd: isPriced ? sum.costUsd : undefined,
      outputs,
      durationsMs,
      prompts,
    }),
  }

  function add(outcome: Outcome): void {
    if (outcome.kind === 'skipped') return
    sum[outcome.kind] += 1
    const { prompt, answer, rounds = [], reused, usage, costUsd } = outcome
    if (costUsd !== undefined) sum.costUsd += costUsd
    // A row without an answer was not billed.
    else if (answer !== undefined) isPriced = false
    // A reused answer says nothing of what a call uses.
    if (prompt === undefined || answer === undefined || reused !== undefined) return
    const { inputTokens, outputTokens } = usage ?? answer.usage
    sum.inputTokens += inputTokens ?? 0
    sum.outputTokens += outputTokens ?? 0
    durationsMs.push(rounds.reduce((ms, round) => ms + round.answer.durationMs, answer.durationMs))
    if (outputTokens !== undefined) outputs.push(outputTokens)
    // A row that was asked twice was billed for more than its prompt. Tools are a part of each row.
    const isTypical = usage === undefined || rounds.length > 0
    if (isTypical && inputTokens !== undefined) {
      prompts.push({ counted: count(prompt), billed: inputTokens })
    }
  }
}
