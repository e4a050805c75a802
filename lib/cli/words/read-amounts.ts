import { parseSeconds, parseWholeNumber } from '../../config/parse-number.js'

/** Reads a whole number that is not less than a minimum. */
export function atLeast(minimum: number): (text: string, name: string) => number {
  return (text, name) => parseWholeNumber(text, { name, minimum })
}

/** Reads seconds as milliseconds. */
export function seconds(text: string, name: string): number {
  return parseSeconds(text, { name })
}
