/** Bytes that are enough to tell by: a header, or the first words. */
const looked = 256

/**
 * Whether an input begins as UTF-16 does without a byte order mark: in text with Latin letters
 * nearly every second byte is zero, and in UTF-8 none is.
 *
 * @returns its name as iconv has it.
 */
export function bareUtf16(beginning: Buffer): 'UTF-16LE' | 'UTF-16BE' | undefined {
  const pairs = Math.min(beginning.length, looked) >> 1
  if (pairs < 2) return undefined
  const zeros = [0, 0]
  for (let at = 0; at < pairs * 2; at += 1) {
    if (beginning[at] === 0) zeros[at % 2] = (zeros[at % 2] ?? 0) + 1
  }
  const [first = 0, second = 0] = zeros
  if (first === 0 && second * 4 >= pairs * 3) return 'UTF-16LE'
  if (second === 0 && first * 4 >= pairs * 3) return 'UTF-16BE'
  return undefined
}
