/** How much the durations of calls differ from each other. */
export interface DurationSpread {
  readonly add: (durationMs: number) => void
  /** Variance ÷ mean²: 0 for equal durations, 1 for an exponential distribution. */
  readonly variation: () => number
}

/** Durations that count. Older ones fade. */
const memory = 200
/** What is assumed at first, and how many durations the assumption is worth. */
const assumed = { variation: 0.3, durations: 4 }

export function createDurationSpread(): DurationSpread {
  let mean = 0
  let meanSquare = 0
  let seen = 0
  return {
    add(durationMs) {
      seen = Math.min(memory, seen + 1)
      mean += (durationMs - mean) / seen
      meanSquare += (durationMs * durationMs - meanSquare) / seen
    },
    variation() {
      const own = mean === 0 ? 0 : Math.max(0, meanSquare / (mean * mean) - 1)
      const { variation, durations } = assumed
      return (own * seen + variation * durations) / (seen + durations)
    },
  }
}
