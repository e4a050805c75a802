import type { GivenCommand } from './command.js'
import { usageInvalid } from './usage-errors.js'

/**
 * Refuses options of `--estimate-cost` without that option, and a dry run that is estimated.
 *
 * @throws {BatchError} USAGE_INVALID
 */
export function checkEstimateFlags({ switches, texts }: GivenCommand): void {
  const { estimateCost, dryRun, yes, json } = switches
  const given = yes
    ? '--yes'
    : json
      ? '--json'
      : texts.sample === undefined
        ? undefined
        : '--sample'
  if (!estimateCost && given !== undefined) {
    throw usageInvalid(
      `${given} is an option of --estimate-cost, which is not given.`,
      `Add --estimate-cost, or leave out ${given}.`,
    )
  }
  if (estimateCost && dryRun) {
    throw usageInvalid(
      '--estimate-cost and --dry-run cannot be given together.',
      'Leave out one of them: without an answer, neither calls the model.',
    )
  }
}
