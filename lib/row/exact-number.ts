/** Digits. A longer integer is refused. Python's limit is 4,300; ids are far shorter. */
const mostDigits = 1000

/**
 * The value of a JSON number: a bigint for an integer that a double cannot hold exactly.
 *
 * @throws {RangeError} for a number beyond the range of a double, or an integer of over 1,000
 * digits.
 */
export function exactNumber(text: string): number | bigint {
  const value = Number(text)
  if (Number.isSafeInteger(value) || (text.length < 16 && Number.isFinite(value))) return value
  if (/^-?\d+$/.test(text)) {
    if (text.length > mostDigits) throw numberOutOfRange(`one of ${text.length} digits`)
    return BigInt(text)
  }
  if (!Number.isFinite(value)) throw numberOutOfRange(text.slice(0, 24))
  return value
}

/** The text of a number if JavaScript would write `value` in another way. */
export function changedText(text: string, value: number | bigint): string | undefined {
  return String(value) === text ? undefined : text
}

function numberOutOfRange(found: string): RangeError {
  return new RangeError(`a number is out of range: ${found}`)
}
