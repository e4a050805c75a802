import { BatchError } from '../../error/batch-error.js'
import { nearest } from '../../error/nearest.js'
import { batchFlagGroups } from '../words/flags.js'
import { archiveCommands } from './archive-command-list.js'

/**
 * If the input file does not exist, as in `llm batch lst` or `llm batch resume`, suggests the
 * command or the option with a like name. Otherwise returns the error.
 */
export function commandMeantByInput(error: unknown, input: string): unknown {
  if (!BatchError.isInstance(error) || error.code !== 'INPUT_NOT_FOUND') return error
  const remedy = /^[\w-]+$/.test(input) ? remedyFor(input) : undefined
  if (remedy === undefined) return error
  const { message, code, reach } = error
  return new BatchError(message, { code, reach, remedy, cause: error })
}

/** Options first: `resume` is near `remove`, which must not be suggested. */
function remedyFor(input: string): string | undefined {
  const flags = batchFlagGroups.flatMap(group => group.flags)
  if (flags.some(({ name }) => name === input)) {
    return `It is an option: llm batch INPUT --${input}`
  }
  const names = archiveCommands.map(({ words }) => words)
  const near = nearest(`batch ${input}`, names, 1)[0]
  return near === undefined ? undefined : `Did you mean llm ${near}?`
}
