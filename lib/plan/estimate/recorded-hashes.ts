/** Hashes that are each taken as often as they were added. */
export interface RecordedHashes {
  /** Takes one of the equal hashes. @returns whether one was left. */
  readonly take: (hash: string) => boolean
}

/** Hex digits of a hash that fit into a double exactly. */
const digits = 13

/**
 * Keeps hashes in 8 bytes each, so that a million take 12 MB. The chance that two of ten million
 * have the same last 52 bits is a hundredth. Then an estimate is wrong by one row.
 *
 * @param pages hashes in hex.
 */
export async function recordedHashes(
  pages: AsyncIterable<readonly string[]>,
): Promise<RecordedHashes> {
  let values = new Float64Array(1024)
  let count = 0
  for await (const page of pages) {
    if (count + page.length > values.length) {
      const larger = new Float64Array(2 * (count + page.length))
      larger.set(values.subarray(0, count))
      values = larger
    }
    for (const hash of page) {
      values[count] = asNumber(hash)
      count += 1
    }
  }
  const sorted = values.slice(0, count).sort()
  /** How many of a run of equal values are taken, at the place of the first. */
  const taken = new Uint32Array(count)

  return {
    take(hash) {
      const value = asNumber(hash)
      const first = firstPlace(sorted, value)
      const next = first + (taken[first] ?? 0)
      if (sorted[next] !== value) return false
      taken[first] = next - first + 1
      return true
    },
  }
}

function asNumber(hash: string): number {
  return Number.parseInt(hash.slice(-digits), 16)
}

/** The place of the first value that is not less. */
function firstPlace(sorted: Float64Array, value: number): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((sorted[middle] ?? value) < value) low = middle + 1
    else high = middle
  }
  return low
}
