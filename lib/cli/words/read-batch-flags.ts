import type { BatchOptions } from '../../config/batch-options.js'
import type { GivenCommand } from './command.js'
import { keyOf } from './flag.js'
import { optionFlagGroups } from './flags.js'

/**
 * The options of a batch on the command line. Options that were not given are absent.
 *
 * @throws {BatchError} USAGE_INVALID for a wrong number, format or batch id.
 */
export function readBatchFlags(command: GivenCommand): Readonly<BatchOptions> {
  const { operands, texts, lists, switches, pairs } = command
  const options: Record<string, unknown> = { input: operands.length > 1 ? operands : operands[0] }
  for (const flag of optionFlagGroups.flatMap(group => group.flags)) {
    const key = keyOf(flag)
    const given = texts[key] ?? switches[key] ?? lists[key]
    const pairsGiven = pairs[key]
    const option = flag.option ?? key
    const { readPairs = Object.fromEntries } = flag
    if (pairsGiven !== undefined) options[option] = readPairs(pairsGiven, options[option])
    else if (given !== undefined) {
      options[option] = flag.read?.(String(given), `--${flag.name}`) ?? given
    }
  }
  // The schema of the options is strict, and checks this.
  return options as BatchOptions
}
