/** Counts a part of many groups exactly, and tells the sum over all of them. */
export interface SpreadTotal {
  /** Adds a group that was counted. */
  readonly addCounted: (characters: number, tokens: number) => void
  /** Adds a group of which only the length is known. */
  readonly addMeasured: (characters: number) => void
  readonly total: () => number
  /** Half the width of the range of 90 % around the total; 0 if everything was counted. */
  readonly reach: () => number
}

/**
 * The ratio estimator: tokens per character in the counted groups, for all characters. Far closer
 * than the mean tokens per group, because the tokens of a text follow its length.
 *
 * @see https://en.wikipedia.org/wiki/Ratio_estimator
 */
export function spreadTotal(): SpreadTotal {
  let counted = 0
  let measured = 0
  const sum = { characters: 0, tokens: 0, squares: 0, products: 0, tokenSquares: 0 }
  let charactersLeft = 0

  return {
    addCounted(characters, tokens) {
      counted += 1
      sum.characters += characters
      sum.tokens += tokens
      sum.squares += characters ** 2
      sum.products += characters * tokens
      sum.tokenSquares += tokens ** 2
    },
    addMeasured(characters) {
      measured += 1
      charactersLeft += characters
    },
    total: () => sum.tokens + ratio() * charactersLeft,
    reach: () => (measured === 0 || counted < 2 ? 0 : normalQuantile * standardError()),
  }

  function ratio(): number {
    return sum.characters === 0 ? 0 : sum.tokens / sum.characters
  }

  /** Of the sum over the groups that were only measured. */
  function standardError(): number {
    const r = ratio()
    const residuals = sum.tokenSquares - 2 * r * sum.products + r ** 2 * sum.squares
    const variance = Math.max(0, residuals) / (counted - 1)
    return Math.sqrt((measured * (counted + measured) * variance) / counted)
  }
}

/** The 95th percentile of the normal distribution. */
const normalQuantile = 1.645
