import { readFileSync } from 'node:fs'

/**
 * Files that this process may have open; undefined where the system does not say so in `/proc`. (Node raises its soft
 * limit to the hard one as it starts, so the first number counts.)
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
