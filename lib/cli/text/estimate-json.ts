import type { CostEstimate } from '../../plan/estimate/cost-estimate.js'

/**
 * An estimate as one JSON object, on one line. What is not known is null.
 *
 * `basis` says of each number how it was found, and whether it was counted exactly.
 */
export function estimateJson(estimate: CostEstimate, batchId: string | undefined): string {
  const { model, rows, failingRows, recordedRows, input, output, cost, time, sample } = estimate
  const usd = cost.kind === 'unknown' ? undefined : cost.usd
  const basisOf = (kind: 'counted' | 'estimated', basis: string) => ({ kind, basis })
  const object = {
    model,
    rows,
    rows_failing: failingRows,
    rows_recorded: recordedRows,
    input_tokens: input.tokens,
    input_tokens_error: input.error ?? null,
    output_tokens: output.tokens,
    output_tokens_low: output.low ?? null,
    output_tokens_high: output.high ?? null,
    cost_usd: usd ?? null,
    cost_usd_low: cost.lowUsd ?? null,
    cost_usd_high: cost.highUsd ?? null,
    seconds: Math.round(time.seconds * 10) / 10,
    basis: {
      rows: basisOf('counted', 'every row was read and rendered'),
      input_tokens: basisOf(input.isCounted ? 'counted' : 'estimated', input.basis),
      output_tokens: { ...basisOf('estimated', output.basis), evidence: output.evidence },
      cost_usd: { ...basisOf('estimated', cost.basis), price: cost.kind },
      seconds: basisOf('estimated', time.basis),
    },
    sample:
      sample === undefined
        ? null
        : {
            batch_id: batchId ?? null,
            answered: sample.answered,
            failed: sample.failed,
            input_tokens: sample.inputTokens,
            output_tokens: sample.outputTokens,
            cost_usd: sample.costUsd ?? null,
          },
  }
  return `${JSON.stringify(object)}\n`
}
