import type { CommandResult } from './run-command.js'
import { isSoak } from './scale.js'
import type { CommandBench } from './use-command.js'

/**
 * Runs the command in this process, and in `make soak` the built one. For runs to which nothing
 * happens.
 */
export function runPlain(bench: CommandBench, words: readonly string[]): Promise<CommandResult> {
  return isSoak ? bench.llm(words) : bench.inProcess(words)
}
