import { readFileSync } from 'node:fs'

/**
 * How many files this process may have open. Returns undefined if `/proc` does not say. (Node
 * raises its soft limit to the hard limit at its start, so the first number counts.)
 */
export function fileLimit(): number | undefined {
  try {
    const limits = readFileSync('/proc/self/limits', 'latin1')
    const limit = /^Max open files +(\d+)/m.exec(limits)?.[1]
    return limit === undefined ? undefined : Number(limit)
  } catch {
    return undefined
  }
}
