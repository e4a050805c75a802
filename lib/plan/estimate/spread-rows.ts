/** Chooses rows that are spread over all rows, before anybody knows how many there are. */
export interface SpreadRows {
  readonly add: (index: number) => void
  /** The chosen rows, in order; fewer if fewer were added. */
  readonly choose: () => readonly number[]
}

/** The golden ratio's fraction: its multiples lie evenly, and follow no period of the rows. */
const golden = 0.618_033_988_749_895

/**
 * Keeps every row at first, then every second, every fourth, …: at most `8 * count` indices.
 *
 * One row is chosen from each of `count` equal parts, always the same row of the same input, so
 * that a sample that was broken off is asked again as the same sample.
 */
export function spreadRows(count: number): SpreadRows {
  let kept: number[] = []
  let step = 1
  let added = 0
  return {
    add(index) {
      if (added % step === 0) kept.push(index)
      added += 1
      if (kept.length < 8 * count) return
      kept = kept.filter((_, at) => at % 2 === 0)
      step *= 2
    },
    choose() {
      if (kept.length <= count) return kept
      const part = kept.length / count
      return Array.from({ length: count }, (_, at) => {
        const start = Math.floor(at * part)
        const length = Math.floor((at + 1) * part) - start
        return kept[start + Math.floor(((at * golden) % 1) * length)] as number
      })
    },
  }
}
