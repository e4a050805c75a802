/** A number and the range in which it lies in nine cases of ten. */
export interface Guess {
  readonly expected: number
  readonly low: number
  readonly high: number
}

export interface Spread {
  readonly count: number
  readonly mean: number
  /** Standard deviation of a single value; 0 for one value. */
  readonly deviation: number
  /** Between these two are nine values of ten. */
  readonly low: number
  readonly high: number
}

/** @param values at least one. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b)
  const count = sorted.length
  const mean = sorted.reduce((sum, value) => sum + value, 0) / count
  const squares = sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  const at = (share: number) => sorted[Math.round(share * (count - 1))] ?? mean
  const deviation = count < 2 ? 0 : Math.sqrt(squares / (count - 1))
  return { count, mean, deviation, low: at(0.05), high: at(0.95) }
}

/**
 * The sum of further values, from a sample of their kind: a prediction interval of 90 %.
 *
 * The mean of the sample is off by s/√n, and the sum of `further` values varies by s·√further.
 *
 * @see https://en.wikipedia.org/wiki/Prediction_interval (unknown mean, unknown variance)
 */
export function guessSum({ count, mean, deviation }: Spread, further: number): Guess {
  const expected = mean * further
  const error = deviation * Math.sqrt(further ** 2 / count + further)
  const reach = error * studentQuantile(count - 1)
  return { expected, low: Math.max(0, expected - reach), high: expected + reach }
}

/** The 95th percentile of the normal distribution. */
const normalQuantile = 1.645
/** The 95th percentiles of Student's distribution for 1, 2, … degrees of freedom. */
const smallQuantiles = [6.314, 2.92, 2.353, 2.132, 2.015]

/**
 * The 95th percentile of Student's distribution: a small sample knows its own deviation badly.
 *
 * @see https://dlmf.nist.gov (Abramowitz and Stegun 26.7.5: the expansion for many degrees)
 */
export function studentQuantile(degrees: number): number {
  if (degrees < 1) return smallQuantiles[0] as number
  const exact = smallQuantiles[degrees - 1]
  if (exact !== undefined) return exact
  const z = normalQuantile
  return z + (z ** 3 + z) / (4 * degrees) + (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * degrees ** 2)
}
