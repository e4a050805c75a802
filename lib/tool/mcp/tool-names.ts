/** Longest name that all providers take. */
const longestName = 64

/**
 * Names of tools that all providers take: 1 to 64 letters, digits, dashes and underscores, none
 * twice. A name that is good stays as it is.
 *
 * @example
 * toolNames(['files.read', 'add']) // ['files_read', 'add']
 */
export function toolNames(names: readonly string[]): readonly string[] {
  const taken = new Set(names.filter(isGood))
  const kept = new Set<string>()
  return names.map(name => {
    if (isGood(name) && !kept.has(name)) {
      kept.add(name)
      return name
    }
    const free = freeName(name.replace(/[^A-Za-z0-9_-]/g, '_') || 'tool', taken)
    taken.add(free)
    return free
  })
}

function isGood(name: string): boolean {
  return /^[A-Za-z0-9_-]{1,64}$/.test(name)
}

function freeName(name: string, taken: ReadonlySet<string>): string {
  const whole = name.slice(0, longestName)
  for (let count = 2, free = whole; ; count += 1) {
    if (!taken.has(free)) return free
    const end = `_${count}`
    free = whole.slice(0, longestName - end.length) + end
  }
}
