import { none } from 'stream-chain/core'
import { jsonVerifier } from 'stream-json/core/utils/verifier.js'

/** Where a text is not valid JSON, and why. */
export interface JsonFault {
  /** In UTF-16 units, from 0. */
  readonly offset: number
  readonly reason: string
}

const reasons: readonly (readonly [RegExp, string])[] = [
  [/escaped characters/, 'a bad escape or control character in a string'],
  [/string value/, 'a string that does not end'],
  [/expected (an? )?(starting digit|digit|fractional|exponent)/, 'a bad number'],
  [/object key/, 'expected a name in quotes'],
  [/(expected a value|expected '.'|unexpected token '.'|unexpected characters)/, '$1'],
]

/** @returns undefined if the text is one whole JSON value. */
export function findJsonFault(text: string): JsonFault | undefined {
  const verify = jsonVerifier()
  try {
    verify(text)
    // Its type lacks the mark that ends the input.
    verify(none as unknown as string)
    return undefined
  } catch (error) {
    const { message, offset } = error as Error & { readonly offset: number }
    return { offset, reason: reasonIn(message) }
  }
}

/** Our own words: the verifier's start with its name and positions. */
function reasonIn(message: string): string {
  for (const [pattern, reason] of reasons) {
    const found = pattern.exec(message)
    if (found !== null) return reason.replace('$1', found[1] ?? '')
  }
  return 'not JSON'
}
