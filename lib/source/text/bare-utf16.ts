/** Bytes that suffice: a header, or the first words. */
const looked = 256

/**
 * Whether an input looks like UTF-16 without a byte order mark: nearly every second byte of Latin
 * text is zero. UTF-8 has no zero bytes.
 *
 * @returns a name of the Encoding Standard.
 */
export function bareUtf16(beginning: Buffer): 'utf-16le' | 'utf-16be' | undefined {
  const pairs = Math.min(beginning.length, looked) >> 1
  if (pairs < 2) return undefined
  const zeros = [0, 0]
  for (let at = 0; at < pairs * 2; at += 1) {
    if (beginning[at] === 0) zeros[at % 2] = (zeros[at % 2] ?? 0) + 1
  }
  const [first = 0, second = 0] = zeros
  if (first === 0 && second * 4 >= pairs * 3) return 'utf-16le'
  if (second === 0 && first * 4 >= pairs * 3) return 'utf-16be'
  return undefined
}
