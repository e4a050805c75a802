export interface ProposeMaxCostOptions {
  readonly maxCostUsd: number
  /** What the batch has cost, and may have cost, in US dollars. */
  readonly spentUsd: number
  readonly rowsDone: number
  /** Rows in all, if known. */
  readonly rowsTotal: number | undefined
}

/** Answers vary in length, and the last calls need room for the longest answers. */
const margin = 1.25

/**
 * A round cap with which a paused batch should come to its end, from what its rows have cost so
 * far; at least double the present cap.
 */
export function proposeMaxCost(options: ProposeMaxCostOptions): number {
  const { maxCostUsd, spentUsd, rowsDone, rowsTotal } = options
  const isKnown = rowsTotal !== undefined && rowsDone > 0
  const wholeUsd = isKnown ? (spentUsd / rowsDone) * rowsTotal * margin : 0
  return roundUp(Math.max(maxCostUsd * 2, wholeUsd))
}

/** To 1, 2 or 5 of a power of ten; made of a text, so that there is no noise in the digits. */
function roundUp(usd: number): number {
  const exponent = Math.floor(Math.log10(usd))
  const digit = [1, 2, 5, 10].find(digit => Number(`${digit}e${exponent}`) >= usd) ?? 10
  return Number(`${digit}e${exponent}`)
}
