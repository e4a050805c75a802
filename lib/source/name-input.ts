import { BatchError } from '../error/batch-error.js'
import type { ReadGroups } from './record/stream-groups.js'

/**
 * A reader whose errors begin with the name of its input: `a.csv: Line 4: a quote is not closed`.
 *
 * @param path as the user gave it, or `-`.
 */
export function nameInput(read: ReadGroups, path: string): ReadGroups {
  const name = path === '-' ? 'Standard input' : path
  return async function* readNamed(...given) {
    try {
      yield* read(...given)
    } catch (error) {
      if (!BatchError.isInstance(error) || error.message.includes(name)) throw error
      throw new BatchError(`${name}: ${error.message}`, { ...error, cause: error.cause })
    }
  }
}
